#include "extractor/typography.h"

#include <algorithm>
#include <array>

namespace counsel::extractor {
namespace {

constexpr std::string_view kSoftHyphen = "\xC2\xAD";
constexpr std::string_view kTrueHyphen = "\xE2\x80\x90";  // U+2010

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsSmall(char c) {
  return c >= 'a' && c <= 'z';
}
bool IsLetter(char c) {
  return IsSmall(c) || (c >= 'A' && c <= 'Z');
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// Begins or ends with a small letter, of other alphabets too: those are no ASCII, and no capitals are told apart.
bool WordLike(char c) {
  return IsLetter(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view LastWord(std::string_view line) {
  std::size_t begin = line.size();
  while (begin > 0 && WordLike(line[begin - 1])) --begin;
  return line.substr(begin);
}

std::string_view FirstWord(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && WordLike(line[end])) ++end;
  return line.substr(0, end);
}

template <std::size_t n>
bool OneOf(std::string_view word, const std::array<std::string_view, n>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What only begins compounds, and what ends them. Other words of the page count too; syllables that words are divided
// at
// ("re", "part", "tion") do not.
constexpr std::array<std::string_view, 10> kFirsts = {"non",   "self",  "quasi", "well",   "vice",
                                                      "price", "index", "arm",   "eighty", "sixty"};
constexpr std::array<std::string_view, 104> kSeconds = {
    "adjusted",  "agreed",      "approved",   "based",        "bearing",    "binding",    "border",
    "bound",     "by",          "clause",     "collateral",   "compete",    "completion", "compliance",
    "compliant", "contractual", "convicted",  "day",          "dated",      "default",    "defined",
    "delivery",  "disclosure",  "down",       "due",          "employed",   "employment", "end",
    "ended",     "examination", "exclusive",  "executed",     "existing",   "expired",    "forfeiture",
    "free",      "fifth",       "five",       "four",         "fourth",     "half",       "hand",
    "held",      "holder",      "keeping",    "known",        "leading",    "led",        "let",
    "letting",   "licence",     "license",    "licensed",     "lien",       "linked",     "made",
    "making",    "market",      "monthly",    "month",        "named",      "nine",       "off",
    "one",       "out",         "owned",      "ownership",    "paid",       "party",      "paying",
    "payment",   "performance", "prescribed", "quarter",      "quarters",   "rata",       "recoverable",
    "recurring", "reference",   "refundable", "related",      "resident",   "sale",       "serving",
    "seven",     "sharing",     "site",       "solicitation", "subsidiary", "sum",        "tenancy",
    "tenant",    "term",        "thirds",     "three",        "time",       "to",         "transferable",
    "two",       "underlease",  "up",         "wide",         "year",       "yearly"};

bool IsCompound(const std::string& first, const std::string& second, const WordSet& words) {
  if (words.contains(first + "-" + second)) return true;
  if (words.contains(first + second)) return false;
  // "pre-emption", "co-owner": two like vowels are held apart.
  constexpr std::array<std::string_view, 6> kBeforeVowels = {"pre", "re", "de", "co", "anti", "semi"};
  if (OneOf(std::string_view(first), kBeforeVowels) && !second.empty() && first.back() == second.front()) return true;
  // "withheld", "upheld": they are written as one.
  if (second == "held" && (first == "with" || first == "up" || first == "be")) return false;
  const bool ends_compounds = OneOf(std::string_view(second), kSeconds);
  return ends_compounds || OneOf(std::string_view(first), kFirsts) ||
         (second.size() > 3 && first.size() > 2 && words.contains(second) && words.contains(first));
}

}  // namespace

void AddWords(std::string_view text, WordSet* words) {
  constexpr std::size_t kMost = 50'000;
  for (std::size_t at = 0; at < text.size() && words->size() < kMost;) {
    std::size_t end = at;
    while (end < text.size() && IsLetter(text[end])) ++end;
    if (end == at) {
      ++at;
      continue;
    }
    // Halves at a line's end are no words.
    const bool divided = end + 1 < text.size() && text[end] == '-' && text[end + 1] == '\n';
    const bool rest = at >= 2 && text[at - 1] == '\n' && text[at - 2] == '-';
    if (!divided && !rest) words->insert(Lower(text.substr(at, end - at)));
    if (end + 1 < text.size() && text[end] == '-' && IsLetter(text[end + 1])) {
      std::size_t second = end + 1;
      while (second < text.size() && IsLetter(text[second])) ++second;
      words->insert(Lower(text.substr(at, second - at)));
    }
    at = end;
  }
}

bool EndsInHyphen(std::string_view line) {
  return line.ends_with('-') || line.ends_with(kSoftHyphen) || line.ends_with(kTrueHyphen);
}

std::string_view WithoutHyphen(std::string_view line) {
  if (line.ends_with(kSoftHyphen)) return line.substr(0, line.size() - kSoftHyphen.size());
  if (line.ends_with(kTrueHyphen)) return line.substr(0, line.size() - kTrueHyphen.size());
  if (line.ends_with('-')) return line.substr(0, line.size() - 1);
  return line;
}

LineEnd LineEndOf(std::string_view line, std::string_view next, const WordSet& words) {
  if (!EndsInHyphen(line) || next.empty()) return LineEnd::kBreak;
  const std::string_view before = WithoutHyphen(line);
  const bool soft = line.ends_with(kSoftHyphen);
  if (before.empty() || before.back() == ' ' || before.back() == '-') return LineEnd::kBreak;
  const bool words_both = WordLike(before.back()) && WordLike(next.front());
  if (soft) return words_both ? LineEnd::kDropHyphen : LineEnd::kBreak;
  const bool alphanumeric =
      (WordLike(next.front()) || IsDigit(next.front())) && (WordLike(before.back()) || IsDigit(before.back()));
  // A sum below zero, a dash before a bracket: nothing is known.
  if (!alphanumeric) return IsDigit(before.back()) ? LineEnd::kJoin : LineEnd::kBreak;
  const std::string_view first = LastWord(before);
  const std::string_view second = FirstWord(next);
  const bool capital_follows = second.empty() || (!IsSmall(second.front()) && IsLetter(second.front()));
  const std::size_t first_at = before.size() - first.size();
  // "LR-4455", "10-14", "price-" after another hyphen, "Anglo-American", "EU-wide".
  const bool part_of_more = first_at > 0 && (before[first_at - 1] == '-' || IsDigit(before[first_at - 1]));
  const bool capital_before = !first.empty() && first.back() >= 'A' && first.back() <= 'Z';
  if (first.empty() || capital_follows || part_of_more || capital_before) return LineEnd::kJoin;
  // "year-to-year": a second hyphen follows.
  if (second.size() < next.size() && next[second.size()] == '-') return LineEnd::kJoin;
  return IsCompound(Lower(first), Lower(second), words) ? LineEnd::kJoin : LineEnd::kDropHyphen;
}

std::string Raised(std::string_view before, std::string_view raised) {
  constexpr std::array<std::string_view, 4> kOrdinals = {"st", "nd", "rd", "th"};
  constexpr std::array<std::string_view, 8> kUnits = {"m", "cm", "km", "mm", "ft", "in", "yd", "mi"};
  while (raised.starts_with(' ')) raised.remove_prefix(1);
  while (raised.ends_with(' ')) raised.remove_suffix(1);
  const bool marks = !raised.empty() && std::all_of(raised.begin(), raised.end(), [](char c) {
    return IsDigit(c) || c == ',' || c == ' ' || c == '-' || c == '+';
  }) && std::any_of(raised.begin(), raised.end(), IsDigit);
  const bool letter = raised.size() == 1 && IsLetter(raised.front());
  if (before.empty() || (!marks && !letter)) return std::string(raised);
  const std::string_view word = LastWord(before);
  if ((raised == "2" || raised == "3") && OneOf(word, kUnits)) return raised == "2" ? "\xC2\xB2" : "\xC2\xB3";
  if (OneOf(raised, kOrdinals) || (letter && !IsDigit(before.back()))) return std::string(raised);
  const bool apart = before.back() == ' ' || before.back() == '\n' || before.back() == '\t';
  return (apart ? "[" : " [") + std::string(raised) + "]";
}

}  // namespace counsel::extractor
