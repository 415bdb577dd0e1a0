#include "answers/worded_text.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include <utf8proc.h>

#include "answers/register_question.h"
#include "base/utf8.h"

namespace counsel::answers {
namespace {

using Words = std::vector<std::string>;
using WordSet = std::set<std::string_view>;

// A blank that breaks no line is one too.
constexpr std::string_view kBlanks = " \t\r\n\xC2\xA0";

bool IsLetterOrDigit(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ND:
      return true;
    default:
      return false;
  }
}

bool IsApostrophe(char32_t c) {
  return c == '\'' || c == 0x2019;
}

// Latin letters that have no accent to take off.
void AppendPlainLetter(char32_t c, std::string* out) {
  switch (c) {
    case 0x141:
    case 0x142:
      *out += 'l';
      return;
    case 0xD8:
    case 0xF8:
      *out += 'o';
      return;
    case 0xC6:
    case 0xE6:
      *out += "ae";
      return;
    case 0x110:
    case 0x111:
      *out += 'd';
      return;
    default:
      AppendUtf8(c, out);
  }
}

std::string Fold(std::string_view word) {
  const bool plain = std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  std::string folded;
  if (plain) {
    for (const char c : word) folded += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  } else {
    std::string latin;
    for (std::size_t at = 0; at < word.size();) {
      const char32_t c = NextCodePoint(word, &at);
      if (IsApostrophe(c)) {
        latin += '\'';
      } else {
        AppendPlainLetter(c, &latin);
      }
    }
    const bool possessive = latin.ends_with("'s") || latin.ends_with("'S");
    latin.erase(std::remove(latin.begin(), latin.end(), '\''), latin.end());
    if (possessive) latin.pop_back();
    for (const std::string& part : PlainWords(latin)) folded += part;
    return folded;
  }
  if (folded.size() > 2 && folded.ends_with("'s")) folded.resize(folded.size() - 2);
  folded.erase(std::remove(folded.begin(), folded.end(), '\''), folded.end());
  return folded;
}

bool IsCapital(std::string_view word) {
  std::size_t at = 0;
  const auto c = static_cast<utf8proc_int32_t>(NextCodePoint(word, &at));
  return utf8proc_category(c) == UTF8PROC_CATEGORY_LU || utf8proc_category(c) == UTF8PROC_CATEGORY_LT;
}

}  // namespace

bool IsAbbreviation(std::string_view word) {
  static const WordSet words = {"ltd", "no",   "nos",    "co",   "st",  "rd",  "ave", "ln",   "mr",   "mrs", "ms", "dr",
                                "reg", "bros", "messrs", "prof", "rev", "hon", "inc", "regd", "regn", "jr",  "sr"};
  return word.size() == 1 || words.contains(word);
}

WordedText::WordedText(std::string_view text) : text_(text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = at;
    if (!IsLetterOrDigit(NextCodePoint(text, &next))) {
      at = next;
      continue;
    }
    TextWord word;
    word.start = at;
    word.end = next;
    for (std::size_t look = next; look < text.size();) {
      const char32_t c = NextCodePoint(text, &look);
      if (IsLetterOrDigit(c)) {
        word.end = look;
        continue;
      }
      std::size_t behind = look;
      const bool joined = IsApostrophe(c) && look < text.size() && IsLetterOrDigit(NextCodePoint(text, &behind));
      if (!joined) break;
    }
    const std::string_view bytes = text.substr(word.start, word.end - word.start);
    word.folded = Fold(bytes);
    word.digit = bytes[0] >= '0' && bytes[0] <= '9';
    word.capital = !word.digit && IsCapital(bytes);
    at = word.end;
    words_.push_back(std::move(word));
  }
}

std::string_view WordedText::Gap(std::size_t i) const {
  const std::size_t start = i == 0 ? 0 : words_[i - 1].end;
  const std::size_t end = i < words_.size() ? words_[i].start : text_.size();
  return text_.substr(start, end - start);
}

std::string_view WordedText::Span(std::size_t first, std::size_t last) const {
  if (first >= last) return {};
  return text_.substr(words_[first].start, words_[last - 1].end - words_[first].start);
}

bool WordedText::OnlyBlanks(std::size_t i) const {
  return Gap(i).find_first_not_of(kBlanks) == std::string_view::npos && !NewParagraph(i);
}

bool WordedText::NewLine(std::size_t i) const {
  return i == 0 || i >= words_.size() || Gap(i).find_first_of("\n\f") != std::string_view::npos;
}

bool WordedText::NewParagraph(std::size_t i) const {
  if (i == 0 || i >= words_.size()) return true;
  const std::string_view gap = Gap(i);
  return gap.find('\f') != std::string_view::npos || std::count(gap.begin(), gap.end(), '\n') > 1;
}

bool WordedText::NewSentence(std::size_t i) const {
  if (NewParagraph(i)) return true;
  const std::string_view gap = Gap(i);
  if (gap.find_first_of(";!?") != std::string_view::npos) return true;
  const std::size_t stop = gap.find('.');
  if (stop == std::string_view::npos || stop + 1 == gap.size()) return false;
  return (words_[i].capital || words_[i].digit) && !IsAbbreviation(words_[i - 1].folded);
}

std::size_t WordedText::SentenceStart(std::size_t i) const {
  while (i > 0 && !NewSentence(i)) --i;
  return i;
}

std::size_t WordedText::SentenceEnd(std::size_t i) const {
  for (++i; i < words_.size() && !NewSentence(i);) ++i;
  return std::min(i, words_.size());
}

}  // namespace counsel::answers
