// The conjuncts of a sentence: where the next one begins, and what it shares with the one before.
#include <algorithm>
#include <utility>

#include "judging/splitter.h"
#include "judging/values.h"

namespace counsel::judging {
namespace {

constexpr std::size_t kLongestSubject = 14;
constexpr std::size_t kLongestInsertion = 30;

bool Restricting(std::string_view key) {
  return In(key, {"IF", "UNLESS", "EXCEPT", "UNTIL", "SUBJECT", "EXTENT", "WHILE", "WITHOUT", "WITHIN", "BEFORE",
                  "AFTER", "DURING", "BYTIME", "ONLY", "PROVIDED"});
}

}  // namespace

Words Joined(std::initializer_list<const Words*> parts) {
  Words all;
  for (const Words* part : parts) all.insert(all.end(), part->begin(), part->end());
  return all;
}

bool IsMark(const text::RawWord& word, std::string_view marks) {
  return word.punctuation != 0 && marks.find(word.punctuation) != std::string_view::npos;
}

bool IsJoin(std::string_view key) {
  return In(key, {"AND", "OR", "BUT", "NOR"});
}

std::vector<Words> Splitter::Conjuncts() {
  TakeFront();
  TakeInsertions();
  Split();
  if (conjuncts_.size() > 1 || moved_) Assemble();
  return out_;
}

// "If …, ": what stands before the main clause.
void Splitter::TakeFront() {
  if (words_.empty() || !(OpensClause(At(0)) != nullptr || IsPreposition(At(0)) || At(0) == "ONLY")) return;
  for (std::size_t i = 1; i < words_.size(); ++i) {
    if (!MarkAt(i, ",") || IsJoin(At(i + 1))) continue;
    std::size_t stop = i + 1;
    while (stop < words_.size() && !MarkAt(stop, ",;:")) ++stop;
    if (VerbOf(i + 1, stop) == kNowhere) continue;
    front_.assign(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    return;
  }
}

// ", if C," directly after a modal, an "and", or before a modal; "within five days of demand" between a modal and its
// verb: moved before the sentence.
void Splitter::TakeInsertions() {
  for (std::size_t i = front_.size() + 1; i < words_.size(); ++i) {
    // "shall not, and the parent shall procure that it does not, issue": said of another.
    if (MarkAt(i, ",") && IsModal(At(i - 1)) && At(i + 1) == "AND") {
      std::size_t close = i + 1;
      while (close < words_.size() && close - i < 14 && !MarkAt(close, ",;:")) ++close;
      const bool procures = std::any_of(words_.begin() + static_cast<std::ptrdiff_t>(i),
                                        words_.begin() + static_cast<std::ptrdiff_t>(std::min(close, words_.size())),
                                        [](const text::RawWord& word) { return word.text == "procure"; });
      if (procures && MarkAt(close, ",")) {
        words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(i),
                     words_.begin() + static_cast<std::ptrdiff_t>(close));
        moved_ = true;
      }
    }
    // ", as I understand from her,": says how it is known.
    const bool known = At(i) == "as" && MarkAt(i - 1, ",");
    const bool opens = OpensClause(At(i)) != nullptr || IsPreposition(At(i)) || At(i) == "ONLY";
    if (!opens && !known) continue;
    if (MarkAt(i - 1, ",") && i >= 2) {
      std::size_t close = i;
      while (close < words_.size() && close - i < kLongestInsertion && !MarkAt(close, ",;:")) ++close;
      if (!MarkAt(close, ",") || close + 1 >= words_.size()) continue;
      const bool after_modal = IsModal(At(i - 2)) && IsBaseVerb(At(close + 1));
      const bool after_join = IsJoin(At(i - 2)) && (StartsVerb(close + 1) || SubjectAt(close + 1) != kNowhere);
      const bool before_modal = StartsVerb(close + 1) && !IsJoin(At(i - 2));
      if (known && (after_join || before_modal)) {
        words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(i) - 1,
                     words_.begin() + static_cast<std::ptrdiff_t>(close) + 1);
        moved_ = true;
        continue;
      }
      if (after_modal || after_join || before_modal) Move(i, close, i - 1, close + 1, i - 1);
    } else if (IsJoin(At(i - 1)) && OpensClause(At(i)) != nullptr) {
      // ", and if C, B does Y"
      std::size_t close = i;
      while (close < words_.size() && close - i < kLongestInsertion && !MarkAt(close, ",;:")) ++close;
      if (MarkAt(close, ",") && (StartsVerb(close + 1) || SubjectAt(close + 1) != kNowhere))
        Move(i, close, i, close + 1, i - 1);
    } else if (IsModal(At(i - 1)) && At(i) != "ONLY") {
      std::size_t verb = i + 1;
      while (verb < words_.size() && verb - i < 12 && !MarkAt(verb, ",;:") && !IsJoin(At(verb)) &&
             !(IsBaseVerb(At(verb)) && !IsArticle(At(verb - 1)) && !IsPreposition(At(verb - 1))))
        ++verb;
      if (verb < words_.size() && IsBaseVerb(At(verb)) && !MarkAt(verb, ",;:")) Move(i, verb, i, verb, i);
    }
  }
}

