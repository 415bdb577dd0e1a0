// RTF as a sequence of tokens. Debian has no library that reads RTF (its programs that do are not libraries, and GPL
// code of theirs would have to be run as another program), so this reader is our own: small, without recursion, and
// every step moves forward.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace counsel::extractor {

struct RtfToken {
  enum class Kind { kEnd, kOpen, kClose, kWord, kSymbol, kByte, kText };
  Kind kind = Kind::kEnd;
  std::string_view text;                  // of a word: its letters; of text: the bytes; of a symbol: its character
  std::optional<std::int32_t> parameter;  // of a word
  char byte = 0;                          // of \'hh
};

class RtfTokens {
 public:
  explicit RtfTokens(std::string_view bytes) : rest_(bytes) {}
  // kEnd for ever once all is read. The bytes after \bin are skipped.
  [[nodiscard]] RtfToken Next();

 private:
  RtfToken Control();
  RtfToken Word();

  std::string_view rest_;
};

}  // namespace counsel::extractor
