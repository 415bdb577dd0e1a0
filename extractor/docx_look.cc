#include "extractor/docx_look.h"

#include <algorithm>
#include <cstdlib>

namespace counsel::extractor {
namespace {

constexpr int kTiny = 4;  // half points
constexpr std::size_t kDeepest = 200;

bool IsOn(const std::string& value) {
  return value != "0" && value != "false";
}

bool IsArgument(std::string_view name) {
  return name == "num" || name == "den" || name == "sup" || name == "sub" || name == "deg";
}

// In brackets where it is more than one word or number.
std::string Whole(const std::string& part) {
  const bool one = std::all_of(part.begin(), part.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == ',';
  });
  return one ? part : "(" + part + ")";
}

}  // namespace

void DocxRun::Take(std::string_view name, const XmlWalk::Attributes& attributes) {
  const std::string value = attributes["val"];
  if (name == "rStyle") style = value;
  if (name == "vanish") hidden = IsOn(value);
  if (name == "vertAlign") raised = value == "superscript";
  if (name == "vertAlign") lowered = value == "subscript";
  if (name == "strike" || name == "dstrike") struck = struck.value_or(false) || IsOn(value);
  if (name == "rFonts") font = attributes["ascii"];
  if (name == "color") white = value == "FFFFFF" || value == "ffffff";
  if (name == "sz") tiny = !value.empty() && std::atoi(value.c_str()) <= kTiny;
  const std::string fill = name == "shd" ? attributes["fill"] : std::string();
  if (!fill.empty() && fill != "auto" && fill != "FFFFFF") shaded = true;
  if (name == "highlight" && value != "none" && value != "white") shaded = true;
}

void DocxParagraph::Take(std::string_view name, const XmlWalk::Attributes& attributes) {
  const std::string value = attributes["val"];
  if (name == "pStyle") style = value;
  if (name == "numId") list = value;
  if (name == "ilvl") level = std::atoi(value.c_str());
  if (name == "del" || name == "moveFrom") mark_deleted = true;
  if (name == "vanish") mark_hidden = IsOn(value);
  const std::string fill = name == "shd" ? attributes["fill"] : std::string();
  if (!fill.empty()) shaded = fill != "auto" && fill != "FFFFFF";
  if (name != "outlineLvl") return;
  const int number = std::atoi(value.c_str());
  outline = number >= 0 && number < 9 ? number + 1 : 0;
}

bool DocxMath::Start(std::string_view name, const XmlWalk::Attributes& attributes) {
  if (name == "oMath") {
    if (depth_++ == 0) parts_.assign(1, "");
    return true;
  }
  if (depth_ == 0) return false;
  if (IsArgument(name) && parts_.size() < kDeepest) {
    parts_.emplace_back();
  } else if (name == "rad") {
    Text("\xE2\x88\x9A(");
  } else if (name == "d") {
    closing_.emplace_back(")");
    Text("(");
  } else if (name == "chr") {
    Text(attributes["val"]);
  } else {
    return false;
  }
  return true;
}

std::optional<std::string> DocxMath::End(std::string_view name) {
  if (depth_ == 0) return std::nullopt;
  if (IsArgument(name) && parts_.size() > 1) {
    const std::string part = Whole(parts_.back());
    parts_.pop_back();
    const bool some = !part.empty() && part != "()";
    if (some) Text((name == "den" ? "/" : name == "sup" ? "^" : name == "sub" ? "_" : "") + part);
  } else if (name == "rad") {
    Text(")");
  } else if (name == "d" && !closing_.empty()) {
    Text(closing_.back());
    closing_.pop_back();
  } else if (name == "oMath" && --depth_ == 0) {
    std::string whole;
    for (const std::string& part : parts_) whole += part;
    parts_.clear();
    closing_.clear();
    return whole;
  }
  return std::nullopt;
}

}  // namespace counsel::extractor
