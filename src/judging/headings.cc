#include "judging/headings.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "judging/grammar.h"
#include "text/words.h"

namespace counsel::judging {
namespace {

// Between the words of a title.
bool IsSmall(std::string_view word) {
  return In(word, {"of", "and", "or", "the", "to", "for", "in", "by", "on", "with", "a", "an", "from"});
}

// Title words and small words between them, no mark at the end, no verb.
bool IsHeadingLine(std::string_view line, bool small) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
  if (line.empty() || std::string_view(".,;:?!").find(line.back()) != std::string_view::npos) return false;
  bool title = false;
  for (const text::RawWord& word : text::SplitWords(line, 0, line.size())) {
    if (word.punctuation != 0 || word.digits) continue;
    const bool capital = std::isupper(static_cast<unsigned char>(line[word.start])) != 0;
    if (IsAuxiliary(word.text) || In(word.text, {"shall", "must", "may", "will", "means"})) return false;
    if (!capital && !small && !IsSmall(word.text)) return false;
    title = title || capital;
  }
  return title;
}

bool HasVerb(std::string_view text) {
  const std::vector<text::RawWord> words = text::SplitWords(text, 0, text.size());
  return words.size() > 5 && std::any_of(words.begin(), words.end(), [](const text::RawWord& word) {
           return IsAuxiliary(word.text) || IsFiniteVerb(word) ||
                  In(word.text, {"shall", "must", "may", "will", "can"});
         });
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string NumberAt(std::string_view text, std::size_t at, std::size_t* after) {
  std::size_t i = at;
  if (i < text.size() && text[i] == '(') {
    const std::size_t close = text.find(')', i);
    if (close == std::string_view::npos || close - i > 6) return {};
    *after = close + 1;
    return std::string(text.substr(i, close + 1 - i));
  }
  // "A. ", of notes and recitals
  if (i + 2 < text.size() && text[i] >= 'A' && text[i] <= 'Z' && text[i + 1] == '.' && text[i + 2] == ' ' &&
      i + 4 < text.size() && std::isupper(static_cast<unsigned char>(text[i + 3])) != 0 && text[i + 4] != '.') {
    *after = i + 3;
    return std::string(text.substr(i, 1));
  }
  while (i < text.size() &&
         (IsDigit(text[i]) || (text[i] == '.' && i > at && i + 1 < text.size() && IsDigit(text[i + 1]))))
    ++i;
  if (i == at || i - at > 12) return {};
  std::string number(text.substr(at, i - at));
  if (i < text.size() && (text[i] == '.' || text[i] == ')')) ++i;
  if (i >= text.size() || (text[i] != ' ' && text[i] != '\t')) return {};
  while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
  // "30 days …" that a line happens to begin with is no number of a clause.
  const bool opens = i < text.size() && (std::isupper(static_cast<unsigned char>(text[i])) != 0 || text[i] == '"' ||
                                         text[i] == '(' || static_cast<unsigned char>(text[i]) >= 0x80);
  if (!opens) return {};
  *after = i;
  return number;
}

std::size_t BehindHeading(std::string_view text, std::size_t start, std::size_t end) {
  constexpr std::size_t kLongest = 80;
  for (int lines = 0; lines < 3; ++lines) {
    const std::size_t line = text.find('\n', start);
    if (line == std::string_view::npos || line >= end || line - start > kLongest) break;
    std::size_t next = line + 1;
    while (next < end && (text[next] == ' ' || text[next] == '\t' || text[next] == '\n' || text[next] == '\r')) ++next;
    const bool opens = next < end && (std::isupper(static_cast<unsigned char>(text[next])) != 0 ||
                                      IsDigit(text[next]) || text[next] == '(');
    // Above a number it may be in small letters: "5. Limitation of liability".
    std::size_t after = 0;
    const bool numbered = next < end && !NumberAt(text, next, &after).empty();
    if (!opens || !IsHeadingLine(text.substr(start, line - start), numbered) || !HasVerb(text.substr(next, end - next)))
      break;
    start = next;
  }
  return start;
}

std::size_t BehindInlineHeading(std::string_view text, std::size_t start, std::size_t end) {
  constexpr std::size_t kLongest = 7;
  const std::vector<text::RawWord> words = text::SplitWords(text, start, std::min(end, start + 120));
  bool title = false;  // the word before is one of the heading's
  for (std::size_t i = 0; i < std::min(words.size(), kLongest); ++i) {
    const text::RawWord& word = words[i];
    if (word.punctuation != 0 || word.digits) break;
    const bool capital = std::isupper(static_cast<unsigned char>(text[word.start])) != 0;
    const bool opens = capital && In(word.text, {"the",    "this",    "if",      "upon",  "each", "any",
                                                 "all",    "neither", "either",  "no",    "both", "notwithstanding",
                                                 "except", "unless",  "nothing", "these", "such", "a",
                                                 "an",     "subject", "every"});
    if (opens && title && text.substr(words[i - 1].end, word.start - words[i - 1].end) == " " &&
        HasVerb(text.substr(word.start, end - word.start)))
      return word.start;
    if (!capital && !IsSmall(word.text)) break;
    title = capital && !opens;
  }
  return start;
}

bool IsTitle(std::string_view words, bool complete) {
  if (complete) return false;
  const bool small = std::any_of(words.begin(), words.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return !small || (std::count(words.begin(), words.end(), ' ') < 5 && words.back() != ':' && words.back() != ';' &&
                    words.back() != ',');
}

}  // namespace counsel::judging
