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

std::string Rejoined(std::string_view text, const std::unordered_set<std::string>& words) {
  if (text.find('-') == std::string_view::npos) return std::string(text);
  std::string joined;
  std::size_t copied = 0;
  const std::vector<text::RawWord> all = text::SplitWords(text, 0, text.size());
  for (std::size_t i = 1; i < all.size(); ++i) {
    const bool hyphen = all[i].joined && !all[i].digits && !all[i - 1].digits && all[i].start == all[i - 1].end + 1 &&
                        std::islower(static_cast<unsigned char>(text[all[i].start])) != 0;
    if (!hyphen) continue;
    const std::string whole = all[i - 1].text + all[i].text;
    if (words.count(whole) == 0 && !IsBaseVerb(whole)) continue;
    // "pre-paid", "re-export": words of their own
    if (words.count(all[i - 1].text) > 0 && words.count(all[i].text) > 0) continue;
    joined += text.substr(copied, all[i - 1].end - copied);
    copied = all[i].start;
  }
  joined += text.substr(copied);
  return joined;
}

}  // namespace counsel::judging
