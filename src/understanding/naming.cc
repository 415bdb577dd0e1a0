#include "understanding/naming.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace counsel::understanding {
namespace {

constexpr std::size_t kLongestLeading = 400;  // bytes
constexpr std::size_t kMostModifiers = 10;    // words before "agreement"
constexpr std::size_t kNone = std::string_view::npos;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

template <std::size_t n>
bool IsOneOf(std::string_view word, const std::array<std::string_view, n>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 15> kLeaders = {"consider",   "in",   "under",  "according", "regarding",
                                                       "concerning", "per",  "within", "about",     "from",
                                                       "given",      "take", "re",     "pursuant",  "for"};
constexpr std::array<std::string_view, 14> kPrepositions = {"in", "under", "of",   "from", "within", "per",  "by",
                                                            "to", "for",   "with", "on",   "at",     "into", "re"};
constexpr std::array<std::string_view, 5> kWhereToLook = {"in", "under", "from", "within", "per"};
// What leads to a preposition: "according to", "pursuant to".
constexpr std::array<std::string_view, 6> kLeadToPreposition = {"according",  "pursuant", "subject",
                                                                "accordance", "as",       "respect"};
constexpr std::array<std::string_view, 9> kDeterminers = {"the",  "our", "my",  "your", "this",
                                                          "that", "his", "her", "their"};
// Of companies: they go on with a name, and end none.
constexpr std::array<std::string_view, 10> kOfCompanies = {"inc", "ltd", "llc", "llp",     "corp",
                                                           "co",  "plc", "lp",  "limited", "company"};
constexpr std::array<std::string_view, 40> kAsking = {
    "what", "who",   "whom",   "whose", "when",  "where",   "which",     "why",       "how",     "is",
    "are",  "was",   "were",   "do",    "does",  "did",     "can",       "could",     "may",     "might",
    "must", "shall", "should", "will",  "would", "has",     "have",      "had",       "tell",    "find",
    "list", "show",  "give",   "name",  "state", "explain", "summarise", "summarize", "whether", "describe"};

// The words of a name, and whether one of them is more than a kind of document.
void TakeWords(const std::vector<NameWord>& words, std::size_t from, std::size_t to, Naming* naming) {
  for (std::size_t i = from; i < to; ++i) {
    const NameWord& word = words[i];
    if (IsEmptyNameWord(word.text) && !IsDocumentNoun(word.text)) continue;
    if (word.text.size() < 2 && !word.capital) continue;
    if (std::find(naming->words.begin(), naming->words.end(), word.text) != naming->words.end()) continue;
    naming->words.push_back(word.text);
    if (!IsKind(word.text) && (word.capital || word.possessive)) naming->distinctive = true;
  }
}

// "Consider X; …", "In the agreement between X and Y, what …", "Motorola NDA: …".
std::optional<Naming> FindLeading(std::string_view question, const std::vector<NameWord>& words) {
  if (words.empty()) return std::nullopt;
  const bool leads = IsOneOf(words[0].text, kLeaders);
  const std::string_view begin = question.substr(0, kLongestLeading);
  std::size_t separator = begin.find(';');
  if (separator == kNone) {
    separator = begin.find(": ");
    if (!leads && separator != kNone &&
        std::count_if(words.begin(), words.end(), [&](const NameWord& word) { return word.end <= separator; }) > 8) {
      separator = kNone;
    }
  }
  bool comma = false;
  if (separator == kNone && leads) {
    for (std::size_t at = begin.find(','); at != kNone; at = begin.find(',', at + 1)) {
      const auto next =
          std::find_if(words.begin(), words.end(), [at](const NameWord& word) { return word.start > at; });
      if (next == words.end() || !IsOneOf(next->text, kAsking)) continue;
      separator = at;
      comma = true;
      break;
    }
  }
  if (separator == kNone) return std::nullopt;
  std::size_t first = leads ? 1 : 0;
  if (leads && words.size() > 1 && (words[1].text == "to" || words[1].text == "of")) first = 2;
  std::size_t last = first;
  bool noun = false;
  while (last < words.size() && words[last].end <= separator) noun |= IsDocumentNoun(words[last++].text);
  if (last == first || last == words.size()) return std::nullopt;
  if (!leads && !noun) return std::nullopt;
  Naming naming;
  naming.name_start = words[first].start;
  naming.name_end = separator;
  naming.end = separator + 1;
  TakeWords(words, first, last, &naming);
  if (naming.words.empty()) return std::nullopt;
  naming.leading = !comma || noun;
  naming.strict = comma && !noun;
  naming.distinctive = !naming.strict && naming.distinctive;
  return naming;
}

// Whether only what may stand within a name is between two words.
bool GoesOn(std::string_view between) {
  return between.size() <= 4 && between.find_first_of(";:?!()[]") == kNone &&
         (between.find('.') == kNone || between.find_first_not_of(". ,") == kNone);
}

std::string_view Between(std::string_view question, const NameWord& a, const NameWord& b) {
  return question.substr(a.end, b.start - a.end);
}

// Behind "agreement": "between X and Y", "with X", "dated 5 May 2020". The first word that does not belong to it.
std::size_t ExtendRight(std::string_view question, const std::vector<NameWord>& words, std::size_t noun) {
  std::size_t at = noun + 1;
  if (at >= words.size() || !GoesOn(Between(question, words[noun], words[at]))) return noun + 1;
  const std::string& leads = words[at].text;
  if (leads != "between" && leads != "with" && leads != "among" && leads != "dated" && leads != "of" && leads != "by") {
    return words[at].capital && !IsEmptyNameWord(leads) && words[at].text.find_first_not_of("0123456789") == kNone
               ? at + 1
               : noun + 1;
  }
  const bool digit = at + 1 < words.size() && IsDigit(question[words[at + 1].start]);
  if (leads == "of" && !digit) return noun + 1;  // "the deed of 5 May 2020"
  std::size_t end = noun + 1;
  for (std::size_t next = at + 1; next < words.size(); ++next) {
    const NameWord& word = words[next];
    if (!GoesOn(Between(question, words[next - 1], word))) break;
    const bool joins = word.text == "and" || word.text == "of" || word.text == "the" || word.text == "de";
    if (!word.capital && !joins) break;
    if (word.capital && IsOneOf(word.text, kAsking)) break;
    if (!joins || word.capital) end = next + 1;
  }
  return end;
}

// The first word of a name that ends, or has its noun, at `noun`; `determined`: "the" stands before it.
std::size_t ExtendLeft(std::string_view question, const std::vector<NameWord>& words, std::size_t noun,
                       std::size_t least, bool* determined) {
  std::size_t first = noun;
  while (first > least && noun - first < kMostModifiers) {
    const NameWord& word = words[first - 1];
    if (!GoesOn(Between(question, word, words[first]))) break;
    if (IsOneOf(word.text, kDeterminers) && !word.possessive) {
      *determined = true;
      break;
    }
    const bool joins = word.text == "and" || word.text == "of" || IsOneOf(word.text, kOfCompanies);
    const bool name_before = first >= 2 && first - 2 >= least && words[first - 2].capital &&
                             !IsDigit(question[words[first - 2].start]) && !IsOneOf(words[first - 2].text, kAsking);
    if (joins && !(word.text.size() > 3 || name_before)) break;
    if (!joins && IsEmptyNameWord(word.text) && !word.possessive) break;
    if (IsOneOf(word.text, kAsking) && !word.possessive) break;
    --first;
  }
  if (!*determined) {
    // Without an article only what begins with a capital belongs to it.
    const auto begins = [&](const NameWord& word) {
      return word.possessive || (word.capital && !IsDigit(question[word.start]));
    };
    while (first < noun && !begins(words[first])) ++first;
  }
  while (first < noun && (words[first].text == "and" || words[first].text == "of")) ++first;
  return first;
}

std::optional<Naming> NamingAt(std::string_view question, const std::vector<NameWord>& words, std::size_t noun,
                               std::size_t least, std::size_t* behind) {
  bool determined = false;
  const std::size_t first = ExtendLeft(question, words, noun, least, &determined);
  const std::size_t end = ExtendRight(question, words, noun);
  if (first == noun && end == noun + 1 && !determined) return std::nullopt;
  Naming naming;
  TakeWords(words, first, end, &naming);
  // "the policy on refunds", "the letter of credit".
  if (!naming.distinctive && end < words.size() && GoesOn(Between(question, words[end - 1], words[end])) &&
      (words[end].text == "of" || words[end].text == "on" || words[end].text == "for")) {
    return std::nullopt;
  }
  naming.strict = !naming.distinctive;
  std::size_t start = determined ? first - 1 : first;
  naming.name_start = words[start].start;
  naming.name_end = naming.end = words[end - 1].end;
  naming.subject = true;
  naming.kept = naming.strict;
  if (start > least && IsOneOf(words[start - 1].text, kPrepositions) &&
      GoesOn(Between(question, words[start - 1], words[start]))) {
    --start;
    naming.subject = false;
    // "of the tenancy" may be what is asked about; "under the lease" is where to look.
    naming.kept = naming.strict && !IsOneOf(words[start].text, kWhereToLook);
    if (start > least && IsOneOf(words[start - 1].text, kLeadToPreposition)) --start;
  }
  naming.start = words[start].start;
  // "lease.pdf" is one name.
  *behind = end;
  return naming;
}

}  // namespace

std::vector<Naming> FindNamings(std::string_view question) {
  const std::vector<NameWord> words = SplitName(question);
  std::vector<Naming> namings;
  std::size_t least = 0;
  if (std::optional<Naming> leading = FindLeading(question, words)) {
    while (least < words.size() && words[least].start < leading->end) ++least;
    namings.push_back(std::move(*leading));
  }
  for (std::size_t i = least; i < words.size(); ++i) {
    if (!IsDocumentNoun(words[i].text)) continue;
    // "employment agreement letter": the last noun of several.
    if (i + 1 < words.size() && IsDocumentNoun(words[i + 1].text) && Between(question, words[i], words[i + 1]) == " ") {
      continue;
    }
    std::size_t behind = i + 1;
    if (std::optional<Naming> naming = NamingAt(question, words, i, least, &behind)) {
      namings.push_back(std::move(*naming));
      least = behind;
      i = behind - 1;
    }
  }
  return namings;
}

std::string Without(std::string_view question, const std::vector<Naming>& namings) {
  std::string rest;
  std::size_t at = 0;
  for (const Naming& naming : namings) {
    rest += question.substr(at, naming.start - at);
    if (naming.subject) rest += "it";
    at = naming.end;
  }
  rest += question.substr(at);
  // One blank between words, none before a question mark.
  std::string tidy;
  for (const char c : rest) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank && (tidy.empty() || tidy.back() == ' ')) continue;
    if ((c == '?' || c == ',' || c == '.') && !tidy.empty() && tidy.back() == ' ') tidy.pop_back();
    tidy += blank ? ' ' : c;
  }
  while (!tidy.empty() && (tidy.back() == ' ' || tidy.back() == ',')) tidy.pop_back();
  return tidy;
}

}  // namespace counsel::understanding
