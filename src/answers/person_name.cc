#include "answers/person_name.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "answers/worded_text.h"

namespace counsel::answers {
namespace {

using Words = std::vector<std::string>;

bool IsParticle(std::string_view word) {
  static const std::set<std::string_view> words = {"van", "von",   "der", "den", "de", "da",  "di",
                                                   "del", "della", "la",  "le",  "du", "dos", "ter",
                                                   "ten", "al",    "el",  "bin", "ap", "mac", "mc"};
  return words.contains(word);
}

bool IsBehind(std::string_view word) {
  static const std::set<std::string_view> words = {"obe", "mbe", "cbe", "kbe", "qc",  "kc",  "jr",  "sr", "jnr",
                                                   "snr", "esq", "phd", "fca", "aca", "dbe", "frs", "jp", "mp"};
  return words.contains(word);
}

Words Plain(const WordedText& text, std::size_t first, std::size_t last) {
  Words words;
  for (std::size_t i = first; i < last; ++i) {
    const std::string_view word = text.folded(i);
    if (IsPersonTitle(word) || IsBehind(word)) continue;
    words.emplace_back(word);
  }
  return words;
}

// One spelling of "Müller" and "Mueller".
std::string WithoutUmlauts(const std::string& word) {
  std::string plain;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool umlaut = word[i] == 'e' && i > 0 && (word[i - 1] == 'u' || word[i - 1] == 'o' || word[i - 1] == 'a');
    if (!umlaut) plain += word[i];
  }
  return plain;
}

std::string Joined(const Words& words) {
  std::string joined;
  for (const std::string& word : words) joined += WithoutUmlauts(word);
  return joined;
}

bool ShareWord(const Words& one, const Words& other) {
  return std::any_of(one.begin(), one.end(), [&](const std::string& word) {
    return !IsParticle(word) && std::any_of(other.begin(), other.end(), [&](const std::string& same) {
      return WithoutUmlauts(word) == WithoutUmlauts(same);
    });
  });
}

// The same word, or one begins as the other does: "J", "Jon", "Jonathan".
bool MayBeOne(const std::string& one, const std::string& other) {
  return WithoutUmlauts(one).starts_with(WithoutUmlauts(other)) ||
         WithoutUmlauts(other).starts_with(WithoutUmlauts(one));
}

}  // namespace

bool IsPersonTitle(std::string_view folded) {
  static const std::set<std::string_view> words = {"mr",  "mrs",      "ms",        "miss",  "mx",  "dr",
                                                   "sir", "dame",     "lord",      "lady",  "rev", "prof",
                                                   "hon", "reverend", "professor", "doctor"};
  return words.contains(folded);
}

PersonName ReadPersonName(std::string_view name) {
  PersonName person;
  const std::size_t comma = name.find(',');
  if (comma != std::string_view::npos) {
    const WordedText before(name.substr(0, comma));
    const WordedText behind(name.substr(comma + 1));
    person.given = Plain(behind, 0, behind.size());
    if (!person.given.empty()) {
      person.surname = Plain(before, 0, before.size());
      return person;
    }
  }
  const WordedText text(name);
  person.given = Plain(text, 0, text.size());
  if (person.given.empty()) return person;
  std::size_t first = person.given.size() - 1;
  // "Jane Smith-Jones": the words of a hyphen belong together.
  const std::size_t last_word = name.find_last_of(" \t\n");
  const std::string_view last = last_word == std::string_view::npos ? name : name.substr(last_word + 1);
  const auto hyphens = static_cast<std::size_t>(std::count(last.begin(), last.end(), '-'));
  first -= std::min(first, hyphens);
  while (first > 1 && IsParticle(person.given[first - 1])) --first;
  person.surname.assign(person.given.begin() + static_cast<std::ptrdiff_t>(first), person.given.end());
  person.given.resize(first);
  return person;
}

SamePerson ComparePersons(const PersonName& one, const PersonName& other) {
  const bool surname = Joined(one.surname) == Joined(other.surname);
  if (!surname) {
    Words all = one.given;
    all.insert(all.end(), one.surname.begin(), one.surname.end());
    Words others = other.given;
    others.insert(others.end(), other.surname.begin(), other.surname.end());
    // "Smith" of "Smith-Jones", a maiden name among the given ones, the order of another country.
    const bool maybe = ShareWord(one.surname, others) || ShareWord(other.surname, all);
    return maybe ? SamePerson::kMaybe : SamePerson::kNo;
  }
  if (one.given.empty() || other.given.empty()) return SamePerson::kMaybe;
  const auto same = [](const std::string& a, const std::string& b) {
    return a.size() > 1 && WithoutUmlauts(a) == WithoutUmlauts(b);
  };
  if (same(one.given.front(), other.given.front())) {
    // "John Andrew" and "John Brian" are two; "John" may be either.
    const bool two = one.given.size() > 1 && other.given.size() > 1 && !MayBeOne(one.given[1], other.given[1]);
    return two ? SamePerson::kMaybe : SamePerson::kYes;
  }
  return SamePerson::kMaybe;
}

}  // namespace counsel::answers
