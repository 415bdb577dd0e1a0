#include "search/quotations.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/utf8.h"
#include "search/words.h"

namespace counsel::search {
namespace {

constexpr std::size_t kInARow = 3;   // words that are compared together
constexpr double kNearlyAll = 0.75;  // of them

bool EndsQuoted(std::string_view heading) {
  constexpr std::array<std::string_view, 3> kWrote = {" wrote:", " schrieb:", "crit :"};
  for (const std::string_view words : kWrote) {
    if (heading.ends_with(words) || heading.find(std::string(words) + " > ") != std::string_view::npos) return true;
  }
  for (const std::string_view words : {"From: ", "*From:* ", "Von: ", "De : "}) {
    if (heading.starts_with(words) || heading.find(" > " + std::string(words)) != std::string_view::npos) return true;
  }
  return false;
}

bool MostLinesQuoted(std::string_view text) {
  int quoted = 0;
  int lines = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) continue;
    ++lines;
    quoted += line.starts_with('>') ? 1 : 0;
  }
  return quoted * 2 > lines;
}

// Without the lines that say who wrote, when and to whom, which every program words anew.
std::string WithoutHeads(std::string_view text) {
  constexpr std::array<std::string_view, 10> kHeads = {
      "From:", "Sent:", "Date:", "To:", "Cc:", "Subject:", "Von:", "Gesendet:", "An:", "Betreff:"};
  std::string left;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto begins = [line](std::string_view head) { return line.starts_with(head); };
    if (!std::any_of(kHeads.begin(), kHeads.end(), begins) && !line.starts_with("-----") && !EndsQuoted(line))
      left += std::string(line) + '\n';
  }
  return left;
}

// Digests of its words, three by three.
std::vector<std::size_t> RowsOf(std::string_view text) {
  std::vector<std::string> words;
  const std::string repaired = RepairUtf8(WithoutHeads(text));
  ForEachWord(repaired, [&](std::string_view folded, std::size_t, std::size_t) { words.emplace_back(folded); });
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i + kInARow <= words.size(); ++i) {
    std::string row;
    for (std::size_t k = 0; k < kInARow; ++k) row += words[i + k] + ' ';
    rows.push_back(std::hash<std::string>()(row));
  }
  return rows;
}

}  // namespace

bool LooksQuoted(std::string_view heading, std::string_view text) {
  return EndsQuoted(heading) || MostLinesQuoted(text);
}

std::vector<bool> RepeatOthers(const std::vector<QuotationCandidate>& found) {
  std::vector<bool> quoted;
  bool any = false;
  for (const QuotationCandidate& one : found) {
    quoted.push_back(LooksQuoted(one.heading, one.text));
    any = any || quoted.back();
  }
  std::vector<bool> repeats(found.size(), false);
  if (!any) return repeats;
  // Where each row of words stands first: the documents of passages that count.
  std::unordered_map<std::size_t, std::set<std::string_view>> said;
  const auto count = [&](std::size_t i) {
    for (const std::size_t row : RowsOf(found[i].text)) said[row].insert(found[i].document);
  };
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!quoted[i]) count(i);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!quoted[i]) continue;
    const std::vector<std::size_t> rows = RowsOf(found[i].text);
    std::size_t elsewhere = 0;
    for (const std::size_t row : rows) {
      const auto where = said.find(row);
      const bool other =
          where != said.end() && (where->second.size() > 1 || !where->second.contains(found[i].document));
      elsewhere += other ? 1 : 0;
    }
    repeats[i] = !rows.empty() && static_cast<double>(elsewhere) >= kNearlyAll * static_cast<double>(rows.size());
    if (!repeats[i]) count(i);
  }
  return repeats;
}

}  // namespace counsel::search
