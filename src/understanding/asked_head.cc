#include "understanding/asked_head.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "understanding/answer_kind.h"
#include "understanding/follow_up_words.h"

namespace counsel::understanding {
namespace {

template <std::size_t N>
bool In(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 6> kCopulas = {"is", "are", "was", "were", "s", "be"};
constexpr std::array<std::string_view, 13> kHelpers = {"does",  "do",    "did",    "may", "must", "can", "will",
                                                       "would", "shall", "should", "has", "have", "been"};
constexpr std::array<std::string_view, 14> kDeterminers = {"the", "a",   "an",  "any",   "our",  "my",    "your",
                                                           "its", "his", "her", "their", "this", "total", "each"};
// What ends the part of the question that has it: "the rent | of Flat 2", "resign | from the board".
constexpr std::array<std::string_view, 27> kBehind = {
    "of",     "for",   "in",   "at",     "under",  "on",      "to",      "from",  "by",
    "with",   "per",   "that", "which",  "who",    "if",      "when",    "after", "and",
    "before", "until", "as",   "within", "during", "without", "between", "into",  "or"};
// They say that a value is asked for, and not of what.
constexpr std::array<std::string_view, 54> kOfTheAsking = {
    "cost", "costs", "owe",    "owes",  "owed",   "earn",  "earns",  "spend",   "worth",     "get",      "gets",
    "give", "gives", "given",  "take",  "takes",  "taken", "happen", "happens", "last",      "lasts",    "long",
    "much", "many",  "amount", "total", "number", "date",  "day",    "period",  "time",      "duration", "due",
    "it",   "they",  "he",     "she",   "them",   "there", "made",   "paid",    "payable",   "pay",      "pays",
    "name", "sum",   "value",  "out",   "up",     "him",   "named",  "called",  "mentioned", "appointed"};

bool IsContent(const Token& token) {
  return token.lower.size() > 1 && !In(token.lower, kCopulas) && !In(token.lower, kHelpers) &&
         !In(token.lower, kDeterminers) && !In(token.lower, kOfTheAsking);
}

std::string_view LastLineOf(std::string_view question) {
  if (const std::size_t line = question.rfind('\n'); line != std::string_view::npos) question.remove_prefix(line + 1);
  if (const std::size_t part = question.rfind(';'); part != std::string_view::npos && part + 8 < question.size()) {
    question.remove_prefix(part + 1);
  }
  return question;
}

bool IsName(const std::vector<Token>& tokens, std::size_t i) {
  if (i == 0 || !tokens[i].capital) return false;
  std::size_t first = i;
  while (first > 1 && tokens[first - 1].capital) --first;
  return tokens[first - 1].lower != "the";
}

// The last word of [first, end) that says something; "" when it is a name.
std::string LastOf(const std::vector<Token>& tokens, std::size_t first, std::size_t end) {
  while (end > first && !IsContent(tokens[end - 1])) --end;
  return end == first || IsName(tokens, end - 1) ? "" : tokens[end - 1].lower;
}

std::size_t EndOfPart(const std::vector<Token>& tokens, std::size_t first) {
  std::size_t end = first;
  while (end < tokens.size() && !In(tokens[end].lower, kBehind)) ++end;
  return end;
}

// "the annual rent | payable", "the player | paid": of what is.
std::string OfNoun(const std::vector<Token>& tokens, std::size_t first) {
  std::size_t end = first;
  const auto is = [](const Token& token) { return token.lower != "s" && In(token.lower, kCopulas); };  // "Nora's"
  while (end < tokens.size() && !In(tokens[end].lower, kBehind) && !is(tokens[end]) &&
         !In(tokens[end].lower, kHelpers) && tokens[end].lower != "paid" && tokens[end].lower != "payable") {
    ++end;
  }
  return LastOf(tokens, first, end);
}

}  // namespace

std::string AskedHead(std::string_view asked) {
  const std::string_view question = LastLineOf(asked);
  const AnswerKind kind = AskedKind(question);
  if (!WantsValue(kind) && kind != AnswerKind::kWho) return "";
  const std::vector<Token> tokens = Tokens(question);
  static constexpr std::array<std::string_view, 6> kAsks = {"what", "which", "who", "when", "how", "whom"};
  const auto asks =
      std::find_if(tokens.begin(), tokens.end(), [](const Token& token) { return In(token.lower, kAsks); });
  auto at = static_cast<std::size_t>(asks - tokens.begin()) + 1;
  if (asks == tokens.end() || at >= tokens.size()) return "";
  if (asks->lower == "how") ++at;  // much, many, long, often
  if (at >= tokens.size()) return "";
  const bool is = In(tokens[at].lower, kCopulas);
  if (asks->lower == "when") return LastOf(tokens, at, EndOfPart(tokens, at));
  if (is) {
    const bool of_thing = at + 1 < tokens.size() && In(tokens[at + 1].lower, kDeterminers);
    return of_thing || asks->lower != "who" ? OfNoun(tokens, at + 1) : "";
  }
  if (asks->lower == "who" || asks->lower == "whom") return "";    // what is done has many words
  if (!In(tokens[at].lower, kHelpers)) return OfNoun(tokens, at);  // "what salary", "how many bees"
  const bool sum = kind == AnswerKind::kHowMuch;
  return sum ? LastOf(tokens, at, EndOfPart(tokens, at)) : "";
}

bool IsNameAt(std::string_view question, std::size_t at) {
  const std::size_t line = question.rfind('\n', at == 0 ? 0 : at - 1);
  const std::size_t start = line == std::string_view::npos || at == 0 ? 0 : line + 1;
  const std::vector<Token> tokens = Tokens(question.substr(start));
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].start <= at - start && at - start < tokens[i].end) return IsName(tokens, i);
  }
  return false;
}

}  // namespace counsel::understanding