// Takes words [cut, resume) out; [first, last) of them are what is inserted into the conjunct that word `at` is in.
void Splitter::Move(std::size_t first, std::size_t last, std::size_t cut, std::size_t resume, std::size_t at) {
  Insertion insertion;
  insertion.words.assign(words_.begin() + static_cast<std::ptrdiff_t>(first),
                         words_.begin() + static_cast<std::ptrdiff_t>(last));
  insertion.at = at;
  words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(cut), words_.begin() + static_cast<std::ptrdiff_t>(resume));
  insertions_.push_back(std::move(insertion));
  moved_ = true;
}

// A subject at word i: where its modal or auxiliary stands.
std::size_t Splitter::SubjectAt(std::size_t i) const {
  if (IsPreposition(At(i)) || OpensClause(At(i)) != nullptr || IsRelative(At(i)) || At(i) == "that") return kNowhere;
  for (std::size_t k = i; k < std::min(words_.size(), i + kLongestSubject); ++k) {
    if (StartsVerb(k)) return k == i ? kNowhere : k;
    if (MarkAt(k, ",;:()") || IsJoin(At(k)) || IsRelative(At(k)) || OpensClause(At(k)) != nullptr) return kNowhere;
  }
  return kNowhere;
}

// Where the verb of the words [first, last) begins.
std::size_t Splitter::VerbOf(std::size_t first, std::size_t last) const {
  bool relative = false;
  for (std::size_t i = first; i < last; ++i) {
    if (IsRelative(At(i)) || (At(i) == "that" && i > first)) {
      relative = true;
      continue;
    }
    if (!StartsVerb(i)) continue;
    // "a person who is a party must": the first verb belongs to the person.
    if (relative) {
      relative = false;
      continue;
    }
    return i;
  }
  for (std::size_t i = first + 1; i < last; ++i) {
    if (IsRelative(At(i))) return kNowhere;
    if (IsArticle(At(i - 1)) || IsPreposition(At(i - 1))) continue;
    // "the stains run": a verb after a plural
    const bool plural = At(i - 1).ends_with('s') && !At(i - 1).ends_with("ss") && IsBaseVerb(At(i)) && i + 1 < last;
    const bool ours = In(At(i - 1), {"we", "you", "they", "i"}) && IsBaseVerb(At(i));
    if (IsFiniteVerb(words_[i]) || plural || ours) return i;
  }
  return kNowhere;
}

