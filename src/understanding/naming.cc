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

// What stands between two nouns of one name: "side letter", "renewal notice".
constexpr std::array<std::string_view, 22> kBetweenNouns = {
    "side",      "renewal",    "variation", "supplemental", "extension",    "surrender",  "cover",   "covering",
    "comfort",   "engagement", "consent",   "termination",  "reversionary", "rectifying", "interim", "assignment",
    "amendment", "novation",   "deposit",   "disclosure",   "draft",        "guarantee"};
// Nouns that make another document of the one whose name stands before them.
constexpr std::array<std::string_view, 14> kOtherDocuments = {
    "letter",   "amendment", "addendum", "deed",  "memorandum", "memo",       "guarantee",
    "guaranty", "email",     "invoice",  "offer", "resolution", "settlement", "undertaking"};
// Behind such a noun: "the NDA amendment clause" is a clause of the NDA.
constexpr std::array<std::string_view, 16> kOfOneDocument = {
    "clause",    "provision", "section",    "term",       "period",    "date",  "requirement", "procedure",
    "condition", "paragraph", "definition", "obligation", "mechanism", "right", "price",       "process"};
// What a number counts, rather than numbers: "a notice of 3 months".
constexpr std::array<std::string_view, 12> kCounted = {"day",   "week",   "month", "year", "hour",    "minute",
                                                       "pound", "dollar", "euro",  "cent", "percent", "business"};

void TakeWord(const std::string& word, Naming* naming) {
  if (std::find(naming->words.begin(), naming->words.end(), word) == naming->words.end()) naming->words.push_back(word);
}

// The words of a name, and whether one of them is more than a kind of document.
void TakeWords(const std::vector<NameWord>& words, std::size_t from, std::size_t to, Naming* naming) {
  std::string before;  // what a number may number
  for (std::size_t i = from; i < to; ++i) {
    const NameWord& word = words[i];
    const std::string numbered = std::exchange(before, "");
    if (IsEmptyNameWord(word.text) && !IsDocumentNoun(word.text)) continue;
    if (word.text.size() < 2 && !word.capital) continue;
    if (!IsKind(word.text) && (word.capital || word.possessive)) naming->distinctive = true;
    // "unit9" is two words, as in a document's name.
    std::vector<std::string> parts = PartsOfWord(word.text);
    const bool apart = parts.size() == 2 && !IsNumberWord(parts[0]) && IsNumberWord(parts[1]);
    if (!apart) parts.assign(1, word.text);
    for (const std::string& part : parts) {
      const bool is_number = IsNumberWord(part);
      TakeWord(is_number && !before.empty()     ? Numbered(before, part)
               : is_number && !numbered.empty() ? Numbered(numbered, part)
                                                : part,
               naming);
      before = is_number ? "" : part;
    }
  }
}

