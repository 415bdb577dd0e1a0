// What stands around a word decides what it opens.
#include <algorithm>

#include "judging/grammar.h"
#include "judging/reader.h"
#include "text/numbers.h"

namespace counsel::judging {

bool Reader::Capital(const text::RawWord& word) const {
  return text_[word.start] >= 'A' && text_[word.start] <= 'Z';
}

// Neither a mark, an operator nor a soft word.
bool Reader::IsContent(std::size_t i) const {
  return i < words_.size() && words_[i].punctuation == 0 && !IsOperator(words_[i]) && !IsSoft(words_[i].text) &&
         !IsPronoun(words_[i].text) && !IsRelative(words_[i].text);
}

// "accordingly, if A is late, B may": nothing but such a word stands before the condition.
bool Reader::OnlyAdverbs(int clause) const {
  for (auto unit = out_.units.rbegin(); unit != out_.units.rend() && unit->clause >= clause; ++unit) {
    if (!unit->light && !unit->adverb) return false;
  }
  return true;
}

// "confirmed that …", "a sum that is due"; in "that sum" it only points.
bool Reader::ThatOpens() const {
  const text::RawWord* next = at_ + 1 < words_.size() ? &words_[at_ + 1] : nullptr;
  if (next == nullptr || out_.units.empty()) return false;
  const Unit& before = out_.units.back();
  if (before.clause == clause_ && IsSayingStem(before.key)) return true;
  // "told the tenant that …"
  constexpr std::size_t kTold = 4;
  for (std::size_t i = out_.units.size(); i > 0 && out_.units.size() - i < kTold && out_.units[i - 1].clause == clause_;
       --i) {
    if (In(out_.units[i - 1].key, {"tell", "inform", "notify", "advis", "assur", "warn", "promis"})) return true;
  }
  return IsPronoun(next->text) || IsAuxiliary(next->text) || IsModal(next->text) ||
         In(next->text, {"the", "a", "an", "NO", "EITHER", "NEITHER", "NOT"}) ||
         (next->punctuation == 0 && Capital(*next) && !IsOperator(*next));
}

// "A person who is no party has no right": the second verb belongs to the person.
void Reader::Resume() {
  const bool sub = clause().kind == ClauseKind::kRelative || clause().kind == ClauseKind::kThat;
  if (!sub || clause().boundary < 0 || clause().before < 0 || Empty(clause_)) return;
  // "Any party affected by it who was not present may": over what is told of the party.
  int up = clause().before;
  while (up >= 0 && out_.clauses[static_cast<std::size_t>(up)].kind == ClauseKind::kRelative &&
         out_.clauses[static_cast<std::size_t>(up)].boundary >= 0)
    up = out_.clauses[static_cast<std::size_t>(up)].before;
  if (up < 0) return;
  const Clause& before = out_.clauses[static_cast<std::size_t>(up)];
  if (before.boundary < 0 && before.verb < 0) {
    clause_ = up;
    NewChunk();
  }
}

// "If A before B happens, C": B's clause stands in the fronted one.
bool Reader::WithinFronted() const {
  for (int at = clause_; at >= 0; at = out_.clauses[static_cast<std::size_t>(at)].before) {
    if (out_.clauses[static_cast<std::size_t>(at)].fronted) return true;
    if (out_.clauses[static_cast<std::size_t>(at)].kind == ClauseKind::kMain) return false;
  }
  return false;
}

std::size_t Reader::AppositionEnd(std::size_t from) const {
  constexpr std::size_t kLongest = 14;
  if (out_.units.empty() || !out_.units.back().capital || out_.units.back().possessive ||
      out_.units.back().clause != clause_)
    return 0;
  const std::string& preposition = out_.units.back().preposition;
  const std::string_view article = WordAt(from);
  if (!In(article, {"a", "an", "the"}) || !In(preposition, {"", "OF", "BY", "TO", "WITH", "AGAINST"})) return 0;
  if (article == "the" && !preposition.empty()) return 0;
  for (std::size_t i = from + 1; i <= std::min(words_.size(), from + kLongest); ++i) {
    if (i == words_.size() || words_[i].punctuation == ',' || words_[i].punctuation == '.') return i - from > 1 ? i : 0;
    if (words_[i].punctuation != 0 || IsModal(words_[i].text) || IsAuxiliary(words_[i].text) ||
        In(words_[i].text, {"AND", "OR", "BUT", "NOT", "NO", "ONLY", "that"}) || IsRelative(words_[i].text) ||
        OpensClause(words_[i].text) != nullptr)
      return 0;
  }
  return 0;
}

// A modal or an auxiliary before the next mark: words [from, …) are a clause of their own.
bool Reader::MainFollows(std::size_t from) const {
  for (std::size_t i = from; i < words_.size(); ++i) {
    if (words_[i].punctuation == ';' || words_[i].punctuation == ':') return false;
    if (words_[i].punctuation == ',') return i > from + 3;
    if (IsModal(words_[i].text) || IsAuxiliary(words_[i].text)) return true;
    if (IsRelative(words_[i].text)) return false;
  }
  return true;
}

// After "and": a subject with a modal or an auxiliary within a few words begins a clause.
bool Reader::ClauseFollows(std::size_t from) const {
  constexpr std::size_t kLongestSubject = 6;
  // ", and we take": a subject by itself.
  if (at_ > 0 && from < words_.size() && words_[at_ - 1].punctuation == ',' &&
      In(words_[from].text, {"we", "you", "i", "it", "they", "he", "she"}))
    return true;
  // "prepaid or repaid may": a participle is no subject.
  if (from + 1 < words_.size() && text::Fold(words_[from].text).past && IsModal(words_[from + 1].text)) return false;
  for (std::size_t i = from; i < std::min(words_.size(), from + kLongestSubject); ++i) {
    const text::RawWord& word = words_[i];
    if (IsModal(word.text) || IsAuxiliary(word.text)) return true;
    const bool subject = i > from && !IsOperator(words_[i - 1]) &&
                         (IsRoleNoun(text::Fold(words_[i - 1].text).text) || Capital(words_[i - 1]));
    if (subject && !Capital(word) && text::Fold(word.text).past) return true;
    if (word.punctuation != 0 || In(word.text, {"AND", "OR", "TO"}) || IsRelative(word.text)) return false;
    if (IsOperator(word) && !IsPreposition(word.text) &&
        !In(word.text, {"NO", "ANY", "ALL", "EITHER", "NEITHER", "NOT", "ONLY"}))
      return false;
  }
  return false;
}

bool Reader::ReducedFollows(std::size_t from) const {
  constexpr std::size_t kWords = 24;
  const Clause& here = out_.clauses[static_cast<std::size_t>(clause_)];
  if (from >= words_.size() || here.boundary >= 0 || !modal_.empty() || Empty(clause_)) return false;
  if (here.kind != ClauseKind::kMain && here.kind != ClauseKind::kIf && here.kind != ClauseKind::kThat) return false;
  const text::RawWord& word = words_[from];
  if (word.punctuation != 0 || IsOperator(word) || !text::Fold(word.text).past) return false;
  if (IsModal(WordAt(from + 1)) || IsAuxiliary(WordAt(from + 1)) || IsArticle(WordAt(from + 1))) return false;
  if (at_ > 0 && (IsArticle(words_[at_ - 1].text) || IsOperator(words_[at_ - 1])) && at_ == from) return false;
  for (std::size_t i = from + 1; i < std::min(words_.size(), from + kWords); ++i) {
    if (IsModal(words_[i].text) || IsAuxiliary(words_[i].text)) return true;
    if (In(std::string_view(&words_[i].punctuation, 1), {",", ";", ":"}) || OpensClause(words_[i].text) != nullptr ||
        IsRelative(words_[i].text) || In(words_[i].text, {"AND", "that", "BUT"}) || IsPronoun(words_[i].text))
      return false;
  }
  return false;
}

bool Reader::AsideFollows(std::size_t from) {
  if (from >= words_.size() || words_[from].punctuation != 0 || WithinFronted() || !HasVerb()) return false;
  if (clause().kind != ClauseKind::kMain || In(clause().modal, {"MAY", "FORBID", "MAYNOT", "NOTMUST"}) ||
      clause().negative)
    return false;
  const std::string_view next = WordAt(from);
  // "on 12 May, more than three months after …"
  if (!out_.units.empty() && out_.units.back().key.starts_with("date:") &&
      (In(next, {"MORETHAN", "LESSTHAN", "SOME"}) || text::FindNumber(text_, words_, from).words != 0))
    return true;
  // "the first of which falls due"
  for (std::size_t i = from; i + 1 < std::min(words_.size(), from + 5); ++i) {
    if (words_[i].text == "OF" && IsRelative(words_[i + 1].text)) return true;
    if (words_[i].punctuation != 0) break;
  }
  if (In(next, {"due", "payable", "being", "including"})) return true;
  if (In(next, {"limited", "restricted", "capped", "reduced", "confined", "adjusted", "based", "provided"}))
    return false;
  const bool list = !out_.units.empty() && out_.units.back().participle;
  return !list && !IsOperator(words_[from]) && text::Fold(next).past && IsPreposition(WordAt(from + 1));
}

// "No sample or prototype may": the clause has no verb yet, so its subject goes on.
bool Reader::HasVerb() {
  if (clause().boundary >= 0 || clause().verb >= 0) return true;
  for (std::size_t i = 1; i < out_.units.size(); ++i) {
    const Unit& unit = out_.units[i];
    const Unit& subject = out_.units[i - 1];
    if (unit.clause != clause_) continue;
    if (unit.participle) return true;
    const bool somebody =
        subject.kind == UnitKind::kPronoun || ((subject.capital || IsRoleNoun(subject.key)) && !subject.possessive);
    // "Trade marks and notices must": the first word of a sentence is no name by its capital.
    const bool bare = i == 1 && i + 1 == out_.units.size() && !IsRoleNoun(subject.key);
    if (somebody && !bare && subject.clause == clause_ && unit.word.ends_with('s') && !unit.capital &&
        !IsRoleNoun(unit.key))
      return true;
  }
  return false;
}

bool Reader::NegatesVerb() const {
  std::size_t before = at_;
  while (before > 0 && words_[before - 1].text.ends_with("ly")) --before;
  if (before == 0) return true;
  const text::RawWord& word = words_[before - 1];
  if (IsAuxiliary(word.text) || IsModal(word.text) || IsBe(word.text) || OpensClause(word.text) != nullptr) return true;
  // "refuse not to": an infinitive; a pronoun or a mark before it: unknown, so the whole clause
  return IsPronoun(word.text) || word.punctuation != 0 || WordAt(at_ + 1) == "TO";
}

bool Reader::OnlyThatThing() const {
  const Clause& here = out_.clauses[static_cast<std::size_t>(clause_)];
  return here.boundary >= 0 && IsPreposition(words_[at_ - 1].text) &&
         !In(WordAt(at_ + 1),
             {"circumstances", "circumstance", "event", "account", "case", "time", "way", "condition"});
}

bool Reader::JoinFollows(std::string_view key) const {
  constexpr std::size_t kWords = 14;
  for (std::size_t i = at_ + 1; i < std::min(words_.size(), at_ + kWords); ++i) {
    if (words_[i].text == key) return true;
    if (words_[i].text == "party" || words_[i].punctuation == ';' || IsModal(words_[i].text) ||
        IsAuxiliary(words_[i].text))
      return false;
  }
  return false;
}

// "without the landlord's consent" is "unless the landlord consents"; "with consent" is a condition.
bool Reader::ConsentFollows() const {
  constexpr std::size_t kWords = 8;
  for (std::size_t i = at_ + 1; i < std::min(words_.size(), at_ + kWords); ++i) {
    if (In(words_[i].text, {"consent", "approval", "permission", "authorisation", "authorization"})) return true;
    if (words_[i].punctuation != 0 || (IsOperator(words_[i]) && words_[i].text != "ANY")) return false;
  }
  return false;
}

}  // namespace counsel::judging
