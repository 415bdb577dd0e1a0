// The words of a question that may refer to the one before it, with where they stand. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::understanding {

struct Token {
  std::string lower;
  std::size_t start = 0;  // bytes
  std::size_t end = 0;
  bool capital = false;  // or a figure
};

[[nodiscard]] std::vector<Token> Tokens(std::string_view text);
[[nodiscard]] std::vector<std::string> LowerWords(std::string_view text);

// Without the mark, stop and blanks at its end.
[[nodiscard]] std::string WithoutMark(std::string text);
// With `by` in the place of its bytes [start, end).
[[nodiscard]] std::string Replaced(const std::string& text, std::size_t start, std::size_t end, const std::string& by);

struct Range {
  std::size_t start = 0;
  std::size_t end = 0;
};
// "lease-7.pdf": a file's name as a word; empty range: none.
[[nodiscard]] Range FileName(std::string_view text);

// "Does it allow the sale of data?": what allows is a document.
[[nodiscard]] bool IsOfDocument(const std::vector<Token>& question);
// "How can it be terminated?", "Who signed it?": that is done with agreements and with little else.
[[nodiscard]] bool IsDoneWithAgreements(const std::vector<Token>& question);

// "the tenant", "each year": of when or of whom something is asked.
[[nodiscard]] bool IsOfWhenOrWhom(const std::vector<Token>& phrase);
[[nodiscard]] bool IsTime(const std::vector<Token>& phrase);

}  // namespace counsel::understanding