// Of a name of several nouns what stands behind the first, when the last makes it another document.
void TakeNeeded(const std::vector<NameWord>& words, std::size_t from, std::size_t to, Naming* naming) {
  std::size_t first = from;
  while (first < to && !IsDocumentNoun(words[first].text)) ++first;
  if (first + 1 >= to || !IsOneOf(words[to - 1].text, kOtherDocuments)) return;
  for (std::size_t i = first + 1; i < to; ++i) {
    if (words[i].text == "and" || words[i].text == "or") return;  // two documents
  }
  for (std::size_t i = first + 1; i < to; ++i) {
    if (!IsEmptyNameWord(words[i].text)) naming->needed.push_back(words[i].text);
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
  TakeNeeded(words, first, last, &naming);
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

// "9" of "Unit 9", but not "3" of "3 months".
bool IsNumbering(const std::vector<NameWord>& words, std::size_t at) {
  return at < words.size() && IsNumberWord(words[at].text) &&
         (at + 1 >= words.size() || !IsOneOf(words[at + 1].text, kCounted));
}

// "HP-2231", "2024/117" behind "invoice": the first word behind a code that is written together, and has a capital or
// is several numbers; `at` where there is none.
std::size_t EndOfCode(std::string_view question, const std::vector<NameWord>& words, std::size_t at) {
  std::size_t end = at + 1;
  while (end < words.size()) {
    const std::string_view between = Between(question, words[end - 1], words[end]);
    if (between != "-" && between != "/") break;
    ++end;
  }
  const bool number =
      std::any_of(words.begin() + static_cast<std::ptrdiff_t>(at), words.begin() + static_cast<std::ptrdiff_t>(end),
                  [](const NameWord& word) { return word.capital && IsNumberWord(word.text); });
  return end > at + 1 && words[at].capital && number ? end : at;
}

// Behind "agreement": "between X and Y", "with X", "dated 5 May 2020", "of Unit 9", "of Conduct". The first word that
// does not belong to it. `of_what`: it is known by what it is of, and no number is in that.
std::size_t ExtendRight(std::string_view question, const std::vector<NameWord>& words, std::size_t noun,
                        bool* of_what) {
  std::size_t at = noun + 1;
  if (at >= words.size() || !GoesOn(Between(question, words[noun], words[at]))) return noun + 1;
  const std::string& leads = words[at].text;
  const bool of = leads == "of" || leads == "for" || leads == "on";
  if (const std::size_t end = EndOfCode(question, words, at); end > at) return end;
  if (!of && leads != "between" && leads != "with" && leads != "among" && leads != "dated" && leads != "by") {
    return words[at].capital && !IsEmptyNameWord(leads) && IsNumberWord(words[at].text) ? at + 1 : noun + 1;
  }
  std::size_t end = noun + 1;
  bool number = false;
  for (std::size_t next = at + 1; next < words.size(); ++next) {
    const NameWord& word = words[next];
    if (!GoesOn(Between(question, words[next - 1], word))) break;
    const bool joins = word.text == "and" || word.text == "of" || word.text == "the" || word.text == "de";
    // "unit 9" of somebody who writes no capitals.
    const bool numbered = !word.capital && !joins && !IsEmptyNameWord(word.text) && IsNumbering(words, next + 1);
    if (!word.capital && !joins && !numbered) break;
    if (word.capital && IsOneOf(word.text, kAsking)) break;
    if (IsNumberWord(word.text) && !IsNumbering(words, next)) break;
    number |= IsNumberWord(word.text) || !PartsOfWord(word.text).empty();
    if (!joins || word.capital) end = next + 1;
  }
  *of_what = of && end > noun + 1 && !number;
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

// Whether the name whose noun is at `noun` has another one: "NDA side letter".
bool GoesOnWithNoun(std::string_view question, const std::vector<NameWord>& words, std::size_t noun) {
  std::size_t at = noun + 1;
  if (at >= words.size() || Between(question, words[noun], words[at]) != " ") return false;
  if (IsOneOf(words[at].text, kBetweenNouns) && at + 1 < words.size() && IsDocumentNoun(words[at + 1].text) &&
      Between(question, words[at], words[at + 1]) == " ") {
    ++at;
  }
  if (!IsDocumentNoun(words[at].text)) return false;
  return at + 1 >= words.size() || !IsOneOf(words[at + 1].text, kOfOneDocument);
}

std::optional<Naming> NamingAt(std::string_view question, const std::vector<NameWord>& words, std::size_t noun,
                               std::size_t least, std::size_t* behind) {
  bool determined = false;
  bool of_what = false;
  const std::size_t first = ExtendLeft(question, words, noun, least, &determined);
  const std::size_t end = ExtendRight(question, words, noun, &of_what);
  if (first == noun && end == noun + 1 && !determined) return std::nullopt;
  Naming naming;
  naming.of_what = of_what;
  TakeNeeded(words, first, noun + 1, &naming);
  TakeWords(words, first, end, &naming);
  // "the policy on refunds"; "the deed of variation" is a name where a document is called so.
  std::size_t last = end;
  if (!naming.distinctive && end < words.size() && GoesOn(Between(question, words[end - 1], words[end])) &&
      (words[end].text == "of" || words[end].text == "on" || words[end].text == "for")) {
    const bool of_what_kind = words[end].text == "of" && end + 1 < words.size() &&
                              !IsEmptyNameWord(words[end + 1].text) &&
                              Between(question, words[end], words[end + 1]) == " ";
    if (!of_what_kind || !determined) return std::nullopt;
    last = end + 2;
    TakeWords(words, end + 1, last, &naming);
  }
  naming.strict = !naming.distinctive;
  std::size_t start = determined ? first - 1 : first;
  naming.name_start = words[start].start;
  naming.name_end = naming.end = words[last - 1].end;
  naming.subject = true;
  naming.kept = naming.strict || naming.of_what;
  if (start > least && IsOneOf(words[start - 1].text, kPrepositions) &&
      GoesOn(Between(question, words[start - 1], words[start]))) {
    --start;
    naming.subject = false;
    // "of the tenancy" may be what is asked about; "under the lease" is where to look.
    naming.kept = naming.kept && !IsOneOf(words[start].text, kWhereToLook);
    if (start > least && IsOneOf(words[start - 1].text, kLeadToPreposition)) --start;
  }
  naming.start = words[start].start;
  // "lease.pdf" is one name.
  *behind = last;
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
    // "Dr Byrne's notice period" is no notice.
    if (words[i].text == "notice" && i + 1 < words.size() && IsOneOf(words[i + 1].text, kOfOneDocument)) continue;
    // "employment agreement letter", "NDA side letter": the last noun of several.
    if (GoesOnWithNoun(question, words, i)) continue;
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
  // One blank between words, none before a question mark. A line stays one: the last is what is asked (follow_up.h).
  std::string tidy;
  for (const char c : rest) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (c == '\n' && !tidy.empty() && tidy.back() != '\n') {
      if (tidy.back() == ' ') tidy.pop_back();
      tidy += '\n';
    }
    if (blank && (tidy.empty() || tidy.back() == ' ' || tidy.back() == '\n')) continue;
    if ((c == '?' || c == ',' || c == '.') && !tidy.empty() && tidy.back() == ' ') tidy.pop_back();
    tidy += blank ? ' ' : c;
  }
  while (!tidy.empty() && (tidy.back() == ' ' || tidy.back() == ',' || tidy.back() == '\n')) tidy.pop_back();
  return tidy;
}

}  // namespace counsel::understanding
