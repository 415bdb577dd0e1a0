// BERT's tokeniser: equal to the reference (the Rust crate `tokenizers`) on every input, which
// testdata/compare_tokens.py checks. A different token would be a different vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "added_tokens.h"
#include "base/result.h"
#include "bert_normalizer.h"
#include "tokenizer_file.h"

namespace counsel::embedder {

struct Encoding {
  std::vector<std::int64_t> ids;  // [CLS] … [SEP]
  bool truncated = false;         // the text had more tokens than fit
};

// Constant after construction: any thread may call it.
class WordPiece {
 public:
  explicit WordPiece(const TokenizerFile& file);
  WordPiece(WordPiece&&) = default;

  // Reads tokenizer.json; errors are those of ParseTokenizerFile.
  [[nodiscard]] static Result<WordPiece> FromJson(std::string_view json);

  // The tokens of the text alone. Invalid UTF-8 is repaired first (base/utf8.h). Stops early once it has `limit`.
  [[nodiscard]] std::vector<std::int64_t> Tokenize(std::string_view text,
                                                   std::size_t limit = std::numeric_limits<std::size_t>::max()) const;

  // With [CLS] and [SEP], at most `max_tokens` (2 or more) in all: the end of a longer text is cut off.
  [[nodiscard]] Encoding Encode(std::string_view text, std::size_t max_tokens) const;

  [[nodiscard]] std::int64_t first() const { return first_; }  // [CLS]
  [[nodiscard]] std::int64_t last() const { return last_; }    // [SEP]

 private:
  using Ids = std::unordered_map<std::string_view, std::int64_t>;

  void AppendText(std::string_view normalized, std::size_t limit, std::vector<std::int64_t>* out) const;
  void AppendWord(std::string_view word, std::vector<std::int64_t>* out) const;

  BertNormalizer normalizer_;
  AddedTokens raw_tokens_;         // looked for in the text as it came
  AddedTokens normalized_tokens_;  // looked for in the normalised text
  std::vector<char> letters_;      // what the keys below are views of
  Ids words_;                      // what a word may begin with
  Ids continuations_;              // what may follow, without the "##"
  std::size_t longest_ = 0;        // of the keys, in bytes
  std::size_t max_input_chars_per_word_;
  std::int64_t unknown_;
  std::int64_t first_;
  std::int64_t last_;
};

}  // namespace counsel::embedder
