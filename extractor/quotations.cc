#include "extractor/quotations.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/utf8.h"

namespace counsel::extractor {
namespace {

struct Line {
  std::int64_t start = 0;  // code points
  std::int64_t end = 0;
  std::string_view text;
};

constexpr std::size_t kLongest = 300;  // bytes of a line that says who wrote

std::vector<Line> LinesOf(std::string_view text) {
  std::vector<Line> lines;
  std::int64_t at = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::int64_t size = CountCodePoints(line);
    if (!line.empty()) lines.push_back({at, at + size, line});
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    at += size + 1;
  }
  return lines;
}

template <std::size_t kCount>
bool BeginsWithOne(std::string_view line, const std::array<std::string_view, kCount>& words) {
  while (line.starts_with('*') || line.starts_with(' ')) line.remove_prefix(1);  // as some programs write bold
  return std::any_of(words.begin(), words.end(), [line](std::string_view word) { return line.starts_with(word); });
}

constexpr std::array<std::string_view, 3> kFrom = {"From:", "Von:", "De :"};
constexpr std::array<std::string_view, 5> kWhen = {"Sent:", "Date:", "Gesendet:", "Datum:", "Envoy\xC3\xA9 :"};
constexpr std::array<std::string_view, 8> kOthers = {
    "To:", "Cc:", "Subject:", "An:", "Betreff:", "\xC3\x80 :", "Objet :", "Importance:"};

// "From:", then among the next lines when it was sent, and to whom or about what.
bool IsHead(const std::vector<Line>& lines, std::size_t at) {
  if (!BeginsWithOne(lines[at].text, kFrom)) return false;
  bool when = false;
  bool other = false;
  constexpr std::size_t kLinesOfHead = 5;
  for (std::size_t i = at + 1; i < lines.size() && i <= at + kLinesOfHead; ++i) {
    when = when || BeginsWithOne(lines[i].text, kWhen);
    other = other || BeginsWithOne(lines[i].text, kOthers);
  }
  return when && other;
}

// "On 4 March 2024 Ann Archer wrote:", also over two lines.
bool SaysWhoWrote(const std::vector<Line>& lines, std::size_t at) {
  std::string_view line = lines[at].text;
  while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
  constexpr std::array<std::string_view, 3> kWrote = {" wrote:", " schrieb:",
                                                      " a \xC3\xA9"
                                                      "crit :"};
  constexpr std::array<std::string_view, 3> kOn = {"On ", "Am ", "Le "};
  const bool wrote =
      std::any_of(kWrote.begin(), kWrote.end(), [line](std::string_view words) { return line.ends_with(words); });
  if (!wrote) return false;
  if (!BeginsWithOne(line, kOn) && (at == 0 || !BeginsWithOne(lines[at - 1].text, kOn))) return false;
  if (at + 1 == lines.size()) return false;
  // What is answered line by line is nobody's alone.
  const auto quoted = [](const Line& line) { return line.text.starts_with('>'); };
  const auto next = lines.begin() + static_cast<std::ptrdiff_t>(at) + 1;
  return !quoted(*next) || std::all_of(next, lines.end(), quoted);
}

}  // namespace

void MarkQuotations(std::int64_t body, Flow* text) {
  const std::vector<Line> lines = LinesOf(text->text());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].start < body || lines[i].text.size() > kLongest) continue;
    if (IsHead(lines, i) || SaysWhoWrote(lines, i)) text->Mark(SpanKind::kHeading, 1, lines[i].start, lines[i].end);
  }
}

}  // namespace counsel::extractor
