#include "answers/postal_address.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>
#include <vector>

#include "answers/worded_text.h"

namespace counsel::answers {
namespace {

struct PostcodeFound {
  std::size_t start = 0;  // bytes
  std::size_t end = 0;
  std::string code;
};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

// "LS1", "CF10", "EC1V", "W1A"
bool IsOutward(std::string_view word) {
  std::size_t at = 0;
  while (at < word.size() && IsLetter(word[at])) ++at;
  if (at < 1 || at > 2 || at >= word.size() || !IsDigit(word[at])) return false;
  const std::string_view rest = word.substr(at);
  return rest.size() == 1 || (rest.size() == 2 && (IsDigit(rest[1]) || IsLetter(rest[1])));
}

// "4AP"
bool IsInward(std::string_view word) {
  return word.size() == 3 && IsDigit(word[0]) && IsLetter(word[1]) && IsLetter(word[2]);
}

std::string UpperCase(std::string_view word) {
  std::string upper;
  for (const char c : word) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

std::vector<PostcodeFound> Postcodes(const WordedText& text) {
  std::vector<PostcodeFound> found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view word = text.folded(i);
    PostcodeFound postcode;
    postcode.start = text[i].start;
    if (i + 1 < text.size() && IsOutward(word) && IsInward(text.folded(i + 1)) && text.OnlyBlanks(i + 1)) {
      postcode.end = text[i + 1].end;
      postcode.code = UpperCase(word) + UpperCase(text.folded(i + 1));
      ++i;
    } else if (word.size() >= 5 && IsOutward(word.substr(0, word.size() - 3)) &&
               IsInward(word.substr(word.size() - 3))) {
      postcode.end = text[i].end;
      postcode.code = UpperCase(word);
    } else {
      continue;
    }
    found.push_back(std::move(postcode));
  }
  return found;
}

// The kinds of street, in their shortest spelling.
std::string_view StreetKind(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 36> kKinds = {{
      {"street", "st"},     {"st", "st"},        {"road", "rd"},        {"rd", "rd"},         {"avenue", "ave"},
      {"ave", "ave"},       {"lane", "ln"},      {"ln", "ln"},          {"square", "sq"},     {"sq", "sq"},
      {"place", "pl"},      {"pl", "pl"},        {"close", "cl"},       {"drive", "dr"},      {"dr", "dr"},
      {"crescent", "cres"}, {"cres", "cres"},    {"terrace", "ter"},    {"row", "row"},       {"way", "way"},
      {"court", "ct"},      {"gardens", "gdns"}, {"gdns", "gdns"},      {"hill", "hill"},     {"parade", "pde"},
      {"quay", "quay"},     {"walk", "walk"},    {"wharf", "wharf"},    {"yard", "yard"},     {"gate", "gate"},
      {"mews", "mews"},     {"grove", "grove"},  {"embankment", "emb"}, {"broadway", "bway"}, {"park", "park"},
      {"green", "green"},
  }};
  for (const auto& [name, kind] : kKinds) {
    if (name == word) return kind;
  }
  return {};
}

// A number in a street: "12", "12a", "12-14"; what it is called ("high"), what kind it is of ("st").
struct Street {
  std::vector<std::string> numbers;
  std::vector<std::string> name;
  std::string kind;
};

bool IsHouseNumber(std::string_view word) {
  std::size_t digits = 0;
  while (digits < word.size() && IsDigit(word[digits])) ++digits;
  return digits > 0 && digits <= 4 && word.size() - digits <= 1;
}

// "Floor 2", "Unit 4", "Suite 12", "PO Box 3": no number in a street, whatever follows.
bool NumbersSomethingElse(std::string_view word) {
  static const std::set<std::string_view> words = {"floor",     "unit", "suite",  "room",   "flat",    "box",
                                                   "apartment", "apt",  "level",  "block",  "plot",    "units",
                                                   "bay",       "gate", "studio", "office", "building"};
  return words.contains(word);
}

std::vector<Street> Streets(const WordedText& text) {
  std::vector<Street> streets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsHouseNumber(text.folded(i))) continue;
    if (i > 0 && NumbersSomethingElse(text.folded(i - 1)) && text.OnlyBlanks(i)) continue;
    Street street;
    std::size_t next = i;
    while (next < text.size() && (IsHouseNumber(text.folded(next)) || text.folded(next) == "to")) {
      if (text.folded(next) != "to") street.numbers.push_back(text[next].folded);
      ++next;
    }
    constexpr std::size_t kLongest = 4;
    for (; next < text.size() && street.name.size() <= kLongest; ++next) {
      // "12, Mill Lane" is one; "12 Mill, Lane" would be none.
      if (!street.name.empty() && !text.OnlyBlanks(next)) break;
      const std::string_view kind = StreetKind(text.folded(next));
      if (!kind.empty() && !street.name.empty()) {
        street.kind = kind;
        break;
      }
      if (text[next].digit) break;
      street.name.push_back(text[next].folded);
    }
    if (!street.kind.empty()) streets.push_back(std::move(street));
    i = std::max(i, next - 1);
  }
  return streets;
}

