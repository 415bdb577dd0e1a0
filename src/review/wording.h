// The words of a document as forms of words (forms.h) are looked for among them: folded, with their places, and with
// what parts them. Pure; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/words.h"

namespace counsel::review {

// Bytes [start, end) of a text.
struct Range {
  Range() = default;
  Range(std::size_t start_in, std::size_t end_in) : start(start_in), end(end_in) {}
  [[nodiscard]] bool empty() const { return start >= end; }
  [[nodiscard]] std::string_view Of(std::string_view text) const { return text.substr(start, end - start); }
  std::size_t start = 0;
  std::size_t end = 0;
};

class Wording {
 public:
  // `left_out`: ascending ranges that are no part of what the document says: deleted text, comments. `text` must
  // outlive it.
  explicit Wording(std::string_view text, const std::vector<Range>& left_out = {});
  Wording(const Wording&) = delete;  // its places refer to its stems
  Wording& operator=(const Wording&) = delete;

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] const std::vector<text::RawWord>& words() const { return words_; }
  [[nodiscard]] const text::RawWord& operator[](std::size_t i) const { return words_[i]; }
  // Without inflection; "" for punctuation and beyond the end.
  [[nodiscard]] std::string_view Stem(std::size_t i) const {
    return i < stems_.size() ? std::string_view(stems_[i]) : std::string_view();
  }
  // A sentence, a paragraph or a cell of a table ends before word i.
  [[nodiscard]] bool BreakBefore(std::size_t i) const { return i >= breaks_.size() || breaks_[i]; }
  [[nodiscard]] bool LineBefore(std::size_t i) const { return i < lines_.size() && lines_[i]; }
  // A line that was not broken for want of room ends before word i.
  [[nodiscard]] bool EndsShortLine(std::size_t i) const;
  [[nodiscard]] bool CapitalAt(std::size_t i) const;
  // Where a stem stands, ascending.
  [[nodiscard]] const std::vector<std::size_t>& At(std::string_view stem) const;
  // How often it stands there.
  [[nodiscard]] std::size_t Count(std::string_view stem) const { return At(stem).size(); }
  // The first word that begins at or behind this byte.
  [[nodiscard]] std::size_t WordFrom(std::size_t byte) const;

  // The whole sentence around bytes [place), or the line where it is none; at most kMostQuoted bytes.
  [[nodiscard]] Range SentenceAround(Range place) const;

 private:
  [[nodiscard]] bool BeginsItem(std::size_t i) const;

  std::string_view text_;
  std::vector<text::RawWord> words_;
  std::vector<std::string> stems_;
  std::vector<bool> breaks_;
  std::vector<bool> lines_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> places_;
};

inline constexpr std::size_t kMostQuoted = 1'500;

// Folded words of a phrase of a column.
[[nodiscard]] std::vector<std::string> StemsOf(std::string_view phrase);

// As it is written, case-folded; "" for punctuation and beyond the end.
[[nodiscard]] inline std::string_view Word(const Wording& wording, std::size_t i) {
  return i < wording.size() ? std::string_view(wording[i].text) : std::string_view();
}

// What it is where it is punctuation; 0 for words and beyond the end.
[[nodiscard]] inline char Sign(const Wording& wording, std::size_t i) {
  return i < wording.size() ? wording[i].punctuation : '\0';
}

// Of digits and nothing else.
[[nodiscard]] inline std::optional<int> Integer(std::string_view digits) {
  int value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed != std::errc() || end != digits.data() + digits.size() || digits.empty()) return std::nullopt;
  return value;
}

template <std::size_t N>
[[nodiscard]] bool IsOneOf(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace counsel::review
