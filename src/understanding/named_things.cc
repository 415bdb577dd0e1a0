#include "understanding/named_things.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

#include "understanding/follow_up_words.h"
#include "understanding/naming.h"

namespace counsel::understanding {
namespace {

template <std::size_t N>
bool In(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 7> kLeads = {"for", "of", "in", "at", "under", "from", "to"};
// What stands before somebody or something that is asked about: "of Flat 2", "does Owen Tuck get".
constexpr std::array<std::string_view, 21> kBefore = {"of",    "for", "in",  "at",  "from", "to",     "with",
                                                      "does",  "do",  "did", "may", "must", "can",    "will",
                                                      "shall", "is",  "are", "was", "were", "should", "has"};

// Tokens [first, end) of the text.
struct Name {
  std::size_t first = 0;
  std::size_t end = 0;
};

bool IsNumber(const Token& token) {
  return std::isdigit(static_cast<unsigned char>(token.lower[0])) != 0;
}

// Runs of capitals with one blank between them; a number alone is a sum or a date.
std::vector<Name> NamesIn(std::string_view text, const std::vector<Token>& tokens, std::size_t from) {
  std::vector<Name> names;
  for (std::size_t i = from; i < tokens.size(); ++i) {
    if (!tokens[i].capital || IsNumber(tokens[i])) continue;
    Name name;
    name.first = i;
    // "HP-2231" and "Alder House" are one each.
    while (i + 1 < tokens.size() && tokens[i + 1].capital) {
      const std::string_view between = text.substr(tokens[i].end, tokens[i + 1].start - tokens[i].end);
      if (between != " " && between != "-" && between != "/") break;
      ++i;
    }
    name.end = i + 1;
    names.push_back(name);
  }
  return names;
}

std::string_view TextOf(std::string_view text, const std::vector<Token>& tokens, Name name) {
  return text.substr(tokens[name.first].start, tokens[name.end - 1].end - tokens[name.first].start);
}

bool OverlapsNaming(std::string_view text, const Token& first, const Token& last) {
  const std::vector<Naming> namings = FindNamings(text);
  return std::any_of(namings.begin(), namings.end(), [&](const Naming& naming) {
    return naming.name_start < last.end && first.start < naming.name_end;
  });
}

bool IsNumbered(const std::vector<Token>& tokens, Name name) {
  return name.end - name.first > 1 && IsNumber(tokens[name.end - 1]);
}

// "Flat 2" and "Flat 3", "HP-2231" and "KL-7", "Alder House" and "Birch House".
bool AreOfOneKind(const std::vector<Token>& a, Name one, const std::vector<Token>& b, Name other) {
  if (one.end - one.first != other.end - other.first || one.end - one.first < 2) return false;
  return a[one.first].lower == b[other.first].lower || a[one.end - 1].lower == b[other.end - 1].lower;
}

}  // namespace

std::vector<std::string> NamedThings(std::string_view question) {
  const std::vector<Token> tokens = Tokens(question);
  std::vector<std::string> things;
  for (const Name& name : NamesIn(question, tokens, 1)) {
    if (OverlapsNaming(question, tokens[name.first], tokens[name.end - 1])) continue;
    things.emplace_back(TextOf(question, tokens, name));
  }
  return things;
}

std::string OfAnotherThing(std::string_view phrase, std::string_view before) {
  std::vector<Token> here = Tokens(phrase);
  // "And Piet's?", of whom what is his was asked before.
  const bool possessive = here.size() > 1 && here.back().lower == "s";
  if (possessive) here.pop_back();
  std::size_t first = 0;
  while (first < here.size() && In(here[first].lower, kLeads)) ++first;
  const std::vector<Name> names = NamesIn(phrase, here, first);
  if (names.size() != 1 || names[0].first != first || names[0].end != here.size()) return "";
  const std::string thing(TextOf(phrase, here, names[0]));
  const std::vector<Token> there = Tokens(before);
  const std::vector<Name> asked = NamesIn(before, there, 1);
  const auto replaced = [&](Name name) {
    return std::string(before.substr(0, there[name.first].start)) + thing +
           std::string(before.substr(there[name.end - 1].end));
  };
  for (std::size_t i = asked.size(); i-- > 0;) {
    if (AreOfOneKind(here, names[0], there, asked[i])) return replaced(asked[i]);
  }
  std::vector<Name> alone;
  for (const Name& name : asked) {
    if (!OverlapsNaming(before, there[name.first], there[name.end - 1])) alone.push_back(name);
  }
  if (alone.size() != 1 || !In(there[alone[0].first - 1].lower, kBefore)) return "";
  // A person is no flat.
  if (IsNumbered(here, names[0]) != IsNumbered(there, alone[0])) return "";
  return replaced(alone[0]);
}

std::vector<CodedThing> CodedThings(std::string_view question) {
  static constexpr std::array<std::string_view, 14> kKinds = {"invoice", "order",   "claim", "policy",  "account",
                                                              "file",    "bill",    "case",  "ticket",  "shipment",
                                                              "quote",   "receipt", "batch", "delivery"};
  const std::vector<Token> tokens = Tokens(question);
  std::vector<CodedThing> things;
  for (const Name& name : NamesIn(question, tokens, 1)) {
    const std::string_view code = TextOf(question, tokens, name);
    const bool joined = code.find_first_of("-/") != std::string_view::npos && code.find(' ') == std::string_view::npos;
    if (!joined || code.find_first_of("0123456789") == std::string_view::npos) continue;
    CodedThing thing;
    thing.code = code;
    std::size_t before = name.first;
    while (before > 0 && (tokens[before - 1].lower == "no" || tokens[before - 1].lower == "number")) --before;
    if (before > 0 && In(tokens[before - 1].lower, kKinds)) thing.called = tokens[before - 1].lower;
    things.push_back(std::move(thing));
  }
  return things;
}

}  // namespace counsel::understanding
