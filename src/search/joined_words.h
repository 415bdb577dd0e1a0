// What the tokenizer knows of legal texts: invisible characters, ligatures, and words that several make together. Pure;
// internal to this room (tokenizer.h says what for).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::search {

// A text without what is invisible, ligatures as letters; "" in `text` when it is the same.
struct Folded {
  Folded() = default;
  std::string text;
  std::vector<std::uint32_t> source;  // of each byte of `text`, where it was; one more for the end

  [[nodiscard]] std::size_t At(std::size_t byte) const { return source.empty() ? byte : source[byte]; }
  // Where what ends before `byte` ended: not behind what was left out after it.
  [[nodiscard]] std::size_t EndAt(std::size_t byte) const;
  std::vector<std::uint32_t> ends;  // of each byte of `text`, where what it is of ended
};
[[nodiscard]] Folded FoldText(std::string_view text);

// As FTS5's own tokenizer gives it.
struct RawWord {
  RawWord() = default;
  std::string folded;
  std::size_t start = 0;
  std::size_t end = 0;
};

struct Joined {
  Joined() = default;
  std::size_t first = 0;  // of the words it is made of
  std::size_t start = 0;
  std::size_t end = 0;
  std::string plain;
};
// By `first`. `text` is folded.
[[nodiscard]] std::vector<Joined> FindJoined(std::string_view text, const std::vector<RawWord>& words);

}  // namespace counsel::search
