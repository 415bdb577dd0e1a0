#include "http/json_fault.h"

#include <vector>

#include "base/utf8.h"

namespace counsel::http {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Four hexadecimal digits, or -1.
int HexOf(std::string_view digits) {
  if (digits.size() != 4) return -1;
  int value = 0;
  for (const char c : digits) {
    const int digit = IsDigit(c)               ? c - '0'
                      : (c >= 'a' && c <= 'f') ? c - 'a' + 10
                      : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                               : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// Reads with a stack of its own, so that no nesting can exhaust the thread's. Each reading function moves on and
// returns false with fault_ set.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  std::optional<JsonFault> Run() {
    SkipSpace();
    Next next = Next::kValue;
    while (next != Next::kEnd && Step(&next)) {
    }
    return fault_;
  }

 private:
  enum class Next { kValue, kValueOrEnd, kName, kNameOrEnd, kBehindValue, kEnd };

  [[nodiscard]] char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipSpace() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool Fault(std::size_t at, const char* message) {
    fault_.emplace();
    fault_->position = CountCodePoints(text_.substr(0, at));
    fault_->message = message;
    return false;
  }

  bool Step(Next* next) {
    if (*next == Next::kBehindValue) return BehindValue(next);
    const char closing = *next == Next::kNameOrEnd ? '}' : *next == Next::kValueOrEnd ? ']' : '\0';
    if (closing != '\0' && Peek() == closing) return Close(next);
    if (*next == Next::kName || *next == Next::kNameOrEnd) return Name(next);
    return Value(next);
  }

  bool Close(Next* next) {
    ++at_;
    open_.pop_back();
    *next = Next::kBehindValue;
    return true;
  }

  bool Name(Next* next) {
    if (Peek() != '"') return Fault(at_, "Expecting property name enclosed in double quotes");
    if (!String()) return false;
    SkipSpace();
    if (Peek() != ':') return Fault(at_, "Expecting ':' delimiter");
    ++at_;
    SkipSpace();
    *next = Next::kValue;
    return true;
  }

  bool BehindValue(Next* next) {
    SkipSpace();
    if (open_.empty()) {
      *next = Next::kEnd;
      return at_ == text_.size() || Fault(at_, "Extra data");
    }
    const bool object = open_.back() == '{';
    if (Peek() == (object ? '}' : ']')) return Close(next);
    if (Peek() != ',') return Fault(at_, "Expecting ',' delimiter");
    ++at_;
    SkipSpace();
    *next = object ? Next::kName : Next::kValue;
    return true;
  }

  bool Value(Next* next) {
    const char c = Peek();
    *next = Next::kBehindValue;
    if (c == '"') return String();
    if (c == '-' || IsDigit(c)) return Number();
    if (c == '{' || c == '[') {
      *next = c == '{' ? Next::kNameOrEnd : Next::kValueOrEnd;
      return Open(c);
    }
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return true;
    }
    return Fault(at_, "Expecting value");
  }

  bool Open(char bracket) {
    if (open_.size() == kMaxJsonDepth) {
      fault_.emplace();
      fault_->too_deep = true;
      return false;
    }
    open_.push_back(bracket);
    ++at_;
    SkipSpace();
    return true;
  }

  std::size_t DigitsFrom(std::size_t at) const {
    while (at < text_.size() && IsDigit(text_[at])) ++at;
    return at;
  }

  // The longest number that stands here; what follows it is judged by whoever reads on ("01" is 0 and then a 1).
  bool Number() {
    const std::size_t start = at_;
    std::size_t end = start + (text_[start] == '-' ? 1 : 0);
    const std::size_t whole = end;
    end = DigitsFrom(end);
    if (end == whole) return Fault(start, "Expecting value");
    if (text_[whole] == '0') end = whole + 1;
    if (end < text_.size() && text_[end] == '.' && DigitsFrom(end + 1) > end + 1) end = DigitsFrom(end + 1);
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      std::size_t digits = end + 1;
      if (digits < text_.size() && (text_[digits] == '+' || text_[digits] == '-')) ++digits;
      if (DigitsFrom(digits) > digits) end = DigitsFrom(digits);
    }
    at_ = end;
    return true;
  }

  bool String() {
    const std::size_t start = at_++;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return Fault(at_, "Invalid control character at");
      if (c != '\\') {
        ++at_;
        continue;
      }
      if (at_ + 1 == text_.size()) break;
      if (!Escape()) return false;
    }
    return Fault(start, "Unterminated string starting at");
  }

  // At a backslash with something behind it.
  bool Escape() {
    const char kind = text_[at_ + 1];
    if (kind != 'u') {
      if (std::string_view("\"\\/bfnrt").find(kind) == std::string_view::npos) return Fault(at_, "Invalid \\escape");
      at_ += 2;
      return true;
    }
    const std::size_t letter = at_ + 1;
    const int unit = HexOf(text_.substr(letter + 1, 4));
    if (unit < 0) return Fault(letter, "Invalid \\uXXXX escape");
    at_ = letter + 5;
    if (unit < 0xD800 || unit > 0xDFFF) return true;
    // Half a code point is no text.
    const std::string_view other = text_.substr(at_, 6);
    const int low = other.starts_with("\\u") ? HexOf(other.substr(2)) : -1;
    if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return Fault(letter, "Invalid \\uXXXX escape");
    at_ += 6;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<char> open_;  // brackets
  std::optional<JsonFault> fault_;
};

}  // namespace

std::optional<JsonFault> FindJsonFault(std::string_view text) {
  return Scanner(text).Run();
}

}  // namespace counsel::http