bool SameStreet(const Street& one, const Street& other) {
  return one.name == other.name && one.kind == other.kind;
}

bool ShareWords(const Street& one, const Street& other) {
  return std::any_of(one.name.begin(), one.name.end(), [&](const std::string& word) {
    return std::find(other.name.begin(), other.name.end(), word) != other.name.end();
  });
}

// "12", "12-14" and "12a" are close enough.
bool ShareNumbers(const Street& one, const Street& other) {
  const auto number = [](const std::string& text) { return std::stoi(text); };
  const auto range = [&](const Street& street) {
    const auto [least, most] = std::minmax_element(street.numbers.begin(), street.numbers.end(),
                                                   [&](const auto& a, const auto& b) { return number(a) < number(b); });
    return std::pair(number(*least), number(*most));
  };
  const auto [a, b] = range(one);
  const auto [c, d] = range(other);
  return a <= d && c <= b;
}

std::set<std::string> WordSetOf(const WordedText& text) {
  std::set<std::string> words;
  for (const TextWord& word : text.words()) words.insert(word.folded);
  return words;
}

// Is any word of the street's name in the other address?
bool NamedIn(const Street& street, const std::set<std::string>& words) {
  return std::any_of(street.name.begin(), street.name.end(),
                     [&](const std::string& word) { return words.contains(word); });
}

}  // namespace

std::optional<std::string> PostcodeIn(std::string_view text) {
  std::vector<PostcodeFound> found = Postcodes(WordedText(text));
  if (found.empty()) return std::nullopt;
  return std::move(found.back().code);
}

std::optional<std::size_t> EndOfPostcode(std::string_view text) {
  const std::vector<PostcodeFound> found = Postcodes(WordedText(text));
  if (found.empty()) return std::nullopt;
  return found.front().end;
}

bool LooksLikeAddress(std::string_view text) {
  const WordedText words(text);
  return !Postcodes(words).empty() || !Streets(words).empty();
}

bool AddressesDisagree(std::string_view one, std::string_view other) {
  const std::optional<std::string> postcode = PostcodeIn(one);
  const std::optional<std::string> other_postcode = PostcodeIn(other);
  if (postcode && other_postcode && *postcode != *other_postcode) return true;
  const WordedText text(one);
  const WordedText other_text(other);
  const std::vector<Street> streets = Streets(text);
  const std::vector<Street> others = Streets(other_text);
  if (streets.empty() || others.empty()) return false;
  for (const Street& street : streets) {
    for (const Street& same : others) {
      if (SameStreet(street, same)) return !ShareNumbers(street, same);
      if (ShareWords(street, same)) return false;
    }
  }
  if (postcode && other_postcode) return false;
  const std::set<std::string> words = WordSetOf(text);
  const std::set<std::string> other_words = WordSetOf(other_text);
  const auto named = [](const std::vector<Street>& list, const std::set<std::string>& where) {
    return std::any_of(list.begin(), list.end(), [&](const Street& street) { return NamedIn(street, where); });
  };
  return !named(streets, other_words) && !named(others, words);
}

}  // namespace counsel::answers
