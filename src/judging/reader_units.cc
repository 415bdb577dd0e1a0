// Units: values and content words, each with what governs it.
#include <algorithm>
#include <utility>

#include "judging/grammar.h"
#include "judging/reader.h"
#include "judging/values.h"

namespace counsel::judging {

bool Reader::TakeValue() {
  const Value value = FindValue(text_, words_, at_);
  if (value.words == 0) return false;
  Unit unit;
  unit.kind = UnitKind::kValue;
  unit.key = value.key;
  unit.bound = std::exchange(bound_, "");
  // "one copy": as "a copy"
  unit.light = value.key == "1" && unit.bound.empty();
  // "under clause 4.2": it may stay unsaid where something stands.
  if (!out_.units.empty() && In(out_.units.back().key, {"claus", "section", "paragraph", "schedul"}) &&
      In(preposition_, {"UNDER", "AT", "BY"}))
    unit.spare = out_.units.back().spare = true;
  const bool year = unit.key.size() == 4 && (unit.key.starts_with("19") || unit.key.starts_with("20")) &&
                    !out_.units.empty() && out_.units.back().capital;
  const bool date = unit.key.starts_with("date:") || year;
  // "one loan", where each of them is meant
  const bool one = unit.key == "1" && unit.light;
  Add(std::move(unit), at_, value.words);
  if (one) quantifier_ = "ONE";
  at_ += value.words;
  // "From 1 February 2026 two directors must": a date ends its phrase.
  if (date) EndPhrase();
  return true;
}

void Reader::Add(Unit unit, std::size_t first, std::size_t count) {
  const text::RawWord& word = words_[first];
  // "shall within five days reimburse": the modal waits for its verb.
  waits_ = waits_ && !modal_.empty() && !IsBaseVerb(word.text);
  const bool keeps = unit.adverb || waits_;
  if (!modal_.empty() && !keeps) EndPhrase();
  unit.family = unit.kind == UnitKind::kWord ? Family(unit.key) : unit.key;
  unit.start = word.start;
  unit.end = words_[first + count - 1].end;
  unit.word = std::string(text_.substr(unit.start, unit.end - unit.start));
  unit.clause = clause_;
  unit.chunk = chunk_;
  unit.article = article_;
  unit.preposition = preposition_;
  unit.limit = limit_;
  unit.modal = keeps ? "" : std::exchange(modal_, "");
  unit.quantifier = std::exchange(quantifier_, "");
  unit.only = std::exchange(only_, false);
  unit.negated = std::exchange(not_, false);
  unit.verb = !unit.modal.empty() || (be_ && unit.participle);
  if (be_ && unit.participle && clause().verb < 0) clause().passive = true;
  if (!unit.adverb) be_ = false;
  if (unit.verb && clause().verb < 0) clause().verb = static_cast<int>(out_.units.size());
  if (comma_) out_.commas.push_back(out_.units.size());
  comma_ = false;
  out_.units.push_back(std::move(unit));
}

void Reader::TakeContent(const text::RawWord& word) {
  const text::Stem stem = text::Fold(word.text);
  if (!be_ && ReducedFollows(at_)) OpenReduced();
  Unit unit;
  unit.key = std::exchange(non_, false) ? "non" + stem.text : stem.text;
  if (In(word.text, {"your", "yours"})) unit.key = "you";
  if (In(word.text, {"our", "us", "ours"})) unit.key = "we";
  if (In(word.text, {"my", "me", "mine", "myself"})) unit.key = "i";
  unit.possessive = stem.possessive || In(word.text, {"your", "our", "my"}) ||
                    (word.end < text_.size() && word.text.ends_with("s") &&
                     (text_[word.end] == '\'' || text_.substr(word.end, 3) == "\u2019"));
  unit.participle = stem.past;
  unit.capital = Capital(word);
  unit.adverb = (word.text.size() > 4 && word.text.ends_with("ly") && !IsBaseVerb(word.text)) ||
                In(word.text, {"also", "then", "further", "otherwise", "afterwards", "thereafter", "thus", "therefore",
                               "still", "however", "nevertheless"});
  const bool own_document =
      IsDocumentNoun(unit.key) && !preposition_.empty() && at_ > 0 && In(words_[at_ - 1].text, {"this", "the"});
  // "that sum", said before
  const bool pointed =
      at_ > 0 && !In(unit.key, {"you", "we", "i"}) &&
      In(words_[at_ - 1].text, {"that", "such", "those", "said", "this", "these"}) &&
      std::any_of(out_.units.begin(), out_.units.end(), [&](const Unit& one) { return one.key == unit.key; });
  unit.light = IsLight(unit.key) || own_document || (unit.possessive && In(unit.key, {"you", "we", "i"})) || pointed ||
               word.text == "giving" ||
               (word.text == "another" && at_ + 1 < words_.size() && FindValue(text_, words_, at_ + 1).words > 0) ||
               (unit.key == "giv" && ConsentFollows());
  Add(std::move(unit), at_, 1);
}

}  // namespace counsel::judging
