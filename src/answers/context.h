// What stands around the words that a claim matches: whether leaving it out changes what they say. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "text/sentences.h"
#include "text/tokens.h"

namespace counsel::answers {

using text::Sentence;
using text::Token;

inline constexpr std::size_t kMaxSentencesOfSpan = 3;

// An aside that may be left out, beginning at tokens[i]: "(…)" or ", …," without a negation, condition, modal or
// number. Returns the index after it; `i` when there is none.
[[nodiscard]] std::size_t AfterAside(const std::vector<Token>& tokens, std::size_t i);

// The tokens of a reading that a claim matches, in its order.
struct Region {
  Region() = default;
  std::size_t first = 0;
  std::size_t last = 0;
  std::vector<std::size_t> matched;  // ascending
  // Where the second clause of a claim whose clauses changed places begins; 0: they did not.
  std::size_t join = 0;
};
// `matched`: per claim token its index, -1 when skipped; `join`: the claim token that begins the second clause, or 0.
[[nodiscard]] Region MakeRegion(const std::vector<int>& matched, std::size_t join);

class Surroundings {
 public:
  // All must outlive the object.
  Surroundings(const std::vector<Token>& claim, const std::vector<Token>& tokens, const std::vector<int>& sentence,
               const std::vector<Sentence>& sentences, const std::vector<std::vector<Token>>& sentence_tokens)
      : claim_(claim), tokens_(tokens), sentence_(sentence), sentences_(sentences), sentence_tokens_(sentence_tokens) {}

  [[nodiscard]] bool Allow(const Region& region) const;
  // The region's first token, or the article before it.
  [[nodiscard]] std::size_t FirstShown(const Region& region) const;

 private:
  [[nodiscard]] bool AllowBefore(const Region& region, bool bound) const;
  [[nodiscard]] bool AllowAfter(const Region& region) const;
  [[nodiscard]] bool AddsDuty(const Region& region) const;
  [[nodiscard]] bool StatesBound(const Region& region) const;
  [[nodiscard]] bool AllowList(const Region& region) const;
  [[nodiscard]] bool SpansFewSentences(const Region& region) const;
  [[nodiscard]] std::size_t OtherStatement(std::size_t next, std::size_t end) const;
  [[nodiscard]] std::size_t SentenceStart(std::size_t i) const;
  [[nodiscard]] std::size_t SentenceEnd(std::size_t i) const;

  const std::vector<Token>& claim_;
  const std::vector<Token>& tokens_;
  const std::vector<int>& sentence_;
  const std::vector<Sentence>& sentences_;
  const std::vector<std::vector<Token>>& sentence_tokens_;
};

}  // namespace counsel::answers
