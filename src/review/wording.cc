#include "review/wording.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "text/sentences.h"

namespace counsel::review {
namespace {

bool Holds(std::string_view text, std::size_t from, std::size_t to, std::string_view what) {
  return from < to && text.substr(from, to - from).find(what) != std::string_view::npos;
}

// A full stop behind it ends no sentence.
bool IsAbbreviated(std::string_view word) {
  static constexpr std::array<std::string_view, 24> kWords = {
      "no",   "nos", "ltd", "co",  "inc", "corp",   "mr", "mrs",    "ms",  "dr",  "st",   "p",
      "para", "cl",  "art", "sec", "sch", "messrs", "v",  "approx", "jan", "feb", "sept", "dec"};
  return word.size() == 1 || std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace

Wording::Wording(std::string_view text, const std::vector<Range>& left_out) : text_(text) {
  std::size_t at = 0;
  std::vector<std::size_t> seams;  // words before which something was left out
  const auto take = [&](std::size_t end) {
    if (end <= at) return;
    std::vector<text::RawWord> some = text::SplitWords(text, at, end);
    words_.insert(words_.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  };
  for (const Range& out : left_out) {
    take(out.start);
    at = std::max(at, out.end);
  }
  take(text.size());

  stems_.reserve(words_.size());
  breaks_.assign(words_.size(), false);
  lines_.assign(words_.size(), false);
  std::size_t behind = 0;  // the byte behind the word before
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const text::RawWord& word = words_[i];
    stems_.push_back(word.text.empty() ? std::string() : text::Fold(word.text).text);
    lines_[i] = i == 0 || Holds(text, behind, word.start, "\n");
    breaks_[i] = i == 0 || Holds(text, behind, word.start, "\n\n") || Holds(text, behind, word.start, "\f");
    if (i > 0) {
      const char before = words_[i - 1].punctuation;
      const bool stop = before == '.' && !(i > 1 && IsAbbreviated(words_[i - 2].text));
      if (stop || before == ';' || before == '?' || before == '!') breaks_[i] = true;
    }
    if (lines_[i] && !breaks_[i] && BeginsItem(i)) breaks_[i] = true;
    behind = word.end;
  }
  for (std::size_t i = 0; i < stems_.size(); ++i) {
    if (!stems_[i].empty()) places_[stems_[i]].push_back(i);
  }
}

// A line that begins with a number of a list, or with what its value is called: "Rent: £900".
bool Wording::BeginsItem(std::size_t i) const {
  const text::RawWord& word = words_[i];
  const std::size_t end = std::min(text_.find('\n', word.start), text_.size());
  if (text::IsLabelled(text_.substr(word.start, end - word.start))) return true;
  if (word.punctuation == '(')
    return i + 2 < words_.size() && words_[i + 2].punctuation == ')' && words_[i + 1].text.size() <= 3;
  const bool number = word.digits && word.text.size() <= 5 && i + 1 < words_.size() && CapitalAt(i + 1) &&
                      words_[i + 1].start - word.end <= 2;
  const bool with_stop =
      word.digits && word.text.size() <= 3 && i + 1 < words_.size() && words_[i + 1].punctuation == '.';
  return number || with_stop;
}

bool Wording::EndsShortLine(std::size_t i) const {
  constexpr std::size_t kWrapped = 50;  // bytes: a shorter line ends because what it says ends
  if (!LineBefore(i) || i == 0) return false;
  const std::size_t end = words_[i - 1].end;
  const std::size_t line = text_.substr(0, end).rfind('\n');
  return end - (line == std::string_view::npos ? 0 : line + 1) < kWrapped;
}

bool Wording::CapitalAt(std::size_t i) const {
  return i < words_.size() && std::isupper(static_cast<unsigned char>(text_[words_[i].start])) != 0;
}

const std::vector<std::size_t>& Wording::At(std::string_view stem) const {
  static const std::vector<std::size_t> nowhere;
  const auto found = places_.find(stem);
  return found == places_.end() ? nowhere : found->second;
}

std::size_t Wording::WordFrom(std::size_t byte) const {
  const auto found = std::lower_bound(words_.begin(), words_.end(), byte,
                                      [](const text::RawWord& word, std::size_t at) { return word.start < at; });
  return static_cast<std::size_t>(found - words_.begin());
}

Range Wording::SentenceAround(Range place) const {
  constexpr std::size_t kAround = 4'000;
  std::size_t from = place.start > kAround ? place.start - kAround : 0;
  if (const std::size_t gap = text_.substr(0, place.start).rfind("\n\n");
      gap != std::string_view::npos && gap >= from) {
    from = gap + 2;
  }
  std::size_t to = std::min(text_.size(), place.end + kAround);
  if (const std::size_t gap = text_.find("\n\n", place.end); gap < to) to = gap;
  // Within a code point is no beginning.
  while (from < place.start && (static_cast<unsigned char>(text_[from]) & 0xC0) == 0x80) ++from;
  while (to > place.end && to < text_.size() && (static_cast<unsigned char>(text_[to]) & 0xC0) == 0x80) --to;
  Range around;
  for (const text::Sentence& one : text::SplitSentences(text_.substr(from, to - from))) {
    const Range sentence(from + one.start, from + one.end);
    if (sentence.end <= place.start || sentence.start >= place.end) continue;
    if (around.empty()) around = sentence;
    around.end = std::max(around.end, sentence.end);
  }
  if (around.empty()) around = place;
  around.start = std::min(around.start, place.start);
  around.end = std::max(around.end, place.end);
  if (around.end - around.start <= kMostQuoted) return around;
  // Too long to show: lines of it.
  const std::size_t line = text_.substr(0, place.start).rfind('\n');
  around.start = std::max(around.start, line == std::string_view::npos ? 0 : line + 1);
  around.end = std::min(around.end, std::max(place.end, text_.find('\n', place.end)));
  if (around.end - around.start <= kMostQuoted) return around;
  return place;
}

std::vector<std::string> StemsOf(std::string_view phrase) {
  std::vector<std::string> stems;
  for (const text::RawWord& word : text::SplitWords(phrase, 0, phrase.size())) {
    if (!word.text.empty()) stems.push_back(text::Fold(word.text).text);
  }
  return stems;
}

}  // namespace counsel::review
