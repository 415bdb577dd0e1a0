#include "review/cells.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "review/candidates.h"
#include "text/contents.h"

namespace counsel::review {
namespace {

using judging::Grade;

Range Bytes(const Wording& wording, std::size_t first, std::size_t last) {
  if (first >= last || last > wording.size()) return Range();
  return Range(wording[first].start, wording[last - 1].end);
}

// Two values that are the same thing: names without regard to capitals, sums where one leaves out "per year".
std::string Key(Type type, const std::string& value) {
  if (type == Type::kSum) return value.substr(0, value.find(" per "));
  if (type != Type::kParty) return value;
  std::string key;
  for (const std::string& stem : StemsOf(value)) {
    const bool and_sign = stem == "and" || stem == "&";
    const std::string_view one = stem == "ltd" ? "limit" : and_sign ? "" : std::string_view(stem);
    key.append(one).append(" ");
  }
  return key;
}

bool SaysPer(const std::string& value) {
  return value.find(" per ") != std::string::npos;
}

void Doubt(Cell* cell, std::string why) {
  if (cell->grade == Grade::kSupported) cell->grade = Grade::kNear;
  if (cell->why.empty()) cell->why = std::move(why);
}

Cell CellOf(const Candidate& one, const Wording& wording) {
  Cell cell;
  cell.value = one.value.text;
  cell.place = Bytes(wording, one.value.first, one.value.last);
  cell.quote = wording.SentenceAround(Bytes(wording, one.first, one.last));
  cell.grade = one.bound && one.doubt.empty() ? Grade::kSupported : Grade::kNear;
  cell.why = one.doubt;
  return cell;
}

Cell ChooseValue(const Column& column, const Wording& wording) {
  const std::vector<Candidate> all = FindCandidates(column, wording);
  const Candidate* best = nullptr;
  const auto rank = [](const Candidate& one) { return (one.bound ? 0 : 2) + (one.doubt.empty() ? 0 : 1); };
  for (const Candidate& one : all) {
    if (best == nullptr || rank(one) < rank(*best)) best = &one;
  }
  if (best == nullptr) return Cell();
  // The same sum where it says for which time.
  const std::string key = Key(column.type, best->value.text);
  for (const Candidate& one : all) {
    const bool same = rank(one) == rank(*best) && Key(column.type, one.value.text) == key;
    if (same && SaysPer(one.value.text) && !SaysPer(best->value.text)) best = &one;
  }
  Cell cell = CellOf(*best, wording);
  for (const Candidate& one : all) {
    if (!one.bound || one.past) continue;
    const bool other_time = SaysPer(one.value.text) && SaysPer(cell.value) && one.value.text != cell.value;
    if (Key(column.type, one.value.text) == key && !other_time) continue;
    Doubt(&cell, "the document also states " + one.value.text);
    break;
  }
  return cell;
}

// ---- yes and no ----

struct Said {
  Said() = default;
  bool yes = false;
  std::size_t first = 0;
  std::size_t last = 0;
  std::string doubt;
};

bool IsDenied(const Wording& wording, std::size_t first, std::size_t words) {
  static constexpr std::array<std::string_view, 10> kDenials = {"not",     "no",      "never",  "nor",  "neither",
                                                                "nothing", "without", "nobody", "none", "cannot"};
  const std::size_t from = std::max(SentenceFirst(wording, first), first > words ? first - words : 0);
  for (std::size_t i = from; i < first; ++i) {
    if (std::find(kDenials.begin(), kDenials.end(), Word(wording, i)) != kDenials.end()) return true;
  }
  return false;
}

// Conditions take nothing from a yes or no but its certainty.
std::string ConditionOf(const Wording& wording, std::size_t first, std::size_t last) {
  static constexpr std::array<std::string_view, 9> kConditions = {"unless", "except", "provided", "if",  "save",
                                                                  "until",  "former", "previous", "only"};
  for (std::size_t i = SentenceFirst(wording, first); i < SentenceLast(wording, last - 1); ++i) {
    if (std::find(kConditions.begin(), kConditions.end(), Word(wording, i)) != kConditions.end()) {
      return "on a condition: '" + std::string(Word(wording, i)) + "'";
    }
  }
  return "";
}

void Collect(const std::vector<Form>& forms, bool yes, const Column& column, const Wording& wording,
             std::vector<Said>* all) {
  for (const Form& form : forms) {
    for (const Form::Found& found : form.Find(wording)) {
      if (IsOfSomethingElse(column, wording, found.first, found.last)) continue;
      Said one;
      one.yes = yes;
      one.first = found.first;
      one.last = found.last;
      const bool denies = form.Denies();
      const bool denied_within = yes && !denies && IsDenied(wording, found.last - 1, found.last - 1 - found.first);
      if (denied_within) continue;
      if (!denies && IsDenied(wording, found.first, 8)) {
        // "shall not be entitled to break": the form itself says yes, its sentence does not.
        if (yes) continue;
        one.doubt = "the sentence denies it twice";
      } else {
        one.doubt = ConditionOf(wording, found.first, found.last);
      }
      all->push_back(std::move(one));
    }
  }
}

// Of a column without forms for yes and no: what the sentence about it says at first sight.
void Guess(const Column& column, const Wording& wording, std::vector<Said>* all) {
  for (const Form& form : column.about) {
    for (const Form::Found& found : form.Find(wording)) {
      Said one;
      one.first = found.first;
      one.last = found.last;
      bool modal = false;
      one.yes = true;
      for (std::size_t i = SentenceFirst(wording, found.first); i < SentenceLast(wording, found.last - 1); ++i) {
        const std::string_view word = Word(wording, i);
        if (word == "not" || word == "no" || word == "never") one.yes = false;
        if (word == "shall" || word == "must" || word == "may" || word == "will" || word == "is") modal = true;
      }
      if (!modal) continue;
      one.doubt = "the column has no forms of words for yes and no";
      all->push_back(std::move(one));
      return;
    }
  }
}

Cell ChooseYesNo(const Column& column, const Wording& wording) {
  std::vector<Said> all;
  Collect(column.no, false, column, wording, &all);
  Collect(column.yes, true, column, wording, &all);
  if (column.no.empty() && column.yes.empty()) Guess(column, wording, &all);
  if (all.empty()) return Cell();
  const Said* best = &all.front();
  for (const Said& one : all) {
    if (one.doubt.empty() && !best->doubt.empty()) best = &one;
  }
  Cell cell;
  cell.value = best->yes ? "yes" : "no";
  cell.quote = wording.SentenceAround(Bytes(wording, best->first, best->last));
  cell.grade = best->doubt.empty() ? Grade::kSupported : Grade::kNear;
  cell.why = best->doubt;
  const bool both = std::any_of(all.begin(), all.end(), [best](const Said& one) { return one.yes != best->yes; });
  if (both) Doubt(&cell, "the document says both");
  return cell;
}

// ---- texts and clauses ----

// A heading, a line of a table of contents or a fragment says nothing.
bool SaysSomething(const Wording& wording, Range sentence) {
  static constexpr std::array<std::string_view, 14> kVerbs = {"shall", "must",       "may",      "will", "is",
                                                              "are",   "agrees",     "means",    "has",  "have",
                                                              "agree", "undertakes", "warrants", "be"};
  if (text::LooksLikeContents(sentence.Of(wording.text()))) return false;
  for (std::size_t i = wording.WordFrom(sentence.start); i < wording.size() && wording[i].end <= sentence.end; ++i) {
    if (std::find(kVerbs.begin(), kVerbs.end(), Word(wording, i)) != kVerbs.end()) return true;
  }
  return false;
}

// What points elsewhere, or was never filled in, is no answer.
std::string DoubtOfPhrase(const Wording& wording, Range place) {
  static constexpr std::array<std::string_view, 9> kPoints = {"this", "these", "that", "those", "such",
                                                              "its",  "which", "it",   "clause"};
  const std::string_view first = Word(wording, wording.WordFrom(place.start));
  if (std::find(kPoints.begin(), kPoints.end(), first) != kPoints.end()) return "it points to something else";
  const std::size_t before = place.start > 0 ? place.start - 1 : 0;
  const std::string_view with_sign = wording.text().substr(before, place.end - before);
  const bool blank = with_sign.find_first_of("[_") != std::string_view::npos;
  return blank ? "it is a blank that was not filled in" : "";
}

// What follows the form up to where its clause ends: "governed by the law of {}" → "England and Wales".
Range Phrase(const Wording& wording, std::size_t from) {
  constexpr std::size_t kMost = 25;
  std::size_t at = from;
  while (at < wording.size() && at - from < kMost && (at == from || !wording.BreakBefore(at))) {
    const char sign = wording[at].punctuation;
    if ((sign == ',' && !wording.CapitalAt(at + 1)) || sign == '(' || sign == ')' || sign == ';') break;
    if (sign == '.' && wording.BreakBefore(at + 1)) break;
    if (at > from && wording.EndsShortLine(at)) break;
    if (at > from &&
        (Word(wording, at) == "without" || Word(wording, at) == "excluding" || Word(wording, at) == "shall"))
      break;
    ++at;
  }
  while (at > from && (wording[at - 1].text.empty() || Word(wording, at - 1) == "and")) --at;
  return at - from < kMost ? Bytes(wording, from, at) : Range();
}

Cell ChooseText(const Column& column, const Wording& wording) {
  Cell found_first;
  for (const Form& form : column.about) {
    for (const Form::Found& found : form.Find(wording)) {
      if (IsOfSomethingElse(column, wording, found.first, found.last)) continue;
      if (!form.has_value() && !found_first.value.empty()) continue;
      Cell cell;
      cell.quote = wording.SentenceAround(Bytes(wording, found.first, found.last));
      cell.place = cell.quote;
      if (form.has_value()) {
        std::size_t from = found.last;
        while (from < wording.size() && (wording[from].punctuation == ':' || Word(wording, from) == "the")) ++from;
        cell.place = Phrase(wording, from);
        if (cell.place.empty()) continue;
        cell.quote = wording.SentenceAround(Range(wording[found.first].start, cell.place.end));
      } else if (!SaysSomething(wording, cell.quote)) {
        continue;
      }
      cell.value = cell.place.Of(wording.text());
      for (char& c : cell.value) {
        if (c == '\n' || c == '\t' || c == '\f') c = ' ';
      }
      cell.why = form.has_value() ? DoubtOf(wording, found.first, found.last) : "";
      if (cell.why.empty() && form.has_value()) cell.why = DoubtOfPhrase(wording, cell.place);
      cell.grade = cell.why.empty() ? Grade::kSupported : Grade::kNear;
      if (cell.grade == Grade::kSupported && !form.has_value()) return cell;
      if (found_first.value.empty()) found_first = cell;
      if (form.has_value() && Key(Type::kParty, cell.value) != Key(Type::kParty, found_first.value)) {
        Doubt(&found_first, "the document also says " + cell.value);
      }
    }
  }
  return found_first;
}

// ---- where nothing is found ----

std::set<std::string> AskedStems(const Column& column) {
  std::set<std::string> stems;
  for (const std::vector<Form>* forms : {&column.about, &column.yes, &column.no}) {
    for (const Form& form : *forms) {
      for (const std::string& stem : form.Stems()) {
        if (stem.size() > 3) stems.insert(stem);
      }
    }
  }
  return stems;
}

// The sentence that has most of what is asked about; rare words count more.
Range Nearest(const Column& column, const Wording& wording) {
  std::map<std::size_t, double> scores;  // by the first word of a sentence
  for (const std::string& stem : AskedStems(column)) {
    const std::vector<std::size_t>& places = wording.At(stem);
    const double weight =
        std::log(1.0 + static_cast<double>(wording.size()) / (1.0 + static_cast<double>(places.size())));
    std::size_t last = wording.size();
    for (const std::size_t i : places) {
      const std::size_t sentence = SentenceFirst(wording, i);
      if (sentence != last) scores[sentence] += weight;
      last = sentence;
    }
  }
  const auto best =
      std::max_element(scores.begin(), scores.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (best == scores.end()) return Range();
  return wording.SentenceAround(Bytes(wording, best->first, SentenceLast(wording, best->first)));
}

Cell Empty(const Column& column, const Wording& wording) {
  Cell cell;
  const std::size_t forms = column.about.size() + column.yes.size() + column.no.size();
  cell.why = "searched " + std::to_string(wording.size()) + " words for " + std::to_string(forms) +
             (forms == 1 ? " form of words" : " forms of words") + " and a " + std::string(TypeName(column.type)) +
             " with it";
  cell.quote = Nearest(column, wording);
  return cell;
}

}  // namespace

Cell FillCell(const Column& column, const Wording& wording, const std::vector<Range>& unsure) {
  Cell cell;
  switch (column.type) {
    case Type::kYesNo:
      cell = ChooseYesNo(column, wording);
      break;
    case Type::kText:
    case Type::kClause:
      cell = ChooseText(column, wording);
      break;
    case Type::kDate:
    case Type::kSum:
    case Type::kParty:
    case Type::kPeriod:
    case Type::kPercent:
      cell = ChooseValue(column, wording);
      break;
  }
  if (cell.value.empty()) return Empty(column, wording);
  const bool badly_read = std::any_of(unsure.begin(), unsure.end(), [&cell](const Range& range) {
    return range.start < cell.quote.end && range.end > cell.quote.start;
  });
  if (badly_read) Doubt(&cell, "the page was read by OCR with little confidence");
  return cell;
}

}  // namespace counsel::review
