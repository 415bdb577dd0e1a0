// The places that a question names.
#include "understanding/place.h"

#include <algorithm>
#include <utility>

#include "understanding/name_words.h"
#include "understanding/place_words.h"

namespace counsel::understanding {
namespace {

constexpr std::size_t kMostPlaces = 3;
constexpr std::size_t kLongestTerm = 80;

bool IsRoman(std::string_view text) {
  return !text.empty() && text.size() <= 6 && text.find_first_not_of("IVXLC") == kNone;
}

// "17.3", "172(1)(b)", "4A", "IX", "(c)", "B" at `at`: where it ends, and its parts. false: no label stands there.
bool ReadLabel(std::string_view text, std::size_t at, PlaceAsked* place) {
  const std::size_t begin = at;
  while (at < text.size() && IsDigit(text[at])) {
    while (at < text.size() && IsDigit(text[at])) ++at;
    if (at + 1 < text.size() && text[at] == '.' && IsDigit(text[at + 1])) ++at;
  }
  if (at > begin) {
    if (at - begin > 12) return false;
    // "4A"
    if (at < text.size() && text[at] >= 'A' && text[at] <= 'Z' && (at + 1 == text.size() || !IsLetter(text[at + 1])))
      ++at;
  } else if (text[at] != '(') {
    std::size_t end = at;
    while (end < text.size() && text[end] >= 'A' && text[end] <= 'Z') ++end;
    const std::string_view word = text.substr(at, end - at);
    const bool ended = end == text.size() || (!IsLetter(text[end]) && !IsDigit(text[end]));
    if (!ended || word.empty() || (word.size() > 1 && !IsRoman(word))) return false;
    at = end;
  }
  place->label = text.substr(begin, at - begin);
  while (at < text.size() && text[at] == '(') {
    const std::size_t close = text.find(')', at);
    if (close == kNone || close - at > 6 || close == at + 1) break;
    const std::string inner = LowerOf(text.substr(at, close + 1 - at));
    if (!std::all_of(inner.begin() + 1, inner.end() - 1, [](char c) { return IsDigit(c) || IsLetter(c); })) break;
    if (place->label.empty()) {
      place->label = inner.substr(1, inner.size() - 2);
    } else {
      place->within.push_back(inner);
    }
    at = close + 1;
  }
  place->end = at;
  return !place->label.empty();
}

// A noun with its label: "clause 17.3", "§ 5", "s.172(1)(b)".
void FindLabelled(std::string_view question, std::vector<PlaceAsked>* places) {
  for (const NameWord& word : SplitName(question)) {
    const auto noun =
        std::find_if(kNouns.begin(), kNouns.end(), [&word](const Noun& one) { return one.word == word.text; });
    if (noun == kNouns.end()) continue;
    std::size_t at = word.end;
    while (at < question.size() && (question[at] == ' ' || question[at] == '.')) ++at;
    if (at >= question.size() || (word.text.size() == 1 && !IsDigit(question[at]))) continue;
    PlaceAsked place;
    if (!ReadLabel(question, at, &place)) continue;
    const bool number = IsDigit(place.label[0]);
    if (noun->kind == PlaceKind::kPage && !number) continue;
    if (noun->kind == PlaceKind::kRecital && number && place.label.size() > 2) continue;
    // "Section A"? Schedules and recitals have letters, clauses only Roman numerals.
    if (noun->kind == PlaceKind::kClause && !number && !IsRoman(place.label) && question[at] != '(') continue;
    place.kind = noun->kind;
    place.noun = noun->word;
    place.start = word.start;
    place.words = question.substr(place.start, place.end - place.start);
    places->push_back(std::move(place));
  }
  constexpr std::string_view kSign = "\xC2\xA7";
  for (std::size_t at = question.find(kSign); at != kNone; at = question.find(kSign, at + 1)) {
    std::size_t label = at + kSign.size();
    while (label < question.size() && question[label] == ' ') ++label;
    PlaceAsked place;
    if (label >= question.size() || !IsDigit(question[label]) || !ReadLabel(question, label, &place)) continue;
    place.noun = "section";
    place.start = at;
    place.words = question.substr(at, place.end - at);
    places->push_back(std::move(place));
  }
}

// The term at `at`: in quotes, or words that begin with capitals, or all up to the end of the question.
std::string TermAt(std::string_view text, std::size_t at, std::size_t* end) {
  while (at < text.size() && text[at] == ' ') ++at;
  for (const std::string_view lead : {"the term ", "a ", "an ", "the "}) {
    if (LowerOf(text.substr(at, lead.size())) == lead) {
      at += lead.size();
      break;
    }
  }
  for (const Quote& quote : kQuotes) {
    if (text.substr(at, quote.open.size()) != quote.open) continue;
    const std::size_t begin = at + quote.open.size();
    const std::size_t close = text.find(quote.close, begin);
    if (close == kNone || close - begin > kLongestTerm) return "";
    *end = close + quote.close.size();
    return std::string(text.substr(begin, close - begin));
  }
  std::size_t last = at;
  for (const NameWord& word : SplitName(text.substr(at))) {
    const std::string_view between = text.substr(last, at + word.start - last);
    if (last > at && between.find_first_of(",;:?.!()") != kNone) break;
    const bool joins = word.text == "of" || word.text == "and" || word.text == "or";
    if (!word.capital && !joins) break;
    if (!joins) last = at + word.end;
  }
  *end = last;
  return std::string(text.substr(at, last - at));
}

void AddDefinition(std::string_view question, std::size_t start, std::string term, std::size_t end,
                   std::vector<PlaceAsked>* places) {
  if (term.size() < 2 || term.size() > kLongestTerm) return;
  PlaceAsked place;
  place.kind = PlaceKind::kDefinition;
  place.label = std::move(term);
  place.start = start;
  place.end = end;
  place.words = question.substr(start, end - start);
  places->push_back(std::move(place));
}

// "the definition of X", "meaning of X", "define X", "what does 'X' mean", "how is X defined".
void FindDefinitions(std::string_view question, std::vector<PlaceAsked>* places) {
  const std::string lower = LowerOf(question);
  for (const std::string_view lead : {"definition of ", "definition for ", "meaning of ", "define "}) {
    const std::size_t at = lower.find(lead);
    if (at == kNone) continue;
    std::size_t end = 0;
    std::string term = TermAt(question, at + lead.size(), &end);
    AddDefinition(question, at, std::move(term), end, places);
    return;
  }
  for (const auto& [lead, behind] : {std::pair<std::string_view, std::string_view>{"what does ", " mean"},
                                     {"what do ", " mean"},
                                     {"how is ", " defined"},
                                     {"how are ", " defined"},
                                     {"what is meant by ", ""}}) {
    const std::size_t at = lower.find(lead);
    if (at == kNone) continue;
    std::size_t end = 0;
    std::string term = TermAt(question, at + lead.size(), &end);
    if (term.empty() || lower.compare(end, behind.size(), behind) != 0) continue;
    AddDefinition(question, at, std::move(term), end, places);
    return;
  }
}

void FindUnlabelled(std::string_view question, std::vector<PlaceAsked>* places) {
  const std::string lower = LowerOf(question);
  struct Phrase {
    std::string_view words;
    PlaceKind kind;
  };
  for (const Phrase& phrase :
       {Phrase{"who are the parties", PlaceKind::kParties}, Phrase{"who is it between", PlaceKind::kParties},
        Phrase{"names of the parties", PlaceKind::kParties}, Phrase{"signature block", PlaceKind::kSignatures},
        Phrase{"signature page", PlaceKind::kSignatures}, Phrase{"who signed", PlaceKind::kSignatures},
        Phrase{"who wrote", PlaceKind::kSignatures}, Phrase{"who sent", PlaceKind::kSignatures},
        Phrase{"who witnessed", PlaceKind::kSignatures}, Phrase{"who are the witnesses", PlaceKind::kSignatures},
        Phrase{"who were the witnesses", PlaceKind::kSignatures}, Phrase{"who is it from", PlaceKind::kSignatures}}) {
    const std::size_t at = lower.find(phrase.words);
    if (at == kNone) continue;
    PlaceAsked place;
    place.kind = phrase.kind;
    place.noun = phrase.kind == PlaceKind::kParties ? "parties" : "signatures";
    place.words = question.substr(at, phrase.words.size());
    place.start = at;
    place.end = at + phrase.words.size();
    places->push_back(std::move(place));
  }
}

}  // namespace

std::vector<PlaceAsked> FindPlacesAsked(std::string_view question) {
  std::vector<PlaceAsked> places;
  FindLabelled(question, &places);
  FindDefinitions(question, &places);
  FindUnlabelled(question, &places);
  std::sort(places.begin(), places.end(), [](const PlaceAsked& a, const PlaceAsked& b) { return a.start < b.start; });
  if (places.size() > kMostPlaces) places.resize(kMostPlaces);
  return places;
}

}  // namespace counsel::understanding
