#include "judging/reader.h"

#include <tuple>
#include <utility>

#include "judging/grammar.h"
#include "judging/roles.h"
#include "judging/values.h"

namespace counsel::judging {

Reading Reader::Run() {
  Open(ClauseKind::kMain);
  while (at_ < words_.size()) {
    if (!TakeValue()) TakeWord();
  }
  SetRoles(&out_);
  return std::move(out_);
}

bool Reader::Empty(int clause) const {
  return out_.units.empty() || out_.units.back().clause < clause;
}

void Reader::Open(ClauseKind kind, std::string join) {
  Clause next;
  next.kind = kind;
  next.join = std::move(join);
  next.before = clause_;
  next.after_comma = comma_;
  next.fronted = kind != ClauseKind::kMain && kind != ClauseKind::kRelative &&
                 (out_.units.empty() || (clause_ >= 0 && OnlyAdverbs(clause_)));
  clause_ = static_cast<int>(out_.clauses.size());
  out_.clauses.push_back(std::move(next));
  NewChunk();
  preposition_.clear();
  limit_.clear();
  modal_.clear();
  be_ = false;
}

// "the sum borrowed by it under the facility is": what is borrowed.
void Reader::OpenReduced() {
  Open(ClauseKind::kRelative);
  SetBoundary();
}

void Reader::NewChunk() {
  ++chunk_;
  article_ = false;
}

void Reader::EndPhrase() {
  NewChunk();
  preposition_.clear();
  limit_.clear();
}

void Reader::SetBoundary() {
  if (clause().boundary < 0) clause().boundary = static_cast<int>(out_.units.size());
}

void Reader::TakeWord() {
  const text::RawWord& word = words_[at_];
  if (word.punctuation != 0) {
    TakeMark(word.punctuation);
  } else if (IsOperator(word)) {
    TakeOperator(word.text);
  } else if (IsRelative(word.text)) {
    Open(ClauseKind::kRelative);
  } else if (IsPronoun(word.text)) {
    Unit unit;
    unit.kind = UnitKind::kPronoun;
    unit.key = word.text;
    unit.possessive = In(word.text, {"its", "their", "his"});
    Add(std::move(unit), at_, 1);
  } else if (IsSoft(word.text)) {
    TakeSoft(word.text);
  } else {
    TakeContent(word);
  }
  ++at_;
}

void Reader::TakeSoft(std::string_view word) {
  // "so that the owner may object": what for
  // "so that the owner may object": what for
  if (word == "that" && at_ > 0 && words_[at_ - 1].text == "so" && clause().kind != ClauseKind::kAside) {
    Open(ClauseKind::kAside, std::exchange(pending_join_, ""));
    return;
  }
  if (word == "that" && ThatOpens()) {
    Open(ClauseKind::kThat, std::exchange(pending_join_, ""));
    return;
  }
  // "This is not a fixed fee": what was said before
  if (word == "this" && out_.units.empty() && (IsAuxiliary(WordAt(at_ + 1)) || IsModal(WordAt(at_ + 1)))) {
    Unit unit;
    unit.kind = UnitKind::kPronoun;
    unit.key = "it";
    return Add(std::move(unit), at_, 1);
  }
  // "Had the insurer known of it, …"
  if (word == "had" && out_.units.empty() && at_ + 1 < words_.size() && words_[at_ + 1].punctuation == 0)
    Open(ClauseKind::kIf);
  if (IsAuxiliary(word)) {
    Resume();
    FreeSubject();
    SetBoundary();
  }
  if (In(word, {"was", "were", "had", "did"})) clause().past = true;
  if (IsBe(word)) be_ = true;
  if (word == "this" || word == "that") NewChunk();
  // "at the end of the Term the Tenant must": an article behind a noun begins another phrase.
  if (IsArticle(word) && !preposition_.empty() && !out_.units.empty() && out_.units.back().chunk == chunk_ &&
      !out_.units.back().word.ends_with("ing") && !IsBaseVerb(out_.units.back().word) &&
      !(clause().kind == ClauseKind::kTime && IsFiniteVerb(words_[at_ - 1])))
    EndPhrase();
  article_ = article_ || In(word, {"the", "a", "an", "this", "that", "these", "those"});
}

void Reader::TakeMark(char mark) {
  switch (mark) {
    case '(':
      aside_.push_back(clause_);
      before_aside_ = {preposition_, limit_};
      Open(ClauseKind::kAside);
      break;
    case ')':
      if (!aside_.empty()) {
        clause_ = aside_.back();
        aside_.pop_back();
        NewChunk();
        // "under the rules of the Centre (HKIAC) in force": still under them
        if (aside_.empty()) std::tie(preposition_, limit_) = std::exchange(before_aside_, {});
      }
      break;
    case ';':
    case ':':
      if (aside_.empty()) Open(clause().kind == ClauseKind::kIf && mark == ':' ? ClauseKind::kIf : ClauseKind::kMain);
      break;
    case ',':
      TakeComma();
      break;
    case '%':
    case '&':
      break;
    default:
      NewChunk();
  }
}

void Reader::TakeComma() {
  NewChunk();
  if (apposition_end_ > 0 && at_ == apposition_end_) {
    apposition_end_ = 0;
    clause_ = aside_.back();
    aside_.pop_back();
    preposition_.clear();
    limit_.clear();
    return;
  }
  if (const std::size_t end = aside_.empty() ? AppositionEnd(at_ + 1) : 0; end > 0) {
    aside_.push_back(clause_);
    Open(ClauseKind::kAside);
    if (end < words_.size() && words_[end].punctuation == ',') apposition_end_ = end;
    return;
  }
  const std::string_view next = WordAt(at_ + 1);
  if (AsideFollows(at_ + 1)) {
    comma_ = true;
    const std::string limit = next == "including" ? limit_ : "";
    Open(ClauseKind::kRelative);
    // "without any warranty, including that of fitness": without that too
    limit_ = limit;
    return;
  }
  const bool conjunction = In(next, {"AND", "OR", "BUT", "NOR"});
  if (WithinFronted() && !conjunction && MainFollows(at_ + 1)) {
    Open(ClauseKind::kMain);
  } else if (clause().kind == ClauseKind::kRelative && clause().after_comma && !conjunction && next != "EXCEPT") {
    clause_ = std::max(clause().before, 0);
  }
  comma_ = true;
  preposition_.clear();
  limit_.clear();
}

void Reader::TakeOperator(const std::string& key) {
  if (IsModal(key)) return TakeModal(key);
  if (const ClauseKind* const kind = OpensClause(key); kind != nullptr) {
    // "except to the extent that", "only if": one clause
    if (Empty(clause_) && clause().kind == ClauseKind::kExcept) {
      preposition_ = key;
      return;
    }
    const bool only = std::exchange(only_, false);
    // "until November 2023, when she sent a copy": tells of that date
    if (key == "IF" && comma_ && !out_.units.empty() && out_.units.back().clause == clause_ &&
        text_.substr(words_[at_].start, 4) == "when" &&
        (out_.units.back().key.starts_with("date:") || out_.units.back().capital ||
         (out_.units.back().kind == UnitKind::kValue && out_.units.back().key.size() == 4))) {
      return Open(ClauseKind::kRelative, std::exchange(pending_join_, ""));
    }
    // ", while the other did not": another statement
    if (key == "WHILE" && comma_ && HasVerb()) return Open(ClauseKind::kMain, "AND");
    Open(*kind, std::exchange(pending_join_, ""));
    clause().only = only;
    clause().proviso = std::exchange(proviso_, false);
    return;
  }
  if (key == "AND" || key == "OR" || key == "ANDOR" || key == "BUT") return TakeJoin(key);
  if (key == "ORMORE" || key == "ORLESS") {
    // "48 hours or more", "48 hours' notice or more"
    constexpr std::size_t kBack = 2;
    for (std::size_t i = out_.units.size(); i > 0 && out_.units.size() - i < kBack; --i) {
      Unit& unit = out_.units[i - 1];
      if (unit.kind != UnitKind::kValue || unit.clause != clause_) continue;
      unit.bound = key == "ORMORE" ? "ATLEAST" : "ATMOST";
      break;
    }
    return;
  }
  if (In(key, {"ATLEAST", "ATMOST", "MORETHAN", "LESSTHAN"})) {
    bound_ = key;
    return;
  }
  if (In(key, {"ANY", "ALL", "EITHER", "BOTH", "SOME"})) {
    // "£900 each"
    if (key == "ALL" && !out_.units.empty() && out_.units.back().kind == UnitKind::kValue &&
        text_.substr(words_[at_].start, 4) == "each" && (at_ + 1 == words_.size() || !IsContent(at_ + 1))) {
      out_.units.back().key += " each";
      return;
    }
    // "either A or B", "both A and B": the conjunction says it.
    if ((key == "EITHER" && JoinFollows("OR")) || (key == "BOTH" && JoinFollows("AND"))) return;
    quantifier_ = key;
    return;
  }
  if (key == "ONLY") {
    // "in Ireland and in Germany only"
    const bool last =
        at_ + 1 == words_.size() || words_[at_ + 1].punctuation != 0 || In(words_[at_ + 1].text, {"AND", "OR"});
    if (last && !out_.units.empty() && out_.units.back().clause == clause_) {
      out_.units.back().only = true;
      return;
    }
    only_ = true;
    return;
  }
  TakeRest(key);
}

void Reader::TakeRest(const std::string& key) {
  if (key == "NON") {
    non_ = true;
  } else if (key == "ANYTIME") {
    Unit unit;
    unit.key = "anytime";
    unit.spare = unit.adverb = true;
    Add(std::move(unit), at_, 1);
  } else if (key == "PROVIDED") {
    proviso_ = true;
  } else if (key == "RESOLVED") {
    out_.resolved = true;
  } else if (key == "DOUBT") {
    out_.doubt = true;
  } else if (key == "NOT") {
    const std::string_view next = WordAt(at_ + 1);
    if (ReducedFollows(at_ + 1)) {
      OpenReduced();
      clause().negative = true;
    } else if (IsPreposition(next) || next == "as" || !NegatesVerb()) {
      not_ = true;
    } else {
      clause().negative = !clause().negative;
    }
  } else if (key == "NO" && at_ > 0 && ((HasVerb() && words_[at_ - 1].text == "OR") || OnlyThatThing())) {
    not_ = true;  // "any price or no price"
  } else if (key == "NO") {
    clause().negative = !clause().negative;
    quantifier_ = "ANY";
  } else if (key == "NEITHER") {
    clause().negative = !clause().negative;
    neither_ = true;
  } else if (key == "NOR") {
    if (neither_) return TakeJoin("OR");
    const std::string modal = clause().modal;
    Open(ClauseKind::kMain, "AND");
    clause().negative = true;
    if (modal == "NOTMUST" || modal == "FORBID") clause().negative = false;
    modal_ = clause().modal = modal;
    SetBoundary();
  } else if (IsPreposition(key)) {
    TakePreposition(key);
  }
}

void Reader::TakePreposition(const std::string& key) {
  if ((key == "WITH" || key == "WITHOUT") && ConsentFollows()) {
    Open(key == "WITH" ? ClauseKind::kIf : ClauseKind::kUnless, std::exchange(pending_join_, ""));
    return;
  }
  // "ten days before": by itself
  if (In(key, {"BEFORE", "AFTER"}) && (at_ + 1 == words_.size() || words_[at_ + 1].punctuation != 0)) {
    Unit unit;
    unit.key = key == "BEFORE" ? "beforehand" : "afterward";
    unit.adverb = true;
    return Add(std::move(unit), at_, 1);
  }
  // "within ten days of the date": after it
  if (key == "OF" && !out_.units.empty() && out_.units.back().kind == UnitKind::kValue &&
      out_.units.back().limit == "WITHIN" && out_.units.back().clause == clause_)
    return TakePreposition("AFTER");
  // "payments over £500"
  if (key == "OVER" && at_ + 1 < words_.size() && FindValue(text_, words_, at_ + 1).key.ends_with(" pound")) {
    bound_ = "MORETHAN";
    return;
  }
  // "prior to 30 days after receipt": within them
  if (key == "BEFORE" && at_ + 1 < words_.size()) {
    const std::size_t value = FindValue(text_, words_, at_ + 1).words;
    if (value > 0 && WordAt(at_ + 1 + value) == "AFTER") return TakePreposition("WITHIN");
  }
  // "by 9.30 am", "no later than 9.30 am"
  if (key == "BY" && at_ + 1 < words_.size()) {
    const std::string value = FindValue(text_, words_, at_ + 1).key;
    if (value.starts_with("date:") || value.starts_with("time:")) return TakePreposition("BYTIME");
  }
  NewChunk();
  waits_ = !modal_.empty();
  const bool pronoun = In(WordAt(at_ + 1), {"we", "you", "i", "it", "they", "he", "she"}) && IsContent(at_ + 2);
  if (In(key, {"BEFORE", "AFTER"}) && (pronoun || ClauseFollows(at_ + 1)))
    Open(ClauseKind::kTime, std::exchange(pending_join_, ""));
  preposition_ = key;
  if (IsLimit(key)) {
    limit_ = key;
  } else if (key != "OF") {
    limit_.clear();
  }
}

void Reader::FreeSubject() {
  if (out_.units.empty() || clause().boundary >= 0) return;
  Unit& last = out_.units.back();
  if (last.clause != clause_ || last.preposition.empty() || last.preposition == "OF" || last.possessive ||
      !IsRoleNoun(last.key))
    return;
  for (const Unit& unit : out_.units) {
    if (unit.clause == clause_ && unit.preposition.empty()) return;
  }
  last.preposition.clear();
  last.limit.clear();
  last.chunk = ++chunk_;
}

void Reader::TakeModal(const std::string& key) {
  Resume();
  FreeSubject();
  // "must keep … must use": another clause without a word between
  if (!clause().modal.empty() && !Empty(clause_) && clause().kind != ClauseKind::kAside) {
    Open(ClauseKind::kMain, "AND");
  }
  SetBoundary();
  clause().modal = modal_ = key;
}

void Reader::TakeJoin(const std::string& key) {
  const std::string_view next = WordAt(at_ + 1);
  if (next == "that" && clause().kind != ClauseKind::kMain) {
    pending_join_ = key;
    return;
  }
  const bool opening = OpensClause(next) != nullptr;
  if (opening || IsRelative(next)) {
    pending_join_ = key;
    return;
  }
  if (!Empty(clause_) && HasVerb() && ClauseFollows(at_ + 1)) {
    // "if A is late, or B is": two conditions.
    const bool alternative = key == "OR" && clause().kind == ClauseKind::kIf && !clause().fronted;
    const bool stays =
        clause().kind != ClauseKind::kMain && (!comma_ || alternative) && clause().kind != ClauseKind::kAside;
    Open(stays ? clause().kind : ClauseKind::kMain, key);
    return;
  }
  Joint joint;
  joint.at = out_.units.size();
  joint.key = key;
  joint.clause = clause_;
  out_.joints.push_back(std::move(joint));
  NewChunk();
}

}  // namespace counsel::judging
