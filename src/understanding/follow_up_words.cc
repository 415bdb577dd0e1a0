#include "understanding/follow_up_words.h"

#include <cctype>
#include <utility>

namespace counsel::understanding {

std::vector<Token> Tokens(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < text.size();) {
    const auto is_word = [&text](std::size_t at) {
      return std::isalnum(static_cast<unsigned char>(text[at])) != 0 ||
             (static_cast<unsigned char>(text[at]) & 0x80) != 0;
    };
    if (!is_word(i)) {
      ++i;
      continue;
    }
    Token token{};
    token.start = i;
    token.capital = std::isupper(static_cast<unsigned char>(text[i])) != 0 ||
                    std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    for (; i < text.size() && is_word(i); ++i) {
      token.lower += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    }
    token.end = i;
    tokens.push_back(std::move(token));
  }
  return tokens;
}

std::vector<std::string> LowerWords(std::string_view text) {
  std::vector<std::string> words;
  for (Token& token : Tokens(text)) words.push_back(std::move(token.lower));
  return words;
}

}  // namespace counsel::understanding
