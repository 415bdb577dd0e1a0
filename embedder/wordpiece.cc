#include "wordpiece.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "reference_unicode.h"

namespace counsel::embedder {
namespace {

AddedTokens Select(const std::vector<AddedToken>& tokens, bool normalized) {
  std::vector<AddedToken> selected;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(selected),
               [&](const AddedToken& token) { return token.normalized == normalized; });
  return AddedTokens(std::move(selected));
}

bool IsContinuationByte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

WordPiece::WordPiece(const TokenizerFile& file)
    : normalizer_(file.normalizer),
      raw_tokens_(Select(file.added_tokens, false)),
      normalized_tokens_(Select(file.added_tokens, true)),
      max_input_chars_per_word_(file.max_input_chars_per_word),
      unknown_(file.unknown),
      first_(file.first),
      last_(file.last) {
  std::size_t bytes = 0;
  for (const auto& [word, id] : file.vocabulary) bytes += word.size();
  letters_.reserve(bytes);
  words_.reserve(file.vocabulary.size());
  const std::string_view prefix = file.continuing_subword_prefix;
  for (const auto& [word, id] : file.vocabulary) {
    const char* begin = letters_.data() + letters_.size();
    letters_.insert(letters_.end(), word.begin(), word.end());
    const std::string_view key(begin, word.size());
    words_.emplace(key, id);
    if (key.starts_with(prefix)) continuations_.emplace(key.substr(prefix.size()), id);
    longest_ = std::max(longest_, key.size());
  }
}

Result<WordPiece> WordPiece::FromJson(std::string_view json) {
  Result<TokenizerFile> file = ParseTokenizerFile(json);
  if (!file) return Fail(file.error());
  return WordPiece(*file);
}

std::vector<std::int64_t> WordPiece::Tokenize(std::string_view text, std::size_t limit) const {
  std::string repaired;
  if (!ValidUtf8(text)) text = repaired = RepairUtf8(text);
  std::vector<std::int64_t> ids;
  for (const AddedTokens::Piece& piece : raw_tokens_.Split(text)) {
    if (ids.size() >= limit) break;
    if (piece.id) {
      ids.push_back(*piece.id);
      continue;
    }
    const std::string normalized = normalizer_.Normalize(piece.text);
    for (const AddedTokens::Piece& inner : normalized_tokens_.Split(normalized)) {
      if (inner.id) {
        ids.push_back(*inner.id);
      } else {
        AppendText(inner.text, limit, &ids);
      }
    }
  }
  if (ids.size() > limit) ids.resize(limit);
  return ids;
}

Encoding WordPiece::Encode(std::string_view text, std::size_t max_tokens) const {
  const std::size_t room = std::max<std::size_t>(max_tokens, 2) - 2;
  std::vector<std::int64_t> tokens = Tokenize(text, room + 1);
  Encoding encoding;
  encoding.truncated = tokens.size() > room;
  if (encoding.truncated) tokens.resize(room);
  encoding.ids.reserve(tokens.size() + 2);
  encoding.ids.push_back(first_);
  encoding.ids.insert(encoding.ids.end(), tokens.begin(), tokens.end());
  encoding.ids.push_back(last_);
  return encoding;
}

// BertPreTokenizer: words end at white space, and each punctuation character is a word of its own.
void WordPiece::AppendText(std::string_view normalized, std::size_t limit, std::vector<std::int64_t>* out) const {
  std::size_t word = 0;  // where the current word begins
  for (std::size_t i = 0; i < normalized.size() && out->size() < limit;) {
    const std::size_t here = i;
    const char32_t c = NextCodePoint(normalized, &i);
    const bool punctuation = IsPunctuation(c);
    if (!punctuation && !IsWhitespace(c)) continue;
    if (word < here) AppendWord(normalized.substr(word, here - word), out);
    if (punctuation) AppendWord(normalized.substr(here, i - here), out);
    word = i;
  }
  if (word < normalized.size() && out->size() < limit) AppendWord(normalized.substr(word), out);
}

// The longest entry of the vocabulary that the word begins with, then the longest that goes on, and so to its end; the
// unknown token when that fails anywhere.
void WordPiece::AppendWord(std::string_view word, std::vector<std::int64_t>* out) const {
  const std::size_t before = out->size();
  const auto give_up = [&] {
    out->resize(before);
    out->push_back(unknown_);
  };
  if (CountCodePoints(word) > static_cast<std::int64_t>(max_input_chars_per_word_)) return give_up();
  const Ids* vocabulary = &words_;
  while (!word.empty()) {
    std::size_t length = std::min(word.size(), longest_);
    auto found = vocabulary->end();
    for (; length > 0; --length) {
      // Only whole code points: a key is valid UTF-8 and would not match anyway, this is just quicker.
      if (length < word.size() && IsContinuationByte(word[length])) continue;
      found = vocabulary->find(word.substr(0, length));
      if (found != vocabulary->end()) break;
    }
    if (length == 0) return give_up();
    out->push_back(found->second);
    word.remove_prefix(length);
    vocabulary = &continuations_;
  }
}

}  // namespace counsel::embedder
