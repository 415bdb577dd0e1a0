#include "judging/parties.h"

#include <string>

#include "judging/grammar.h"

namespace counsel::judging {
namespace {

bool IsParty(std::string_view text, const text::RawWord& word) {
  const char first = text[word.start];
  return word.punctuation == 0 && first >= 'A' && first <= 'Z' && !IsOperator(word) &&
         IsRoleNoun(text::Fold(word.text).text);
}

}  // namespace

Words AsParties(std::string_view text, const Words& words) {
  for (std::size_t i = 1; i + 4 < words.size(); ++i) {
    const std::string& join = words[i + 1].text;
    const bool two = IsParty(text, words[i]) && In(join, {"AND", "OR"}) && words[i - 1].text == "the" &&
                     words[i + 2].text == "the" && IsParty(text, words[i + 3]) && words[i].text != words[i + 3].text;
    if (!two) continue;
    const bool either = i > 1 && In(words[i - 2].text, {"EITHER", "BOTH", "NEITHER"});
    if (join == "OR" && !either) return {};
    std::size_t end = i + 4;
    Words made(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(i) - 1);
    text::RawWord party = words[i];
    party.text = join == "OR" || (either && words[i - 2].text == "NEITHER") ? "party" : "parties";
    // "the Landlord and the Tenant each bear": each of them is meant anyhow
    if (end < words.size() && words[end].text == "ALL") ++end;
    made.push_back(party);
    made.insert(made.end(), words.begin() + static_cast<std::ptrdiff_t>(end), words.end());
    return made;
  }
  return {};
}

}  // namespace counsel::judging
