#include "judging/hyphens.h"

#include <cctype>
#include <vector>

#include "judging/grammar.h"
#include "text/words.h"

namespace counsel::judging {

void AddWords(std::string_view text, std::unordered_set<std::string>* words) {
  const std::vector<text::RawWord> all = text::SplitWords(text, 0, text.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool cut = all[i].joined || (i + 1 < all.size() && all[i + 1].joined);
    if (!all[i].text.empty() && !all[i].digits && !cut) words->insert(all[i].text);
  }
}

namespace {

// The place of a hyphen inside a line: between words i - 1 and i.
bool IsHyphen(std::string_view text, const std::vector<text::RawWord>& all, std::size_t i) {
  return all[i].joined && !all[i].digits && !all[i - 1].digits && all[i].start == all[i - 1].end + 1 &&
         std::islower(static_cast<unsigned char>(text[all[i].start])) != 0;
}

bool IsCut(const text::RawWord& first, const text::RawWord& second, const std::unordered_set<std::string>& words) {
  const std::string whole = first.text + second.text;
  if (words.count(whole) == 0 && !IsBaseVerb(whole)) return false;
  // "pre-paid", "re-export": words of their own
  return words.count(first.text) == 0 || words.count(second.text) == 0;
}

}  // namespace

bool IsFullOfCuts(std::string_view text, const std::unordered_set<std::string>& words) {
  constexpr int kMany = 3;
  int cuts = 0;
  const std::vector<text::RawWord> all = text::SplitWords(text, 0, text.size());
  for (std::size_t i = 1; i < all.size(); ++i)
    cuts += IsHyphen(text, all, i) && IsCut(all[i - 1], all[i], words) ? 1 : 0;
  return cuts >= kMany;
}

std::string Rejoined(std::string_view text, const std::unordered_set<std::string>& words, bool full_of_cuts) {
  if (text.find('-') == std::string_view::npos) return std::string(text);
  std::string joined;
  std::size_t copied = 0;
  const std::vector<text::RawWord> all = text::SplitWords(text, 0, text.size());
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (!IsHyphen(text, all, i)) continue;
    // Among many that are cut, "assign-ee" is too: the document has no "ee".
    const bool piece = full_of_cuts && words.count(all[i].text) == 0 && !IsBaseVerb(all[i].text);
    if (!piece && !IsCut(all[i - 1], all[i], words)) continue;
    joined += text.substr(copied, all[i - 1].end - copied);
    copied = all[i].start;
  }
  joined += text.substr(copied);
  return joined;
}

}  // namespace counsel::judging
