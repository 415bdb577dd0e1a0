// Names of parties as contracts write them.
#include <algorithm>
#include <array>

#include "review/values.h"

namespace counsel::review {
namespace {

constexpr std::size_t kMostWords = 14;

bool IsLegalForm(std::string_view word) {
  static constexpr std::array<std::string_view, 17> kForms = {
      "limited",      "ltd", "plc", "llp", "inc", "llc", "gmbh", "corp", "corporation",
      "incorporated", "sa",  "s.a", "b.v", "bv",  "ag",  "lp",   "l.p"};
  return IsOneOf(word, kForms);
}

// Names go on behind "of" only after these: "Bank of Scotland", not "Ann Archer of Rose Cottage".
bool TakesOf(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kWords = {"bank",    "university", "church",  "council",  "borough",
                                                              "city",    "institute",  "society", "trustees", "college",
                                                              "diocese", "county",     "house",   "ministry"};
  return IsOneOf(word, kWords);
}

// What begins no name though it stands with a capital.
bool IsNoName(std::string_view word) {
  static constexpr std::array<std::string_view, 44> kWords = {
      "the",   "this",  "that",   "each",   "any",       "all",     "a",        "an",        "such",
      "if",    "it",    "its",    "and",    "or",        "between", "of",       "by",        "to",
      "in",    "on",    "dated",  "whose",  "agreement", "lease",   "deed",     "party",     "parties",
      "both",  "means", "from",   "with",   "for",       "under",   "upon",     "where",     "when",
      "given", "made",  "person", "either", "landlord",  "tenant",  "together", "registered"};
  return IsOneOf(word, kWords);
}

bool IsAllCapitals(const Wording& wording, std::size_t i) {
  const std::string_view word = wording.text().substr(wording[i].start, wording[i].end - wording[i].start);
  return word.size() > 1 && std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// "Alpha Limited as Borrower, |Beta plc as Guarantor and |Gamma".
bool FollowsARole(const Wording& wording, std::size_t i) {
  std::size_t at = i;
  while (at > 0 && (Sign(wording, at - 1) == ',' || Word(wording, at - 1) == "and")) --at;
  return at < i && at >= 2 && Word(wording, at - 2) == "as";
}

// Is the bracket that closes at word i what another one is called from here on: (the "Landlord")?
bool EndsADefinition(const Wording& wording, std::size_t i) {
  static constexpr std::array<std::string_view, 9> kWords = {
      "the", "hereinafter", "hereafter", "each", "together", "both", "jointly", "called", "collectively"};
  std::size_t open = i;
  while (open > 0 && i - open < 15 && Sign(wording, open) != '(') --open;
  if (Sign(wording, open) != '(') return false;
  const std::string_view gap = wording.text().substr(wording[open].end, wording[open + 1].start - wording[open].end);
  return !gap.empty() || IsOneOf(Word(wording, open + 1), kWords);
}

// "of the one part and": what may stand between a party and the next.
bool JoinsParties(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kWords = {"",       "of",   "the", "one", "first", "other",
                                                              "second", "part", "and", "to",  "with",  "in"};
  return IsOneOf(word, kWords);
}

// The company's name that ends before word `end`: "the shares in Fenwick Joinery Limited (".
std::size_t CompanyBefore(const Wording& wording, std::size_t end) {
  if (end < 2 || !IsLegalForm(Word(wording, end - 1))) return end;
  std::size_t from = end - 1;
  while (from > 0 && end - from < kMostWords && !wording.BreakBefore(from) && !wording.EndsShortLine(from)) {
    const std::string_view word = Word(wording, from - 1);
    const bool joins = Sign(wording, from - 1) == '&' || (word == "and" && !IsLegalForm(Word(wording, from - 2)));
    if (!joins && !(wording.CapitalAt(from - 1) && !IsLegalForm(word))) break;
    --from;
  }
  // "a Delaware corporation": what it is, not who.
  if (from > 0 && (Word(wording, from - 1) == "a" || Word(wording, from - 1) == "an")) return end;
  while (from < end && (!wording.CapitalAt(from) || IsNoName(Word(wording, from)))) ++from;
  return end - from > 1 ? from : end;
}

}  // namespace

Value NameAt(const Wording& wording, std::size_t i) {
  Value value;
  if (i >= wording.size()) return value;
  // "the", small, belongs to no name; "The Mayor and Burgesses" is read from Mayor on.
  if (Word(wording, i) == "the" && wording.CapitalAt(i + 1)) ++i;
  if (!wording.CapitalAt(i) || IsNoName(Word(wording, i))) return value;
  std::size_t at = i;
  std::size_t end = i;
  bool of_a_body = false;
  while (at < wording.size() && at - i < kMostWords) {
    if (at > i && wording.BreakBefore(at)) break;
    if (at > i && wording.EndsShortLine(at)) break;
    const std::string_view word = Word(wording, at);
    if (at > i && IsLegalForm(word)) {
      end = ++at;  // "plc" too; nothing of a name follows it
      break;
    }
    if (wording.CapitalAt(at) || (wording[at].digits && at > i && wording[at].text.size() <= 4 && end == at)) {
      if (TakesOf(word)) of_a_body = true;
      end = ++at;
      continue;
    }
    const char sign = Sign(wording, at);
    if (sign == '&' || sign == '.' || sign == ',') {
      // "Alpha & Sons", "J. Smith", "Alpha, Inc."
      const bool initial = sign == '.' && at > i && Word(wording, at - 1).size() <= 2;
      const bool form = sign == ',' && IsLegalForm(Word(wording, at + 1));
      if (sign == '&' || initial || form) {
        ++at;
        continue;
      }
      break;
    }
    if (sign == '(' && wording.CapitalAt(at + 1) && Sign(wording, at + 2) == ')' && wording.CapitalAt(at + 3)) {
      at += 3;  // "Alpha (UK) Limited"
      continue;
    }
    // "THE COUNCIL OF LEEDS of Civic Hall": what is in capitals goes on in capitals.
    if (word == "of" && of_a_body && !IsAllCapitals(wording, i)) {
      ++at;
      continue;
    }
    if ((word == "and" || word == "de" || word == "van" || word == "von" || word == "der") &&
        wording.CapitalAt(at + 1)) {
      ++at;
      continue;
    }
    if (word == "the" && of_a_body && wording.CapitalAt(at + 1)) {
      ++at;
      continue;
    }
    break;
  }
  if (end == i) return value;
  value.first = i;
  value.last = end;
  std::string_view text = wording.text().substr(wording[i].start, wording[end - 1].end - wording[i].start);
  for (const char c : text) {
    const bool blank = c == '\n' || c == '\t' || c == ' ';
    if (!blank) value.text.push_back(c);
    if (blank && !value.text.empty() && value.text.back() != ' ') value.text.push_back(' ');
  }
  return value;
}

Value NameBefore(const Wording& wording, std::size_t end) {
  // Back over what describes it, to where its own words begin: a number of a list, a line, the party before.
  constexpr std::size_t kMostBetween = 60;
  std::size_t name_end = end;  // before "(company number 03344556)"
  if (name_end > 1 && Sign(wording, name_end - 1) == ')') {
    while (name_end > 0 && end - name_end < 20 && Sign(wording, name_end - 1) != '(') --name_end;
    if (name_end > 0) --name_end;
  }
  if (const std::size_t company = CompanyBefore(wording, name_end); company < name_end) {
    Value value = NameAt(wording, company);
    if (value.last == name_end) return value;
  }
  std::size_t from = end;
  int depth = 0;
  while (from > 0 && end - from < kMostBetween) {
    const std::size_t before = from - 1;
    const char sign = Sign(wording, before);
    if (sign == ')' && depth == 0 && EndsADefinition(wording, before)) break;
    if (sign == ')') ++depth;
    if (sign == '(' && depth > 0)
      --depth;
    else if (sign == '(' && depth == 0)
      break;
    if (depth == 0 && wording.BreakBefore(from)) break;
    const std::string_view word = Word(wording, before);
    if (depth == 0 && (word == "between" || word == "among")) break;
    if (depth == 0 && word == "by" && wording.CapitalAt(from)) break;
    if (depth == 0 && (wording.EndsShortLine(from) || FollowsARole(wording, from))) break;
    // "(1) Alpha Limited", "1. Alpha Limited", "(the "Landlord") and Beta Limited".
    const bool of_list =
        sign == ')' && before >= 2 && Sign(wording, before - 2) == '(' && Word(wording, before - 1).size() <= 3;
    if (of_list) break;
    const bool defined =
        word == "and" && before >= 1 &&
        (Sign(wording, before - 1) == ')' || Sign(wording, before - 1) == ';' || Sign(wording, before - 1) == ',');
    if (depth == 0 && defined && wording.CapitalAt(from)) break;
    --from;
  }
  if (end - from >= kMostBetween) return Value();
  const std::size_t begin = from;
  while (from < end && !wording.CapitalAt(from)) ++from;
  if (IsNoName(Word(wording, from)) && wording.CapitalAt(from + 1)) ++from;
  Value value = NameAt(wording, from);
  bool at_once = true;
  for (std::size_t i = begin; i < from; ++i)
    at_once = at_once && (JoinsParties(Word(wording, i)) || IsNoName(Word(wording, i)));
  if (!at_once) value.unsure = "it may be another's name";
  const std::string_view article = value.first > 0 ? Word(wording, value.first - 1) : std::string_view();
  if (article == "a" || article == "an") value.unsure = "it says what somebody is";
  if (value.last - value.first < 2 && value.unsure.empty()) value.unsure = "one word alone may be no name";
  if (value.empty() || value.last > end) return Value();
  // "Alpha Limited and Beta Limited (the "Tenant")": which one, or both?
  for (std::size_t i = value.last; i + 1 < end; ++i) {
    const bool next = i == value.last && Word(wording, i) == "and" && wording.CapitalAt(i + 1);
    const bool another = IsLegalForm(Word(wording, i)) || next;
    if (!another) continue;
    const std::string_view between =
        wording.text().substr(wording[value.last - 1].end, wording[i].start - wording[value.last - 1].end);
    if (between.find('(') == std::string_view::npos && between.find(',') == std::string_view::npos) {
      value.unsure = "more than one name stands before it";
    }
  }
  return value;
}

}  // namespace counsel::review