Start Splitter::StartAt(std::size_t i, std::size_t verb_before) const {
  while (In(At(i), {"also", "then", "accordingly", "promptly", "immediately", "forthwith", "thereafter"})) ++i;
  if (StartsVerb(i)) return Start::kFinite;
  const bool modal =
      verb_before != kNowhere && (IsModal(At(verb_before)) || In(At(verb_before), {"does", "do", "did"}));
  if (modal && IsBaseVerb(At(i)) && !IsJoin(At(i + 1))) return Start::kBase;
  // "is to file the form and to keep the book"
  if (verb_before != kNowhere && At(verb_before) == "ISTO" && At(i) == "TO" && IsBaseVerb(At(i + 1)))
    return Start::kBase;
  // "agrees to take every step and to be responsible"
  if (verb_before != kNowhere && At(verb_before) == "MUST" && At(i) == "TO" && At(i + 1) == "be" &&
      In(text_.substr(words_[verb_before].start, 5), {"agree", "under", "coven", "promi"}))
    return Start::kBase;
  if (verb_before != kNowhere && !modal && !IsAuxiliary(At(verb_before)) && i < words_.size() &&
      IsFiniteVerb(words_[i]) && text::Fold(words_[i].text).past == text::Fold(words_[verb_before].text).past)
    return Start::kFinite;
  // "is limited to £500 and ends in June"; not "is liable for losses and claims"
  if (verb_before != kNowhere && In(At(verb_before), {"is", "has"}) && i > 1 && i + 2 < words_.size() &&
      At(i).ends_with('s') && IsFiniteVerb(words_[i]) && !At(i - 2).ends_with('s') && !IsArticle(At(i - 2)) &&
      !IsPreposition(At(i - 2)) &&
      (IsPreposition(At(i + 1)) || IsArticle(At(i + 1)) || FindValue(text_, words_, i + 1).words > 0))
    return Start::kFinite;
  if (SubjectAt(i) != kNowhere) return Start::kOwnSubject;
  // "The seller claims X and the buyer claims Y"
  if (verb_before != kNowhere && IsFiniteVerb(words_[verb_before]) && !IsAuxiliary(At(verb_before))) {
    const std::size_t noun = IsArticle(At(i)) ? i + 1 : i;
    if (noun + 2 < words_.size() && IsRoleNoun(text::Fold(At(noun)).text) && !IsOperator(words_[noun + 1]) &&
        IsFiniteVerb(words_[noun + 1]) && text::Fold(At(noun + 1)).past == text::Fold(words_[verb_before].text).past)
      return Start::kOwnSubject;
  }
  // ", and its powers end on 31 December"
  constexpr std::size_t kReach = 5;
  if (i > 1 && MarkAt(i - 2, ",") &&
      (IsArticle(At(i)) || In(At(i), {"its", "their", "his", "her", "our", "your", "we"}))) {
    for (std::size_t v = i + 1; v < std::min(words_.size(), i + kReach); ++v) {
      if (words_[v].punctuation != 0 || IsOperator(words_[v])) break;
      const bool plural = (At(v - 1).ends_with('s') || At(v - 1) == "we") && IsBaseVerb(At(v)) && v > i;
      if (plural || (IsFiniteVerb(words_[v]) && !text::Fold(At(v)).past && v > i + 1)) return Start::kOwnSubject;
    }
  }
  return Start::kNone;
}

void Splitter::Split() {
  Conjunct one;
  one.first = front_.size();
  std::size_t verb = kNowhere;
  int depth = 0;
  bool subordinate = false;  // after an "if", "which", … inside the conjunct
  for (std::size_t i = front_.size(); i < words_.size(); ++i) {
    if (MarkAt(i, "(")) ++depth;
    if (MarkAt(i, ")")) --depth;
    if (depth > 0) continue;
    if (OpensClause(At(i)) != nullptr || IsRelative(At(i)) ||
        (At(i) == "that" && i > one.first && (StartsVerb(i + 1) || IsReporting(i))))
      subordinate = true;
    std::size_t next = i + 1;
    const bool comma = MarkAt(i, ",;:");
    std::string join(At(i));
    if (comma && IsJoin(At(next))) join = At(next++);
    // "save that the company shall pay": another duty
    const std::size_t except = comma ? i + 1 : i;
    if (At(except) == "EXCEPT" && SubjectAt(except + 1) != kNowhere && IsModal(At(SubjectAt(except + 1)))) {
      join = "BUT";
      next = except + 1;
      subordinate = false;
    }
    if (!comma && !IsJoin(join)) continue;
    if (verb == kNowhere) verb = VerbOf(one.first, i);
    if (verb == kNowhere || i < verb + 2) continue;
    // After ";" and ":" whatever has a verb is another statement.
    const bool hard = MarkAt(i, ";:");
    std::size_t stop = next;
    while (stop < words_.size() && !MarkAt(stop, ",;:")) ++stop;
    // "; provided that": of all that stands before it
    if (hard && In(At(next), {"PROVIDED", "UNLESS", "EXCEPT", "ONLY", "SUBJECT", "EXTENT"})) {
      subordinate = true;
      continue;
    }
    Start start = StartAt(next, verb);
    if (hard && start == Start::kNone && VerbOf(next, stop) != kNowhere) start = Start::kOwnSubject;
    if (hard) subordinate = false;
    if (start == Start::kNone) continue;
    // After a condition or a relative clause only what begins with a modal, after a comma, is surely another.
    const std::size_t verb_there = start == Start::kOwnSubject ? std::min(SubjectAt(next), words_.size()) : next;
    if (subordinate && !(comma && (IsModal(At(verb_there)) || start == Start::kFinite))) continue;
    if (!IsJoin(join) && !hard && !LaterJoin(next, verb)) continue;
    one.last = i;
    conjuncts_.push_back(std::exchange(one, {}));
    one.join = IsJoin(join) ? join : "";
    one.start = start;
    one.first = start == Start::kBase && At(next) == "TO" ? next + 1 : next;
    if (start != Start::kBase) verb = kNowhere;
    subordinate = false;
    i = next - 1;
  }
  one.last = words_.size();
  conjuncts_.push_back(one);
  // "A, B and C": the commas say what the last one says.
  for (std::size_t c = conjuncts_.size() - 1; c > 0; --c) {
    if (!conjuncts_[c].join.empty()) continue;
    conjuncts_[c].join = c + 1 < conjuncts_.size() ? conjuncts_[c + 1].join : "AND";
  }
  for (const Insertion& insertion : insertions_) {
    for (Conjunct& conjunct : conjuncts_) {
      if (insertion.at + 1 < conjunct.first || insertion.at > conjunct.last || !conjunct.inserted.empty()) continue;
      conjunct.inserted = insertion.words;
      break;
    }
  }
}

