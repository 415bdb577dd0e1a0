// BertNormalizer of the reference tokeniser: cleaning, CJK spacing, accents, lower case, in that order.
#pragma once

#include <string>
#include <string_view>

namespace counsel::embedder {

struct BertNormalizer {
  bool clean_text = true;            // drop control characters, make every white space ' '
  bool handle_chinese_chars = true;  // a space on both sides of each
  bool strip_accents = true;         // NFD, then without nonspacing marks
  bool lowercase = true;

  // Of valid UTF-8, to valid UTF-8.
  [[nodiscard]] std::string Normalize(std::string_view text) const;
};

}  // namespace counsel::embedder
