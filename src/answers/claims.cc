#include "answers/claims.h"

#include <algorithm>
#include <cstdint>
#include <unordered_set>

#include "text/words.h"

namespace counsel::answers {
namespace {

using text::AfterMarks;
using text::Form;
using text::RawWord;
using text::SplitWords;
using text::Tokenize;
using text::TokenKind;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsBreak(const Token& token, std::string_view key) {
  return token.kind == TokenKind::kBreak && token.key == key;
}
bool IsOperator(const Token& token, std::string_view key) {
  return token.kind == TokenKind::kOperator && token.key == key;
}
bool IsWord(const Token& token, std::string_view key) {
  return token.kind == TokenKind::kWord && token.key == key;
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

struct Names {
  std::unordered_set<std::string> words;
  std::unordered_set<std::string> numbers;
};

Names NamesOf(const Passage& passage) {
  Names names;
  for (const std::string* text : {&passage.name, &passage.heading}) {
    for (const Token& token : Tokenize(*text, 0, text->size())) {
      if (token.kind == TokenKind::kWord) names.words.insert(token.key);
      if (token.kind == TokenKind::kNumber) names.numbers.insert(token.key);
    }
  }
  return names;
}

// Whether tokens [first, last) name the passage's document: "the licence", "GPL-3", "passage 2".
bool NameThePassage(const std::vector<Token>& tokens, std::size_t first, std::size_t last, const Passage& passage,
                    const Names& names) {
  static const std::unordered_set<std::string_view> general = {
      "licens", "agreement", "contract", "document", "passag",  "text", "section", "claus",
      "articl", "paragraph", "excerpt",  "sourc",    "version", "leas", "term"};
  bool named = false;
  for (std::size_t i = first; i < last; ++i) {
    const Token& token = tokens[i];
    switch (token.kind) {
      case TokenKind::kSoft:
        break;
      case TokenKind::kWord:
        if (!general.contains(token.key) && !names.words.contains(token.key)) return false;
        named = true;
        break;
      case TokenKind::kNumber: {
        const bool passage_number =
            i > first && IsWord(tokens[i - 1], "passag") && token.key == std::to_string(passage.n);
        if (!passage_number && !names.numbers.contains(token.key)) return false;
        break;
      }
      case TokenKind::kOperator:
        if (token.key != "OF") return false;
        break;
      case TokenKind::kBreak:
        return false;
    }
  }
  return named;
}

class Attribution {
 public:
  Attribution(std::vector<Token> tokens, const Passage& passage)
      : tokens_(std::move(tokens)), passage_(passage), names_(NamesOf(passage)) {}

  std::vector<Token> Strip() {
    while (StripOpener() || StripSourcePhrase() || StripSaying()) {
    }
    StripTail();
    return std::move(tokens_);
  }

 private:
  void Drop(std::size_t count) { tokens_.erase(tokens_.begin(), tokens_.begin() + static_cast<std::ptrdiff_t>(count)); }

  bool StripOpener() {
    if (tokens_.size() < 3 || !IsBreak(tokens_[1], ",")) return false;
    const bool negated =
        std::any_of(tokens_.begin() + 2, tokens_.end(), [](const Token& token) { return token.negative; });
    const bool yes = IsWord(tokens_[0], "yes") && !negated;
    const bool no = IsOperator(tokens_[0], "NO") && negated;
    static constexpr std::string_view openers[] = {"however",      "therefor", "thus",    "additionally", "furthermor",
                                                   "specifically", "moreover", "finally", "overall"};
    const bool opener = tokens_[0].kind == TokenKind::kWord &&
                        std::find(std::begin(openers), std::end(openers), tokens_[0].key) != std::end(openers);
    if (!yes && !no && !opener) return false;
    Drop(2);
    return true;
  }

  // "According to X,", "Based on X,", "As stated in X,", "Under X,", "In X,"
  bool StripSourcePhrase() {
    std::size_t at = 0;
    while (at < tokens_.size() && tokens_[at].kind == TokenKind::kSoft) ++at;
    if (at + 2 >= tokens_.size()) return false;
    const Token& head = tokens_[at];
    if (IsWord(head, "accord") || IsWord(head, "bas") || IsWord(head, "base") || IsWord(head, "stat")) ++at;
    if (!IsOperator(tokens_[at], "TO") && !IsOperator(tokens_[at], "AT") && !IsOperator(tokens_[at], "UNDER") &&
        !IsOperator(tokens_[at], "PER")) {
      return false;
    }
    const std::size_t first = at + 1;
    std::size_t comma = first;
    while (comma < tokens_.size() && !IsBreak(tokens_[comma], ",")) ++comma;
    if (comma == tokens_.size() || !NameThePassage(tokens_, first, comma, passage_, names_)) return false;
    Drop(comma + 1);
    return true;
  }

  // "X states that", "X says:"
  bool StripSaying() {
    constexpr std::size_t kLongestName = 10;
    static constexpr std::string_view verbs[] = {"stat",    "say",  "specify",  "explain", "mention",
                                                 "indicat", "read", "stipulat", "provid"};
    for (std::size_t i = 1; i + 1 < tokens_.size() && i <= kLongestName; ++i) {
      const Token& verb = tokens_[i];
      if (verb.kind != TokenKind::kWord || verb.form != Form::kPlain) continue;
      if (std::find(std::begin(verbs), std::end(verbs), verb.key) == std::end(verbs)) continue;
      const Token& next = tokens_[i + 1];
      const bool that = next.kind == TokenKind::kSoft && next.key == "that";
      if (!that && !IsBreak(next, ":") && !IsBreak(next, ",") && verb.key == "provid") return false;
      if (!NameThePassage(tokens_, 0, i, passage_, names_)) return false;
      Drop(i + 1 + (next.kind == TokenKind::kBreak || that));
      return true;
    }
    return false;
  }

  // ", according to X."
  void StripTail() {
    for (std::size_t i = 1; i + 2 < tokens_.size(); ++i) {
      if (!IsWord(tokens_[i], "accord") || !IsOperator(tokens_[i + 1], "TO")) continue;
      std::size_t end = tokens_.size();
      while (end > i && tokens_[end - 1].kind == TokenKind::kBreak) --end;
      if (NameThePassage(tokens_, i + 2, end, passage_, names_)) tokens_.resize(i);
      return;
    }
  }

  std::vector<Token> tokens_;
  const Passage& passage_;
  Names names_;
};

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
    static constexpr std::string_view modals[] = {"MUST", "SHALL", "MAY", "MUSTNOT", "SHOULD", "MIGHT"};
    if (token.kind == TokenKind::kOperator &&
        std::find(std::begin(modals), std::end(modals), token.key) != std::end(modals))
      return false;
  }
  return true;
}

std::vector<Token> WithoutAttribution(std::vector<Token> tokens, const Passage& passage) {
  return Attribution(std::move(tokens), passage).Strip();
}

}  // namespace counsel::answers
