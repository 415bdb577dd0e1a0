// Reads tokenizer.json, the format of the Rust crate `tokenizers`, as far as BERT models use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "added_tokens.h"
#include "base/result.h"
#include "bert_normalizer.h"

namespace counsel::embedder {

inline constexpr std::size_t kMaxTokenizerBytes = std::size_t{64} << 20;
// Token ids are below it. The largest vocabularies in use have 256,000 entries.
inline constexpr std::int64_t kMaxVocabulary = std::int64_t{1} << 22;

struct TokenizerFile {
  BertNormalizer normalizer;
  std::vector<std::pair<std::string, std::int64_t>> vocabulary;
  std::vector<AddedToken> added_tokens;
  std::string continuing_subword_prefix;
  std::size_t max_input_chars_per_word = 100;
  std::int64_t unknown = 0;  // what a word becomes that the vocabulary cannot spell
  std::int64_t first = 0;    // [CLS]
  std::int64_t last = 0;     // [SEP]
};

// kCorrupt when it is not such a file, kUnsupported when it asks for what this tokeniser does not do: any difference
// from the reference would be a silently wrong vector.
[[nodiscard]] Result<TokenizerFile> ParseTokenizerFile(std::string_view json);

}  // namespace counsel::embedder