// A comma separates predicates only where an "and" before another one follows.
bool Splitter::LaterJoin(std::size_t from, std::size_t verb) const {
  for (std::size_t i = from; i + 1 < words_.size(); ++i) {
    if (IsJoin(At(i)) && StartAt(i + 1, verb) != Start::kNone) return true;
    if (MarkAt(i, ";")) return false;
  }
  return false;
}

// Words from the first that restricts, at the end of the last conjunct.
Words Splitter::TrailOf(const Conjunct& last) const {
  for (std::size_t i = last.first + 1; i < last.last; ++i) {
    // "on the second day after posting": says which day
    if (In(At(i), {"AFTER", "BEFORE"}) && In(At(i - 1), {"day", "days", "month", "months", "year", "years", "hours"}))
      continue;
    if (Restricting(At(i)))
      return {words_.begin() + static_cast<std::ptrdiff_t>(i), words_.begin() + static_cast<std::ptrdiff_t>(last.last)};
  }
  return {};
}

Words Splitter::Range(std::size_t first, std::size_t last) const {
  return {words_.begin() + static_cast<std::ptrdiff_t>(first), words_.begin() + static_cast<std::ptrdiff_t>(last)};
}

void Splitter::Assemble() {
  Words subject;
  Words modal;
  Words shared;  // what is inserted before the verb of the first holds for those that have its verb
  std::vector<Words> statements;
  for (std::size_t c = 0; c < conjuncts_.size(); ++c) {
    const Conjunct& conjunct = conjuncts_[c];
    const std::size_t verb = VerbOf(conjunct.first, conjunct.last);
    Words said;
    if (conjunct.start == Start::kOwnSubject || c == 0) {
      if (verb == kNowhere) return;
      subject = Range(conjunct.first, verb);
      modal = Range(verb, IsModal(At(verb)) || IsAuxiliary(At(verb)) ? verb + 1 : verb);
      if (In(At(verb), {"does", "do", "did"}) && In(At(verb + 1), {"NOT"})) modal = Range(verb, verb + 2);
      said = Range(conjunct.first, conjunct.last);
      shared = conjunct.inserted;
    } else if (conjunct.start == Start::kFinite) {
      const Words rest = Range(conjunct.first, conjunct.last);
      said = Joined({&subject, &rest});
      if (StartsVerb(conjunct.first)) modal = Range(conjunct.first, conjunct.first + 1);
      shared = conjunct.inserted;
    } else {
      const Words rest = Range(conjunct.first, conjunct.last);
      said = Joined({&subject, &modal, &rest});
      if (!conjunct.inserted.empty()) shared = conjunct.inserted;
    }
    Words before = shared;
    if (!before.empty()) {
      text::RawWord comma;
      comma.punctuation = ',';
      comma.start = comma.end = before.back().end;
      before.push_back(comma);
    }
    // "If A, X, and if B, Y": Y has a condition of its own.
    const bool own = c > 0 && conjunct.start == Start::kOwnSubject && !conjunct.inserted.empty() &&
                     OpensClause(conjunct.inserted.front().text) != nullptr;
    statements.push_back(own ? Joined({&before, &said}) : Joined({&front_, &before, &said}));
  }
  const Words doubt = {Doubt()};
  for (std::size_t c = 0; c < conjuncts_.size(); ++c) {
    if (!MayStandAlone(c)) {
      // "may pay early but is not entitled to a discount": what comes after "but" says more. It is told.
      if (c + 1 < conjuncts_.size() && conjuncts_[c + 1].join == "BUT" && c + 2 == conjuncts_.size() &&
          (HasOwnModal(c + 1) || conjuncts_[c + 1].start == Start::kOwnSubject) && conjuncts_[c].join != "OR" &&
          !alternatives_)
        Add(Joined({&doubt, &statements[c]}));
      continue;
    }
    Words statement = statements[c];
    // A restriction at the end may hold for all that share its subject.
    for (std::size_t d = c + 1; d < conjuncts_.size(); ++d) {
      if (conjuncts_[d].start == Start::kOwnSubject) break;
      if (d + 1 < conjuncts_.size() && conjuncts_[d + 1].start != Start::kOwnSubject) continue;
      const Words trail = TrailOf(conjuncts_[d]);
      // "shall sign it and shall not copy it without consent": the consent is to copying.
      if (!trail.empty() && HasOtherForce(c, d)) continue;
      // "may keep a cat, and may keep a dog if you ask": very likely asked for the dog. It is told.
      if (!trail.empty() && HasOwnModal(d) && !alternatives_) Add(Joined({&doubt, &statement}));
      statement.insert(statement.end(), trail.begin(), trail.end());
    }
    Add(std::move(statement));
  }
}

