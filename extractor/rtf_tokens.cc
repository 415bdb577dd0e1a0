#include "extractor/rtf_tokens.h"

#include <algorithm>

namespace counsel::extractor {
namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
int Hex(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

RtfToken RtfTokens::Next() {
  while (!rest_.empty() && (rest_.front() == '\r' || rest_.front() == '\n' || rest_.front() == '\0')) {
    rest_.remove_prefix(1);
  }
  RtfToken token;
  if (rest_.empty()) return token;
  if (rest_.front() == '\\') return Control();
  if (rest_.front() == '{' || rest_.front() == '}') {
    token.kind = rest_.front() == '{' ? RtfToken::Kind::kOpen : RtfToken::Kind::kClose;
    rest_.remove_prefix(1);
    return token;
  }
  const std::size_t end = std::min(rest_.find_first_of(std::string_view("\\{}\r\n\0", 6)), rest_.size());
  token.kind = RtfToken::Kind::kText;
  token.text = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return token;
}

RtfToken RtfTokens::Control() {
  rest_.remove_prefix(1);
  RtfToken token;
  if (rest_.empty()) return token;
  if (IsLetter(rest_.front())) return Word();
  if (rest_.front() == '\'' && rest_.size() >= 3 && Hex(rest_[1]) >= 0 && Hex(rest_[2]) >= 0) {
    token.kind = RtfToken::Kind::kByte;
    token.byte = static_cast<char>(Hex(rest_[1]) * 16 + Hex(rest_[2]));
    rest_.remove_prefix(3);
    return token;
  }
  token.kind = RtfToken::Kind::kSymbol;
  token.text = rest_.substr(0, 1);
  rest_.remove_prefix(1);
  return token;
}

RtfToken RtfTokens::Word() {
  constexpr std::size_t kLongestWord = 32;
  constexpr std::int64_t kLargest = 2'147'483'647;
  RtfToken token;
  token.kind = RtfToken::Kind::kWord;
  std::size_t at = 0;
  while (at < rest_.size() && at < kLongestWord && IsLetter(rest_[at])) ++at;
  token.text = rest_.substr(0, at);
  const bool negative = at + 1 < rest_.size() && rest_[at] == '-' && IsDigit(rest_[at + 1]);
  if (negative) ++at;
  std::int64_t value = 0;
  const std::size_t digits = at;
  for (; at < rest_.size() && IsDigit(rest_[at]); ++at) value = std::min(value * 10 + (rest_[at] - '0'), kLargest);
  if (at > digits) token.parameter = static_cast<std::int32_t>(negative ? -value : value);
  if (at < rest_.size() && rest_[at] == ' ') ++at;
  rest_.remove_prefix(at);
  if (token.text == "bin") {
    const auto skip = static_cast<std::size_t>(std::max<std::int32_t>(token.parameter.value_or(0), 0));
    rest_.remove_prefix(std::min(skip, rest_.size()));
  }
  return token;
}

}  // namespace counsel::extractor
