#include "judging/contradiction.h"

#include <algorithm>

#include "judging/comparison.h"
#include "judging/grammar.h"
#include "judging/language.h"
#include "judging/lexicon.h"
#include "judging/reading.h"
#include "judging/statements.h"

namespace counsel::judging {
namespace {

bool IsMeasure(const Unit& unit) {
  return In(unit.key, {"month", "year", "week", "day", "quarter", "hour", "annum", "square"});
}

// A sum, a share, a span: not a bare number, which may be of anything.
bool IsQuantity(const Unit& unit) {
  return unit.kind == UnitKind::kValue && (unit.key.find(' ') != std::string::npos || unit.key.starts_with("date:"));
}

std::string_view KindOf(std::string_view key) {
  if (key.starts_with("date:")) return "date";
  const std::size_t space = key.find(' ');
  return space == std::string_view::npos ? key : key.substr(space + 1);
}

void ReadValues(std::string_view text, const Reading& reading, std::vector<StatedValue>* values) {
  const bool restricted = std::any_of(reading.clauses.begin(), reading.clauses.end(), [](const Clause& clause) {
    return Restricts(clause.kind) || clause.only || clause.negative || clause.past;
  });
  if (restricted) return;
  const std::vector<Unit>& units = reading.units;
  for (std::size_t c = 0; c < reading.clauses.size(); ++c) {
    const Clause& clause = reading.clauses[c];
    if (clause.kind != ClauseKind::kMain || clause.boundary < 0 || !In(clause.modal, {"", "MUST", "WILL", "ISTO"}))
      continue;
    auto at = static_cast<std::size_t>(clause.boundary);
    // "shall be £500": nothing stands between but light words.
    while (at < units.size() && units[at].light && units[at].kind == UnitKind::kWord) ++at;
    if (at >= units.size() || units[at].clause != static_cast<int>(c) || !IsQuantity(units[at])) continue;
    if (!In(units[at].preposition, {"", "AT", "OF", "FOR"})) continue;
    StatedValue value;
    value.key = units[at].key;
    value.bound = units[at].bound;
    std::size_t end = units[at].end;
    if (at + 1 < units.size() && units[at + 1].clause == units[at].clause && IsMeasure(units[at + 1])) {
      value.measure = units[at + 1].key;
      end = units[at + 1].end;
    }
    value.says = std::string(text.substr(units[at].start, end - units[at].start));
    for (std::size_t i = 0; i < static_cast<std::size_t>(clause.boundary); ++i) {
      const Unit& unit = units[i];
      if (unit.clause != static_cast<int>(c) || !Comparison::Counts(unit)) continue;
      if (unit.kind == UnitKind::kValue && unit.key.starts_with("date:")) continue;  // "From 1 March"
      value.about.push_back({unit.key, unit.family, unit.preposition});
      if (unit.preposition.empty()) value.name += (value.name.empty() ? "" : " ") + unit.word;
    }
    if (!value.name.empty()) values->push_back(std::move(value));
  }
}

bool Same(const StatedValue::Word& one, const StatedValue::Word& other) {
  return one.key == other.key || one.family == other.family || AreSynonyms(one.key, other.key);
}

// Each word of the one has its like in the other, where the other says anything of that sort.
bool Covers(const StatedValue& one, const StatedValue& other) {
  return std::all_of(one.about.begin(), one.about.end(), [&](const StatedValue::Word& word) {
    bool any = false;
    for (const StatedValue::Word& there : other.about) {
      if (there.preposition != word.preposition) continue;
      any = true;
      if (Same(word, there)) return true;
    }
    return !any && !word.preposition.empty();
  });
}

}  // namespace

std::vector<StatedValue> ValuesStated(std::string_view sentence) {
  std::vector<StatedValue> values;
  if (!IsEnglish(sentence)) return values;
  const Words words = Rewritten(sentence, text::SplitWords(sentence, 0, sentence.size()));
  ReadValues(sentence, Read(sentence, words), &values);
  if (!values.empty()) return values;
  for (Words& statement : StatementsOf(sentence, words))
    ReadValues(sentence, Read(sentence, std::move(statement)), &values);
  return values;
}

bool Disagree(const StatedValue& one, const StatedValue& other) {
  if (one.key == other.key && one.bound == other.bound) return false;
  if (one.key != other.key && KindOf(one.key) != KindOf(other.key)) return false;
  if (one.bound != other.bound || one.measure != other.measure) return false;
  return Covers(one, other) && Covers(other, one);
}

}  // namespace counsel::judging
