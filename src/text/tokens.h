// The words of a sentence as citations compare them: folded to a stem, operators ("not", "may", "at least", "unless")
// recognised, numbers and dates brought to one form. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::text {

enum class TokenKind {
  kWord,      // must be matched
  kOperator,  // must be matched; changes what a sentence says: negation, modal, quantifier, preposition, condition …
  kNumber,    // must be matched
  kBreak,     // punctuation; key is one of , ; : . ? ( )
  kSoft,      // says nothing by itself: articles, forms of "to be"
};

enum class Form {
  kPlain,
  kPast,     // "indemnified"
  kPassive,  // "is indemnified"
};

struct Token {
  Token() = default;
  TokenKind kind = TokenKind::kWord;
  Form form = Form::kPlain;
  bool possessive = false;  // "tenant's"
  bool negative = false;    // takes back what it governs: "not", "refuse", "prohibit"
  bool condition = false;   // restricts what it is joined to: "if", "unless", "except", "only"
  std::string key;
  std::size_t start = 0;  // bytes of the text
  std::size_t end = 0;
};

// The tokens of text [start, end). `text` is valid UTF-8.
[[nodiscard]] std::vector<Token> Tokenize(std::string_view text, std::size_t start, std::size_t end);

}  // namespace counsel::text
