#include "documents/kinds.h"

#include <array>

namespace counsel::documents {
namespace {

constexpr std::array<std::string_view, 11> kNames = {"pdf", "letter", "table",   "slides",   "mail", "picture",
                                                     "web", "text",   "archive", "register", "other"};

// A media type that ends in '*' stands for all that begin so. The first that fits counts.
struct Rule {
  std::string_view type;
  Kind kind;
};
constexpr std::array kRules = {
    Rule{"application/pdf", Kind::kPdf},
    Rule{"application/vnd.openxmlformats-officedocument.wordprocessingml.*", Kind::kLetter},
    Rule{"application/vnd.oasis.opendocument.text*", Kind::kLetter},
    Rule{"application/rtf", Kind::kLetter},
    Rule{"application/msword", Kind::kLetter},
    Rule{"application/vnd.ms-excel", Kind::kTable},
    Rule{"application/vnd.openxmlformats-officedocument.spreadsheetml.*", Kind::kTable},
    Rule{"application/vnd.oasis.opendocument.spreadsheet*", Kind::kTable},
    Rule{"text/csv", Kind::kTable},
    Rule{"application/vnd.openxmlformats-officedocument.presentationml.*", Kind::kSlides},
    Rule{"application/vnd.oasis.opendocument.presentation*", Kind::kSlides},
    Rule{"message/*", Kind::kMail},
    Rule{"application/mbox", Kind::kMail},
    Rule{"application/vnd.ms-outlook*", Kind::kMail},
    Rule{"application/ms-tnef", Kind::kMail},
    Rule{"image/*", Kind::kPicture},
    Rule{"text/html", Kind::kWeb},
    Rule{"application/xhtml+xml", Kind::kWeb},
    Rule{"multipart/related", Kind::kWeb},
    Rule{"text/*", Kind::kText},
    Rule{"application/zip", Kind::kArchive},
    Rule{"application/vnd.counsel.register-entry+json", Kind::kRegister},
};

bool Fits(std::string_view rule, std::string_view type) {
  if (!rule.ends_with('*')) return rule == type;
  return type.starts_with(rule.substr(0, rule.size() - 1));
}

}  // namespace

std::string_view KindName(Kind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<Kind> KindNamed(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

std::string KindNames() {
  std::string names;
  for (const std::string_view name : kNames) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

Kind KindOf(std::string_view media_type) {
  for (const Rule& rule : kRules) {
    if (Fits(rule.type, media_type)) return rule.kind;
  }
  return Kind::kOther;
}

std::string KindCondition(Kind kind, std::string_view column) {
  const std::string name(column);
  std::string condition = "CASE";
  for (const Rule& rule : kRules) {
    std::string type(rule.type);  // of letters, digits, '/', '.', '+', '-' and the last '*': GLOB's too
    condition += " WHEN " + name + " GLOB '" + type + "' THEN " + std::to_string(static_cast<int>(rule.kind));
  }
  return condition + " ELSE " + std::to_string(static_cast<int>(Kind::kOther)) +
         " END = " + std::to_string(static_cast<int>(kind));
}

}  // namespace counsel::documents
