#include "http/metrics_text.h"

#include <array>
#include <charconv>

namespace counsel::http {
namespace {

void AppendEscaped(std::string_view value, std::string* out) {
  for (const char c : value) {
    if (c == '\n') {
      *out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') *out += '\\';
    *out += c;
  }
}

}  // namespace

void MetricsText::Begin(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_ += "# HELP " + name_ + " ";
  text_ += help;
  text_ += "\n# TYPE " + name_ + " ";
  text_ += type;
  text_ += "\n";
}

void MetricsText::Add(const Labels& labels, double value) {
  text_ += name_;
  const char* before = "{";
  for (const auto& [label, text] : labels) {
    text_ += before;
    text_ += label;
    text_ += "=\"";
    AppendEscaped(text, &text_);
    text_ += '"';
    before = ",";
  }
  if (!labels.empty()) text_ += '}';
  // The shortest digits that give the same number again, whatever the locale.
  std::array<char, 64> digits{};
  const std::to_chars_result end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  text_ += ' ';
  text_.append(digits.data(), end.ptr);
  text_ += '\n';
}

}  // namespace counsel::http
