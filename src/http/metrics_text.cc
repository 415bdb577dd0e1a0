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

// The shortest digits that give the same number again, whatever the locale.
std::string Digits(double value) {
  std::array<char, 64> digits{};
  const std::to_chars_result end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end.ptr};
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
  AddSample("", labels, value);
}

void MetricsText::AddHistogram(const Labels& labels, const std::vector<double>& bounds,
                               const std::vector<std::uint64_t>& counts, double sum) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    const std::string end = i < bounds.size() ? Digits(bounds[i]) : "+Inf";
    Labels with_end = labels;
    with_end.emplace_back("le", end);
    AddSample("_bucket", with_end, static_cast<double>(total));
  }
  AddSample("_sum", labels, sum);
  AddSample("_count", labels, static_cast<double>(total));
}

void MetricsText::AddSample(std::string_view suffix, const Labels& labels, double value) {
  text_ += name_;
  text_ += suffix;
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
  text_ += ' ';
  text_ += Digits(value);
  text_ += '\n';
}

}  // namespace counsel::http
