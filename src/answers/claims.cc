#include "answers/claims.h"

#include <algorithm>
#include <cstdint>
#include <unordered_set>

#include "text/words.h"

namespace counsel::answers {
namespace {

using text::AfterMarks;
using text::RawWord;
using text::SplitWords;
using text::Tokenize;
using text::TokenKind;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// One past the ']' of a mark that begins at text[i]; i when there is none.
std::size_t MarkEnd(std::string_view text, std::size_t i) {
  if (i >= text.size() || text[i] != '[') return i;
  const std::size_t end = AfterMarks(
      text.substr(
          0, std::min(text.size(), text.find(']', i) == std::string_view::npos ? text.size() : text.find(']', i) + 1)),
      i);
  return end;
}

struct Quoted {
  std::size_t start = 0;  // of the words
  std::size_t end = 0;
};

std::size_t QuoteSign(std::string_view text, std::size_t i) {
  if (text[i] == '"') return 1;
  const std::string_view sign = text.substr(i, 3);
  return sign == "\u201c" || sign == "\u201d" ? 3 : 0;
}

std::vector<Quoted> FindQuotes(std::string_view text) {
  std::vector<Quoted> quotes;
  std::size_t open = std::string_view::npos;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t sign = QuoteSign(text, i);
    if (sign == 0) {
      ++i;
      continue;
    }
    if (open == std::string_view::npos) {
      open = i + sign;
    } else {
      quotes.push_back({open, i});
      open = std::string_view::npos;
    }
    i += sign;
  }
  return quotes;
}

}  // namespace

std::string BlankOutSigns(std::string_view answer) {
  std::string text(answer);
  const auto blank = [&](std::size_t from, std::size_t to) {
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(from), text.begin() + static_cast<std::ptrdiff_t>(to), ' ');
  };
  for (std::size_t i = 0; i < answer.size();) {
    const std::size_t mark = MarkEnd(answer, i);
    const std::size_t quote = QuoteSign(answer, i);
    if (mark > i) {
      blank(i, mark);
      i = mark;
    } else if (quote != 0) {
      blank(i, i + quote);
      i += quote;
    } else {
      if (answer[i] == '*' || answer[i] == '`' || answer[i] == '#' || answer[i] == '_') text[i] = ' ';
      ++i;
    }
  }
  return text;
}

std::vector<int> MarksOf(std::string_view text) {
  constexpr int kLargest = 999;
  std::vector<int> marks;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = MarkEnd(text, i);
    if (end == i) continue;
    int previous = 0;
    bool range = false;
    for (std::size_t j = i; j < end;) {
      if (!IsDigit(text[j])) {
        range = range || text[j] == '-';
        if (text[j] == ',' || text[j] == '[') range = false;
        ++j;
        continue;
      }
      int value = 0;
      while (j < end && IsDigit(text[j])) value = std::min(kLargest, value * 10 + (text[j++] - '0'));
      for (int n = range ? previous + 1 : value; n < value; ++n) marks.push_back(n);
      marks.push_back(value);
      previous = value;
      range = false;
    }
    i = end - 1;
  }
  return marks;
}

std::string WordsOnly(std::string_view text) {
  std::string words = " ";
  for (const RawWord& word : SplitWords(text, 0, text.size())) {
    if (word.text.empty()) continue;
    words += word.text;
    words += ' ';
  }
  return words;
}

std::vector<std::string> QuotesOf(std::string_view text) {
  std::vector<std::string> quotes;
  for (const Quoted& quoted : FindQuotes(text)) {
    std::string words = WordsOnly(text.substr(quoted.start, quoted.end - quoted.start));
    if (static_cast<std::size_t>(std::count(words.begin(), words.end(), ' ')) > kMinQuotedWords)
      quotes.push_back(std::move(words));
  }
  return quotes;
}

bool IsTalk(const std::vector<Token>& tokens) {
  static const std::unordered_set<std::string_view> talk = {
      "document",    "passag",   "text",       "answer",   "question", "here",   "summary",  "follow",   "find",
      "information", "relevant", "provid",     "bas",      "base",     "accord", "contain",  "sorry",    "know",
      "i",           "help",     "hope",       "thank",    "pleas",    "sourc",  "below",    "above",    "what",
      "it",          "me",       "my",         "you",      "your",     "enough", "specific", "directly", "i'm",
      "key",         "point",    "conclusion", "summariz", "given",    "giv"};
  for (const Token& token : tokens) {
    if (token.kind == TokenKind::kNumber) return false;
    if (token.kind == TokenKind::kWord && !talk.contains(token.key)) return false;
    static constexpr std::string_view modals[] = {"MUST", "SHALL", "MAY", "MAYNOT", "MUSTNOT", "SHOULD", "MIGHT"};
    if (token.kind == TokenKind::kOperator &&
        std::find(std::begin(modals), std::end(modals), token.key) != std::end(modals))
      return false;
  }
  return true;
}

}  // namespace counsel::answers