// It begins with a modal or an auxiliary of its own.
bool Splitter::HasOwnModal(std::size_t c) const {
  const Conjunct& conjunct = conjuncts_[c];
  if (conjunct.start != Start::kFinite || !StartsVerb(conjunct.first)) return false;
  return conjunct.join == "BUT" || conjunct.join == "AND";
}

// One of the two is a duty, the other a prohibition or a permission.
bool Splitter::HasOtherForce(std::size_t c, std::size_t d) const {
  const std::size_t verb = VerbOf(conjuncts_[c].first, conjuncts_[c].last);
  const std::string_view other = At(conjuncts_[d].first);
  return conjuncts_[d].start == Start::kFinite && verb != kNowhere && IsModal(At(verb)) && IsModal(other) &&
         At(verb) != other;
}

// What is joined by "or" stands alone where nothing is demanded: "must not do A or B"; what "but" follows does not.
bool Splitter::MayStandAlone(std::size_t c) const {
  if (alternatives_) return true;
  const auto joined = [&](std::size_t k, std::string_view key) {
    return k < conjuncts_.size() && conjuncts_[k].join == key;
  };
  // What has happened has, whatever else did: "He accepted that, but denied this."
  if (joined(c + 1, "BUT")) {
    const std::size_t verb = VerbOf(conjuncts_[c].first, conjuncts_[c].last);
    return verb != kNowhere && !IsModal(At(verb)) && text::Fold(At(verb)).past && At(verb + 1) != "NOT";
  }
  if (!joined(c, "OR") && !joined(c + 1, "OR")) return true;
  const Conjunct& other = joined(c, "OR") ? conjuncts_[c] : conjuncts_[c + 1];
  if (other.start != Start::kBase) return false;
  for (std::size_t k = c + 1; k > 0; --k) {
    const Conjunct& conjunct = conjuncts_[k - 1];
    const std::size_t verb = VerbOf(conjunct.first, conjunct.last);
    if (conjunct.start == Start::kBase || verb == kNowhere) continue;
    return In(At(verb), {"FORBID", "MAYNOT", "MAY"});
  }
  return false;
}

void Splitter::Add(Words statement) {
  if (statement.size() < 3) return;
  out_.push_back(std::move(statement));
}

}  // namespace counsel::judging
