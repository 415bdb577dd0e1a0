#include "extractor/rtf_html.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "extractor/encoding.h"
#include "extractor/rtf_tokens.h"
#include "extractor/rtf_words.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kMostGroups = 1'000;
constexpr int kFirstWords = 20;  // among which it is said that there is a text inside

// What is HTML and what only the RTF's look is told by \htmltag, which holds HTML, and \htmlrtf, which holds none.
class Unwrapper {
 public:
  explicit Unwrapper(std::size_t limit) : limit_(limit), groups_(1) {}

  std::optional<TextInRtf> Read(std::string_view rtf) {
    RtfTokens tokens(rtf);
    int words = 0;
    bool star = false;
    for (RtfToken token = tokens.Next(); token.kind != RtfToken::Kind::kEnd; token = tokens.Next()) {
      if (found_.text.size() > limit_) break;
      if (token.kind == RtfToken::Kind::kOpen) {
        Flush();
        if (groups_.size() >= kMostGroups) return std::nullopt;
        groups_.push_back(groups_.back());
        skip_ = 0;
      } else if (token.kind == RtfToken::Kind::kClose) {
        Flush();
        skip_ = 0;
        if (groups_.size() > 1) groups_.pop_back();
      } else if (token.kind == RtfToken::Kind::kWord) {
        Flush();
        Word(token, star);
        if (!known_ && ++words > kFirstWords) return std::nullopt;
      } else if (token.kind == RtfToken::Kind::kSymbol) {
        Symbol(token.text.front());
      } else {
        Bytes(token.kind == RtfToken::Kind::kByte ? std::string_view(&token.byte, 1) : token.text);
      }
      star = token.kind == RtfToken::Kind::kSymbol && token.text == "*";
    }
    Flush();
    found_.text.resize(std::min(found_.text.size(), limit_));
    found_.text = RepairUtf8(found_.text);
    return known_ ? std::optional<TextInRtf>(std::move(found_)) : std::nullopt;
  }

 private:
  enum class Holds { kText, kTag, kFonts, kNothing };
  struct Group {
    Group() = default;
    Holds holds = Holds::kText;
    bool only_rtf = false;
    int unicode_skip = 1;
    int font = -1;
  };

  [[nodiscard]] bool Wanted() const {
    const Group& group = groups_.back();
    return known_ && (group.holds == Holds::kTag || (group.holds == Holds::kText && !group.only_rtf));
  }

  void Bytes(std::string_view bytes) {
    const std::size_t skipped = std::min(bytes.size(), static_cast<std::size_t>(skip_));
    skip_ -= static_cast<int>(skipped);
    if (Wanted()) pending_ += bytes.substr(skipped);
  }

  void Flush() {
    if (pending_.empty()) return;
    const std::string bytes = std::exchange(pending_, std::string());
    if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0; })) {
      found_.text += bytes;
      return;
    }
    const auto font = fonts_.find(groups_.back().font);
    const bool by_font = groups_.back().holds == Holds::kText && font != fonts_.end() && font->second != nullptr;
    std::optional<std::string> text = ConvertFrom(by_font ? font->second : charset_, bytes);
    if (!text) text = ConvertFrom("cp1252", bytes);
    found_.text += text.value_or("");
  }

  void Put(std::string_view utf8) {
    Flush();
    if (Wanted()) found_.text += utf8;
  }

  void Symbol(char c) {
    if (c == '\\' || c == '{' || c == '}') Bytes(std::string_view(&c, 1));
    if (c == '~') Put("\xC2\xA0");
    if (c == '_') Put("\xC2\xAD");
    if (c == '\n' || c == '\r') Put("\n");
  }

  void Word(const RtfToken& token, bool after_star) {
    Group& group = groups_.back();
    const std::string_view word = token.text;
    const std::int32_t value = token.parameter.value_or(1);
    if (word == "fromhtml" || word == "fromtext") {
      known_ = true;
      found_.html = word == "fromhtml";
    } else if (word == "htmltag" && after_star) {
      group.holds = Holds::kTag;
    } else if (word == "fonttbl") {
      group.holds = Holds::kFonts;
    } else if (after_star || word == "colortbl" || word == "stylesheet" || word == "info" || word == "pict" ||
               word == "listtext" || word == "pntext") {
      group.holds = Holds::kNothing;
    } else if (word == "htmlrtf") {
      group.only_rtf = value != 0;
    } else if (word == "f") {
      group.font = token.parameter.value_or(0);
    } else if (word == "fcharset" && group.holds == Holds::kFonts) {
      fonts_[group.font] = CharsetOf(token.parameter.value_or(0));
    } else if (word == "ansicpg") {
      charset_ = value == 65'001 ? "utf-8" : "cp" + std::to_string(value);
    } else if (word == "uc") {
      group.unicode_skip = std::clamp(value, 0, 16);
    } else if (word == "u") {
      Unicode(token.parameter.value_or(0));
    } else if (word == "par" || word == "line") {
      Put("\n");
    } else if (const char* text = TextOfWord(word); text != nullptr) {
      Put(text);
    }
  }

  void Unicode(std::int32_t value) {
    skip_ = groups_.back().unicode_skip;
    const auto unit = static_cast<char32_t>(value < 0 ? value + 65'536 : value);
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      high_ = unit;
      return;
    }
    char32_t c = unit;
    if (unit >= 0xDC00 && unit <= 0xDFFF)
      c = high_ == 0 ? 0xFFFD : 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00);
    high_ = 0;
    std::string utf8;
    AppendUtf8(c > 0x10FFFF ? 0xFFFD : c, &utf8);
    Put(utf8);
  }

  std::size_t limit_;
  std::vector<Group> groups_;
  TextInRtf found_;
  bool known_ = false;
  std::string pending_;  // bytes not yet decoded
  int skip_ = 0;         // bytes that stand in for a \u character
  char32_t high_ = 0;
  std::string charset_ = "cp1252";
  std::map<int, const char*> fonts_;
};

}  // namespace

std::optional<TextInRtf> FindTextInRtf(std::string_view rtf, std::size_t limit) {
  return Unwrapper(limit).Read(rtf);
}

}  // namespace counsel::extractor
