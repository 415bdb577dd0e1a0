// Whether a run of a passage says what a claim says: the claim's tokens stand there in the same order with nothing that
// matters between, before or after them. The rules and their reasons are in docs/answers.md. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/sentences.h"
#include "text/tokens.h"

namespace counsel::answers {

using text::Sentence;
using text::Token;

inline constexpr std::size_t kMaxClaimTokens = 200;

// A passage, read once and compared with many claims. `text` must outlive it.
class SourceText {
 public:
  explicit SourceText(std::string_view text);

  struct Span {
    std::size_t start = 0;  // bytes of the text
    std::size_t end = 0;
  };
  // The smallest run that supports the claim; nothing when there is none.
  [[nodiscard]] std::optional<Span> Find(const std::vector<Token>& claim) const;

  // For saying why a claim has no support: "" when the passage has all its words and numbers.
  [[nodiscard]] std::string Missing(const std::vector<Token>& claim) const;
  // How many of the claim's words, operators and numbers occur anywhere in the passage.
  [[nodiscard]] std::size_t Shared(const std::vector<Token>& claim) const;

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  // A stretch of tokens that reads as running text: the passage as it stands, or a list's lead-in with one later item.
  struct Reading {
    std::vector<Token> tokens;
    std::vector<int> sentence;  // per token: index of its sentence
  };
  void AddReading(const std::vector<int>& sentences);

  std::string_view text_;
  std::vector<Sentence> sentences_;
  std::vector<std::vector<Token>> sentence_tokens_;
  std::vector<Reading> readings_;
};

}  // namespace counsel::answers
