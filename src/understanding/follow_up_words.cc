#include "understanding/follow_up_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace counsel::understanding {
namespace {

// A time or a party is not what is asked about, but of when or of whom.
constexpr std::array<std::string_view, 36> kOfWhenOrWhom = {
    "year",     "month",   "week",      "day",       "quarter",   "weekend",   "tenant",   "landlord", "lessee",
    "lessor",   "buyer",   "seller",    "purchaser", "vendor",    "licensee",  "licensor", "employee", "employer",
    "borrower", "lender",  "guarantor", "company",   "recipient", "discloser", "customer", "supplier", "client",
    "director", "trustee", "executor",  "party",     "parties",   "owner",     "agent",    "others",   "subtenant"};

constexpr std::array<std::string_view, 5> kTimes = {"year", "month", "week", "day", "quarter"};

template <std::size_t N>
bool In(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

bool IsOfWhenOrWhom(const std::vector<Token>& phrase) {
  return std::any_of(phrase.begin(), phrase.end(), [](const Token& token) {
    const std::string_view word = token.lower;
    return In(word, kOfWhenOrWhom) || (word.ends_with('s') && In(word.substr(0, word.size() - 1), kOfWhenOrWhom));
  });
}

bool IsTime(const std::vector<Token>& phrase) {
  return std::any_of(phrase.begin(), phrase.end(), [](const Token& token) { return In(token.lower, kTimes); });
}

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

std::string WithoutMark(std::string text) {
  while (!text.empty() && (text.back() == '?' || text.back() == ' ' || text.back() == '.')) text.pop_back();
  return text;
}

std::string Replaced(const std::string& text, std::size_t start, std::size_t end, const std::string& by) {
  return text.substr(0, start) + by + text.substr(end);
}

Range FileName(std::string_view text) {
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = std::min(text.find_first_of(" \t\n", start), text.size());
    std::size_t last = end;
    while (last > start &&
           (text[last - 1] == '?' || text[last - 1] == ',' || text[last - 1] == ';' || text[last - 1] == '.'))
      --last;
    const std::size_t dot = text.substr(0, last).rfind('.');
    const bool ending = dot != std::string_view::npos && dot > start && last - dot >= 3 && last - dot <= 6 &&
                        std::all_of(text.begin() + static_cast<std::ptrdiff_t>(dot) + 1,
                                    text.begin() + static_cast<std::ptrdiff_t>(last),
                                    [](unsigned char c) { return std::isalnum(c) != 0; });
    if (ending) return {start, last};
    start = end + 1;
  }
  return {};
}

bool IsOfDocument(const std::vector<Token>& question) {
  static constexpr std::array<std::string_view, 16> kDocumentsDo = {
      "allow",   "permit", "say",     "state",   "require", "prohibit", "forbid",  "cover",
      "contain", "define", "mention", "provide", "let",     "govern",   "exclude", "restrict"};
  for (std::size_t i = 1; i < question.size(); ++i) {
    const bool does = std::find(kDocumentsDo.begin(), kDocumentsDo.end(), question[i].lower) != kDocumentsDo.end();
    if (question[i - 1].lower == "it" && does) return true;
  }
  return false;
}

bool IsDoneWithAgreements(const std::vector<Token>& question) {
  static constexpr std::array<std::string_view, 15> kDone = {
      "terminated", "ended",    "cancelled", "renewed", "varied",   "amended", "executed",  "rescinded",
      "entered",    "governed", "assigned",  "novated", "extended", "revoked", "repudiated"};
  const auto it = std::find_if(question.begin(), question.end(), [](const Token& one) { return one.lower == "it"; });
  if (question.end() - it < 3 || (it + 1)->lower != "be") return false;
  return std::find(kDone.begin(), kDone.end(), (it + 2)->lower) != kDone.end();
}

}  // namespace counsel::understanding
