#include "judging/subject.h"

#include <algorithm>
#include <cctype>

#include "judging/grammar.h"
#include "judging/lexicon.h"
#include "text/words.h"

namespace counsel::judging {
namespace {

bool IsNumber(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

// Words of a file's name that say what kind of document it is, or which version.
bool TellsKind(std::string_view word) {
  static const std::set<std::string, std::less<>> kinds = {
      "agreement",  "contract",  "lease",   "tenancy",  "letter",   "side",      "deed",      "memo",     "memorandum",
      "note",       "notes",     "minutes", "email",    "mail",     "offer",     "policy",    "schedule", "notice",
      "rent",       "deposit",   "salary",  "review",   "addendum", "amendment", "variation", "renewal",  "extension",
      "draft",      "final",     "signed",  "copy",     "scan",     "version",   "old",       "new",      "revised",
      "employment", "service",   "supply",  "invoice",  "terms",    "txt",       "pdf",       "docx",     "doc",
      "eml",        "msg",       "html",    "rtf",      "odt",      "md",        "the",       "of",       "for",
      "and",        "to",        "from",    "a",        "with",     "on",        "statement", "document", "file",
      "order",      "other",     "reply",   "form",     "page",     "pages",     "part",      "annex",    "appendix",
      "jan",        "feb",       "mar",     "apr",      "may",      "jun",       "jul",       "aug",      "sep",
      "oct",        "nov",       "dec",     "january",  "february", "march",     "april",     "june",     "july",
      "august",     "september", "october", "november", "december"};
  if (kinds.find(word) != kinds.end()) return true;
  // "2024", "v2", "20240301"
  if (IsNumber(word)) return word.size() > 3;
  return word.size() < 4 && word.front() == 'v' && IsNumber(word.substr(1));
}

void AddPlaces(std::string_view text, const std::vector<text::RawWord>& words, std::size_t i,
               std::set<std::string>* places) {
  const std::string& word = words[i].text;
  if (i + 1 < words.size() && In(word, {"flat", "unit", "plot", "apartment", "suite", "room", "shop", "villa"})) {
    const text::RawWord& number = words[i + 1];
    const bool letter = number.text.size() == 1 && std::isupper(static_cast<unsigned char>(text[number.start])) != 0 &&
                        number.text != "a";
    if (number.digits || letter) places->insert(word + " " + number.text);
  }
  // "LS1 4AP"
  if (i + 1 < words.size() && word.size() >= 2 && word.size() <= 4 && words[i + 1].text.size() == 3 &&
      words[i + 1].punctuation == 0) {
    const std::string& in = words[i + 1].text;
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const bool outward = letter(word[0]) && std::isdigit(static_cast<unsigned char>(word[word.size() - 1])) != 0;
    if (outward && std::isdigit(static_cast<unsigned char>(in[0])) != 0 && letter(in[1]) && letter(in[2]))
      places->insert(word + in);
  }
}

template <typename Set>
bool Disjoint(const Set& one, const Set& other) {
  if (one.empty() || other.empty()) return false;
  return std::none_of(one.begin(), one.end(), [&](const std::string& key) { return other.count(key) > 0; });
}

bool HasOwn(const std::set<std::string>& one, const std::set<std::string>& other) {
  return std::any_of(one.begin(), one.end(), [&](const std::string& key) { return other.count(key) == 0; });
}

// " priya sandhu " and " sandhu " may be one.
bool ShareName(const std::string& one, const std::string& other) {
  for (const text::RawWord& word : text::SplitWords(one, 0, one.size())) {
    if (other.find(" " + word.text + " ") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

Subject SubjectOf(std::string_view name, const std::vector<std::string_view>& texts) {
  Subject subject;
  for (const text::RawWord& word : text::SplitWords(name, 0, name.size())) {
    // "lease_flat_2"
    std::string part;
    for (const char c : word.text + "_") {
      if (c != '_' && c != '.') {
        part += c;
        continue;
      }
      if (word.punctuation == 0 && !part.empty() && !TellsKind(part)) subject.name.insert(part);
      part.clear();
    }
  }
  for (const std::string_view text : texts) {
    const std::vector<text::RawWord> words = text::SplitWords(text, 0, text.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      AddPlaces(text, words, i, &subject.places);
      if (!In(words[i].text, {"mr", "mrs", "ms", "dr", "miss"})) continue;
      std::size_t last = i + 1;
      while (last < words.size() && words[last].punctuation == '.') ++last;
      std::string surname;
      for (; last < words.size() && words[last].punctuation == 0 &&
             std::isupper(static_cast<unsigned char>(text[words[last].start])) != 0;
           ++last)
        surname = text::Fold(words[last].text).text;
      if (!surname.empty()) subject.people.insert(surname);
    }
  }
  subject.roles = NamesOf(texts);
  std::erase_if(subject.roles, [](const auto& role) {
    return !IsRoleNoun(role.first) || In(role.first, {"we", "you", "i"});
  });
  return subject;
}

bool MayBeOne(const Subject& one, const Subject& other) {
  if (HasOwn(one.name, other.name) && HasOwn(other.name, one.name)) return false;
  if (Disjoint(one.places, other.places) || Disjoint(one.people, other.people)) return false;
  return std::none_of(one.roles.begin(), one.roles.end(), [&](const auto& role) {
    const auto there = other.roles.find(role.first);
    return there != other.roles.end() && !ShareName(role.second, there->second);
  });
}

}  // namespace counsel::judging
