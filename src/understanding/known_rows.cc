#include "understanding/known_rows.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "understanding/name_words.h"
#include "understanding/numbered_things.h"
#include "understanding/understanding.h"

namespace counsel::understanding {
namespace {

// Of a longer name so many bytes are its sign: what it has in common with others is told apart by FindFileName.
constexpr std::size_t kLongestSign = 300;
constexpr std::size_t kShortestName = 4;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";

// A name of small letters alone is a word like any other ("lease"), and one of digits a year.
bool IsTelling(std::string_view lower) {
  return lower.size() >= kShortestName && lower.find_first_of(kLetters) != std::string_view::npos &&
         lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz ") != std::string_view::npos;
}

bool IsPartOfWordAt(std::string_view lower, std::size_t at) {
  return at < lower.size() && IsPartOfWord(lower[at]);
}

void AppendBigEndian(std::uint64_t number, int bytes, std::string* to) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) *to += static_cast<char>(number >> shift & 0xFF);
}

std::string SignOfName(std::string_view lower) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : lower.substr(0, kLongestSign)) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::string sign = "n";
  AppendBigEndian(hash, sizeof hash, &sign);
  return sign;
}

}  // namespace

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool IsPartOfWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

NameIn FindFileName(std::string_view lower, std::string_view name) {
  for (const std::string& one : {LowerAscii(name), LowerAscii(PlainFileName(name))}) {
    if (!IsTelling(one)) continue;
    const std::size_t at = lower.find(one);
    if (at == std::string_view::npos || (at > 0 && IsPartOfWord(lower[at - 1]))) continue;
    if (!IsPartOfWordAt(lower, at + one.size())) return {at, one.size()};
  }
  return {};
}

KnownRows::KnownRows(std::string_view question) {
  if (question.size() <= kLongestUnderstood) lower_ = LowerAscii(question);
  words_ = WordsOfNames(question);
  const std::vector<std::uint32_t> numbered = NumberedDocuments(NumberedThings(question)).words();
  words_.insert(words_.end(), numbered.begin(), numbered.end());
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
  with_.resize(words_.size());
}

// Of each part of the question that begins and ends as FindFileName has it.
std::vector<std::string> KnownRows::SignsOfNames() const {
  std::vector<std::string> signs;
  const std::string_view lower = lower_;
  for (std::size_t start = 0; start < lower.size(); ++start) {
    if (start > 0 && IsPartOfWord(lower[start - 1])) continue;
    const std::string_view rest = lower.substr(start);
    if (rest.size() >= kLongestSign) signs.push_back(SignOfName(rest));
    bool letters = false;
    bool others = false;
    for (std::size_t size = 1; size <= std::min(rest.size(), kLongestSign); ++size) {
      const char c = rest[size - 1];
      letters |= c >= 'a' && c <= 'z';
      others |= c != ' ' && (c < 'a' || c > 'z');
      if (!letters || !others || size < kShortestName || IsPartOfWordAt(rest, size)) continue;
      signs.push_back(SignOfName(rest.substr(0, size)));
    }
  }
  std::sort(signs.begin(), signs.end());
  signs.erase(std::unique(signs.begin(), signs.end()), signs.end());
  return signs;
}

void KnownRows::AddRow(std::uint32_t row, std::string_view name, std::string_view packed) {
  ++count_;
  ForEachOf(packed, words_, [&](std::size_t word, const RowWord& there) {
    with_[word].push_back({row, there.in_name, there.in_text});
  });
  AddNamed(row, name);
}

void KnownRows::AddNamed(std::uint32_t row, std::string_view name) {
  if (FindFileName(lower_, name).size > 0) named_.push_back({row, std::string(name)});
}

const std::vector<RowHas>& KnownRows::With(std::uint32_t hash) const {
  static const std::vector<RowHas> kNone;
  const auto found = std::lower_bound(words_.begin(), words_.end(), hash);
  if (found == words_.end() || *found != hash) return kNone;
  return with_[static_cast<std::size_t>(found - words_.begin())];
}

std::string SignOfWord(std::uint32_t hash) {
  std::string sign = "w";
  AppendBigEndian(hash, sizeof hash, &sign);
  return sign;
}

RowHas HasOf(std::uint32_t row, std::uint32_t number) {
  return {row, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

void ForEachSign(std::string_view name, std::string_view packed,
                 const std::function<void(std::string_view sign, std::uint32_t number)>& told) {
  ForEachInRow(packed, [&told](const RowWord& word) {
    const std::uint32_t number = std::uint32_t{word.in_name} << 8 | word.in_text;
    if (number > 0) told(SignOfWord(word.hash), number);
  });
  const std::string whole = LowerAscii(name);
  const std::string plain = LowerAscii(PlainFileName(name));
  for (const std::string* one : {&whole, &plain}) {
    if (IsTelling(*one) && (one == &whole || plain != whole)) told(SignOfName(*one), 1);
  }
}

}  // namespace counsel::understanding
