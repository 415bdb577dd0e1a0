#include "judging/covenants.h"

#include <vector>

#include "judging/grammar.h"
#include "judging/lexicon.h"
#include "text/words.h"

namespace counsel::judging {
namespace {

bool IsComma(const text::RawWord& word) {
  return word.punctuation == ',' || word.punctuation == ';';
}

}  // namespace

std::string CovenantorOf(std::string_view sentence) {
  constexpr std::size_t kLongestSubject = 4;
  const std::vector<text::RawWord> words = text::SplitWords(sentence, 0, sentence.size());
  const std::size_t end = words.size();
  std::size_t begin = 0;  // behind a heading's number
  while (begin < end && (words[begin].digits || words[begin].punctuation == '.')) ++begin;
  for (std::size_t i = begin; i + 1 < end && i < begin + kLongestSubject; ++i) {
    if (words[i].punctuation != 0) return {};
    const text::Stem stem = text::Fold(words[i].text);
    if (!IsRoleNoun(stem.text)) continue;
    std::string role(sentence.substr(words[i].start, words[i].end - words[i].start));
    // "TENANT'S COVENANTS", "Tenant's obligations"
    const bool title = stem.possessive && In(words[i + 1].text, {"covenants", "obligations", "undertakings"});
    if (title) {
      role.resize(role.find_first_of("'\xe2"));
      return "The " + role;
    }
    std::size_t verb = i + 1;
    if (verb + 1 < end && In(words[verb].text, {"hereby", "further"})) ++verb;
    if (In(words[verb].text, {"covenants", "undertakes", "agrees", "shall"}) &&
        sentence.find("follow") != std::string_view::npos)
      return "The " + role;
    if (In(words[verb].text, {"covenants"})) return "The " + role;
    // "The Tenant agrees:", "2. The Landlord agrees to"
    std::size_t last = end;
    while (last > verb && (words[last - 1].punctuation != 0 || In(words[last - 1].text, {"to", "that", "not"}))) --last;
    if (In(words[verb].text, {"agrees", "undertakes", "must", "shall"}) && last == verb + 1 &&
        In(words[i - (i > begin ? 1 : 0)].text, {"the", words[i].text}))
      return "The " + role;
  }
  return {};
}

std::string AsDuty(std::string_view sentence, std::string_view covenantor) {
  const std::vector<text::RawWord> words = text::SplitWords(sentence, 0, sentence.size());
  if (words.empty() || covenantor.empty()) return {};
  const auto at = [&](std::size_t i) {
    return i < words.size() ? std::string_view(words[i].text) : std::string_view();
  };
  const bool begins = at(0) == "to" || (at(0) == "not" && at(1) == "to");
  const bool fronted = In(at(0), {"if", "at", "within", "on", "during", "by", "in", "where", "when", "upon"});
  if (!begins && !fronted) return {};
  std::string duty;
  std::size_t copied = 0;
  bool any = false;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (at(i) != "to" || !IsBaseVerb(at(i + 1))) continue;
    const bool negative = i > 0 && at(i - 1) == "not";
    const std::size_t first = negative ? i - 1 : i;
    const bool start = first == 0;
    const bool after_comma = first > 0 && IsComma(words[first - 1]);
    const bool after_and = first > 1 && at(first - 1) == "and" && (any || IsComma(words[first - 2]));
    const bool after_nor = first > 0 && at(first - 1) == "nor";
    // "At the end of the Term to give up the Premises"
    const bool after_front = !any && fronted && at(0) != "if" && first > 2 && first < 8 && !IsBaseVerb(at(first - 1));
    if (!start && !after_comma && !after_and && !after_nor && !after_front) continue;
    if (!any && after_nor) continue;
    duty += sentence.substr(copied, words[first].start - copied);
    copied = words[i + 1].start;
    if (after_nor) continue;
    if (after_front && !after_comma) duty += ", ";
    duty += std::string(after_and ? "" : covenantor) + (after_and ? "" : " ") + (negative ? "must not " : "must ");
    any = true;
  }
  if (!any) return {};
  duty += sentence.substr(copied);
  return duty;
}

}  // namespace counsel::judging
