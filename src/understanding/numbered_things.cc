#include "understanding/numbered_things.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "understanding/follow_up_words.h"
#include "understanding/name_words.h"

namespace counsel::understanding {
namespace {

constexpr int kMostOfAKind = 200;  // numbers that are looked for in a document's row, which has hashes alone
constexpr std::size_t kLongestNumber = 3;

template <std::size_t N>
bool In(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Also where somebody writes them without a capital, or first in a question.
constexpr std::array<std::string_view, 13> kThings = {"flat", "unit",  "plot",  "apartment", "room",   "lot",   "suite",
                                                      "shop", "phase", "villa", "bungalow",  "garage", "studio"};
// Parts of a text, times, laws: every document has them.
constexpr std::array<std::string_view, 48> kNoThings = {
    "clause",   "section",  "schedule",  "page",    "part",     "article",    "paragraph", "annex",
    "appendix", "rule",     "exhibit",   "form",    "tab",      "chapter",    "row",       "item",
    "note",     "version",  "volume",    "no",      "number",   "recital",    "column",    "sheet",
    "table",    "footnote", "january",   "may",     "february", "march",      "april",     "june",
    "july",     "august",   "september", "october", "act",      "regulation", "november",  "december",
    "sep",      "sept",     "jan",       "feb",     "year",     "day",        "line",      "step"};

bool IsNumber(std::string_view word) {
  return IsNumberWord(word) && word.size() <= kLongestNumber && word[0] != '0';
}

// As a document's row has it.
std::string Folded(std::string_view word) {
  const std::vector<NameWord> words = SplitName(word);
  return words.size() == 1 ? words[0].text : std::string(word);
}

std::vector<NumberedThing> ThingsOf(std::string_view text) {
  const std::vector<Token> tokens = Tokens(text);
  std::vector<NumberedThing> things;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const Token& word = tokens[i];
    const Token& number = tokens[i + 1];
    if (!IsNumber(number.lower) || text.substr(word.end, number.start - word.end) != " ") continue;
    const bool known = In(word.lower, kThings);
    const bool named = i > 0 && word.capital && !IsNumberWord(word.lower) && word.lower.size() > 2 &&
                       !In(word.lower, kNoThings) && !IsDocumentNoun(word.lower);
    if (!known && !named) continue;
    // "Flat 2/3", "Unit 2.5": another number than this.
    const char behind = number.end < text.size() ? text[number.end] : ' ';
    const bool goes_on = i + 2 < tokens.size() && tokens[i + 2].start == number.end + 1 && behind != ' ' &&
                         behind != ',' && IsNumberWord(tokens[i + 2].lower);
    if (goes_on) continue;
    NumberedThing thing;
    thing.what = Folded(word.lower);
    thing.number = number.lower;
    thing.words = text.substr(word.start, number.end - word.start);
    if (std::find(things.begin(), things.end(), thing) == things.end()) things.push_back(std::move(thing));
  }
  return things;
}

}  // namespace

std::vector<NumberedThing> NumberedThings(std::string_view question) {
  for (;;) {
    const std::size_t line = question.rfind('\n');
    std::vector<NumberedThing> things = ThingsOf(line == std::string_view::npos ? question : question.substr(line + 1));
    if (!things.empty() || line == std::string_view::npos) return things;
    question = question.substr(0, line);
  }
}

bool TellsOfAnother(const std::vector<NumberedThing>& things, std::string_view sentence) {
  if (things.empty()) return false;
  const std::vector<Token> tokens = Tokens(sentence);
  bool another = false;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!IsNumber(tokens[i + 1].lower) || tokens[i + 1].start != tokens[i].end + 1) continue;
    for (const NumberedThing& thing : things) {
      if (tokens[i].lower != thing.what) continue;
      if (std::any_of(things.begin(), things.end(), [&](const NumberedThing& one) {
            return one.what == thing.what && one.number == tokens[i + 1].lower;
          })) {
        return false;
      }
      another = true;
    }
  }
  return another;
}

NumberedDocuments::NumberedDocuments(const std::vector<NumberedThing>& things) {
  for (const NumberedThing& thing : things) {
    if (std::any_of(kinds_.begin(), kinds_.end(), [&](const Kind& kind) { return kind.what == thing.what; })) continue;
    Kind& kind = kinds_.emplace_back();
    kind.what = thing.what;
    kind.word = HashOfWord(thing.what);
    kind.several = HashOfWord(thing.what + "s");
    for (const NumberedThing& one : things) {
      if (one.what == kind.what) kind.these.push_back(HashOfWord(Numbered(one.what, one.number)));
    }
    for (int number = 1; number <= kMostOfAKind; ++number) {
      const std::uint32_t hash = HashOfWord(Numbered(kind.what, std::to_string(number)));
      if (std::find(kind.these.begin(), kind.these.end(), hash) == kind.these.end()) kind.others.push_back(hash);
    }
  }
}

std::vector<std::uint32_t> NumberedDocuments::words() const {
  std::vector<std::uint32_t> words;
  for (const Kind& kind : kinds_) {
    words.insert(words.end(), {kind.word, kind.several});
    words.insert(words.end(), kind.these.begin(), kind.these.end());
    words.insert(words.end(), kind.others.begin(), kind.others.end());
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::vector<std::uint32_t> NumberedDocuments::things() const {
  std::vector<std::uint32_t> things;
  for (const Kind& kind : kinds_) things.push_back(kind.word);
  return things;
}

// A long word's plural is folded into it.
bool NumberedDocuments::AsksForName(std::string_view packed) const {
  return std::any_of(kinds_.begin(), kinds_.end(), [packed](const Kind& kind) {
    return FindInRow(packed, kind.word).in_name + FindInRow(packed, kind.several).in_name > 0;
  });
}

Standing NumberedDocuments::Of(std::string_view name, std::string_view packed) const {
  bool here = false;
  bool elsewhere = false;
  const std::string plain = PlainFileName(name);
  for (const Kind& kind : kinds_) {
    if (FindInRow(packed, kind.word).in_name + FindInRow(packed, kind.word).in_text == 0) continue;
    // "Rules for Flats 1 to 9" are of all of them.
    const std::vector<std::string> words = LowerWords(plain);
    if (std::find(words.begin(), words.end(), kind.what + "s") != words.end()) continue;
    const auto any = [&packed](const std::vector<std::uint32_t>& hashes, std::uint8_t RowWord::*where) {
      return std::any_of(hashes.begin(), hashes.end(),
                         [&](std::uint32_t hash) { return FindInRow(packed, hash).*where > 0; });
    };
    if (any(kind.these, &RowWord::in_name)) {
      here = true;
    } else if (any(kind.others, &RowWord::in_name)) {
      elsewhere = true;
    } else if (any(kind.these, &RowWord::in_text)) {
      here = true;
    } else {
      elsewhere |= any(kind.others, &RowWord::in_text);
    }
  }
  if (elsewhere) return Standing::kHasAnother;
  return here ? Standing::kHasIt : Standing::kSaysNothing;
}

}  // namespace counsel::understanding
