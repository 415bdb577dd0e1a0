#include "judging/statements.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "judging/grammar.h"
#include "judging/values.h"

namespace counsel::judging {
namespace {

constexpr std::size_t kMostStatements = 16;
constexpr std::size_t kLongestSubject = 14;
constexpr std::size_t kLongestInsertion = 30;
constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

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

bool Restricting(std::string_view key) {
  return In(key, {"IF", "UNLESS", "EXCEPT", "UNTIL", "SUBJECT", "EXTENT", "WHILE", "WITHOUT", "WITHIN", "BEFORE",
                  "AFTER", "DURING", "BYTIME", "ONLY", "PROVIDED"});
}

// How a predicate goes on after "and".
enum class Start { kNone, kFinite, kBase, kOwnSubject };

struct Conjunct {
  std::string join;  // before it
  Start start = Start::kOwnSubject;
  std::size_t first = 0, last = 0;  // words, without what is inserted
  Words inserted;                   // "if it gives notice": between commas before the verb
};

class Splitter {
 public:
  Splitter(std::string_view text, const Words& words) : text_(text), words_(words) {
    while (!words_.empty() && IsMark(words_.back(), ".,;:")) words_.pop_back();
  }

  std::vector<Words> Conjuncts() {
    TakeFront();
    TakeInsertions();
    Split();
    if (conjuncts_.size() > 1 || moved_) Assemble();
    return out_;
  }

  // The conjuncts, when together they say no more and no less than the whole.
  std::vector<Words> Parts() {
    const std::size_t before = words_.size();
    TakeFront();
    TakeInsertions();
    if (moved_ || words_.size() != before) return {};
    Split();
    if (conjuncts_.size() < 2) return {};
    for (std::size_t c = 1; c < conjuncts_.size(); ++c) {
      if (conjuncts_[c].join == "OR" || !TrailOf(conjuncts_[c]).empty()) return {};
    }
    Assemble();
    return out_.size() == conjuncts_.size() ? std::move(out_) : std::vector<Words>();
  }

  std::vector<Words> Run() {
    (void)Conjuncts();
    if (Words inner = AfterEnsure(words_, front_.size()); !inner.empty()) AddAll(inner);
    const std::vector<Words> made = out_;
    for (const Words& statement : made) {
      if (Words inner = AfterEnsure(statement, 0); !inner.empty()) AddAll(inner);
    }
    Grant();
    CutAlternative();
    SplitReports();
    SplitDeliveries();
    Require();
    NameValues();
    Appose();
    Relate();
    Define();
    if (out_.size() > kMostStatements) out_.resize(kMostStatements);
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string_view At(std::size_t i) const {
    return i < words_.size() ? std::string_view(words_[i].text) : std::string_view();
  }
  [[nodiscard]] bool MarkAt(std::size_t i, std::string_view marks) const {
    return i < words_.size() && IsMark(words_[i], marks);
  }
  [[nodiscard]] bool StartsVerb(std::size_t i) const { return IsModal(At(i)) || IsAuxiliary(At(i)); }

  // "If …, ": what stands before the main clause.
  void TakeFront() {
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
  void TakeInsertions() {
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
  void Move(std::size_t first, std::size_t last, std::size_t cut, std::size_t resume, std::size_t at) {
    Insertion insertion;
    insertion.words.assign(words_.begin() + static_cast<std::ptrdiff_t>(first),
                           words_.begin() + static_cast<std::ptrdiff_t>(last));
    insertion.at = at;
    words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(cut),
                 words_.begin() + static_cast<std::ptrdiff_t>(resume));
    insertions_.push_back(std::move(insertion));
    moved_ = true;
  }

  // A subject at word i: where its modal or auxiliary stands.
  [[nodiscard]] std::size_t SubjectAt(std::size_t i) const {
    if (IsPreposition(At(i)) || OpensClause(At(i)) != nullptr || IsRelative(At(i))) return kNowhere;
    for (std::size_t k = i; k < std::min(words_.size(), i + kLongestSubject); ++k) {
      if (StartsVerb(k)) return k == i ? kNowhere : k;
      if (MarkAt(k, ",;:()") || IsJoin(At(k)) || IsRelative(At(k)) || OpensClause(At(k)) != nullptr) return kNowhere;
    }
    return kNowhere;
  }

  // Where the verb of the words [first, last) begins.
  [[nodiscard]] std::size_t VerbOf(std::size_t first, std::size_t last) const {
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
      if (IsFiniteVerb(words_[i]) || plural) return i;
    }
    return kNowhere;
  }

  [[nodiscard]] Start StartAt(std::size_t i, std::size_t verb_before) const {
    while (In(At(i), {"also", "then", "accordingly", "promptly", "immediately", "forthwith", "thereafter"})) ++i;
    if (StartsVerb(i)) return Start::kFinite;
    const bool modal =
        verb_before != kNowhere && (IsModal(At(verb_before)) || In(At(verb_before), {"does", "do", "did"}));
    if (modal && IsBaseVerb(At(i)) && !IsJoin(At(i + 1))) return Start::kBase;
    if (verb_before != kNowhere && !modal && !IsAuxiliary(At(verb_before)) && i < words_.size() &&
        IsFiniteVerb(words_[i]) && text::Fold(words_[i].text).past == text::Fold(words_[verb_before].text).past)
      return Start::kFinite;
    if (SubjectAt(i) != kNowhere) return Start::kOwnSubject;
    return Start::kNone;
  }

  void Split() {
    Conjunct one;
    one.first = front_.size();
    std::size_t verb = kNowhere;
    int depth = 0;
    bool subordinate = false;  // after an "if", "which", … inside the conjunct
    for (std::size_t i = front_.size(); i < words_.size(); ++i) {
      if (MarkAt(i, "(")) ++depth;
      if (MarkAt(i, ")")) --depth;
      if (depth > 0) continue;
      if (OpensClause(At(i)) != nullptr || IsRelative(At(i)) || (At(i) == "that" && i > one.first && StartsVerb(i + 1)))
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
      one.first = next;
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
  [[nodiscard]] bool LaterJoin(std::size_t from, std::size_t verb) const {
    for (std::size_t i = from; i + 1 < words_.size(); ++i) {
      if (IsJoin(At(i)) && StartAt(i + 1, verb) != Start::kNone) return true;
      if (MarkAt(i, ";")) return false;
    }
    return false;
  }

  // Words from the first that restricts, at the end of the last conjunct.
  [[nodiscard]] Words TrailOf(const Conjunct& last) const {
    for (std::size_t i = last.first + 1; i < last.last; ++i) {
      if (Restricting(At(i)))
        return {words_.begin() + static_cast<std::ptrdiff_t>(i),
                words_.begin() + static_cast<std::ptrdiff_t>(last.last)};
    }
    return {};
  }

  [[nodiscard]] Words Range(std::size_t first, std::size_t last) const {
    return {words_.begin() + static_cast<std::ptrdiff_t>(first), words_.begin() + static_cast<std::ptrdiff_t>(last)};
  }

  void Assemble() {
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
    for (std::size_t c = 0; c < conjuncts_.size(); ++c) {
      if (!MayStandAlone(c)) continue;
      Words statement = statements[c];
      // A restriction at the end may hold for all that share its subject.
      for (std::size_t d = c + 1; d < conjuncts_.size(); ++d) {
        if (conjuncts_[d].start == Start::kOwnSubject) break;
        if (d + 1 < conjuncts_.size() && conjuncts_[d + 1].start != Start::kOwnSubject) continue;
        const Words trail = TrailOf(conjuncts_[d]);
        statement.insert(statement.end(), trail.begin(), trail.end());
      }
      Add(std::move(statement));
    }
  }

  // What is joined by "or" stands alone where nothing is demanded: "must not do A or B"; what "but" follows does not.
  [[nodiscard]] bool MayStandAlone(std::size_t c) const {
    const auto joined = [&](std::size_t k, std::string_view key) {
      return k < conjuncts_.size() && conjuncts_[k].join == key;
    };
    if (joined(c + 1, "BUT")) return false;
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

  // "must ensure that the roof is repaired and that …": "the roof MUST be repaired".
  [[nodiscard]] static Words AfterEnsure(const Words& words, std::size_t from) {
    for (std::size_t i = from; i + 3 < words.size(); ++i) {
      if (words[i].text != "MUST") continue;
      std::size_t verb = i + 1;
      while (verb < words.size() && In(words[verb].text, {"also", "ALL", "AT", "time", "times"})) ++verb;
      if (verb + 2 >= words.size() || !In(words[verb].text, {"ensure", "procure"})) return {};
      if (words[verb + 1].text != "that") return {};
      return {words.begin() + static_cast<std::ptrdiff_t>(verb) + 2, words.end()};
    }
    return {};
  }

  // What must be ensured, piece by piece, as duties.
  void AddAll(Words inner) {
    std::vector<Words> pieces(1);
    for (std::size_t i = 0; i < inner.size(); ++i) {
      std::size_t that = i;
      if (IsMark(inner[that], ",") && that + 1 < inner.size()) ++that;
      if (inner[that].text == "AND") ++that;
      if (that > i && that + 1 < inner.size() && inner[that].text == "that") {
        pieces.emplace_back();
        i = that;
        continue;
      }
      pieces.back().push_back(inner[i]);
    }
    for (Words& piece : pieces) {
      for (std::size_t i = 0; i + 1 < piece.size(); ++i) {
        if (IsRelative(piece[i].text)) break;
        if (In(piece[i].text, {"does", "do"}) && piece[i + 1].text == "NOT") {
          piece[i].text = "FORBID";
          piece.erase(piece.begin() + static_cast<std::ptrdiff_t>(i) + 1);
          break;
        }
        if (!In(piece[i].text, {"is", "are"})) continue;
        text::RawWord be = piece[i];
        be.text = "be";
        piece[i].text = piece[i + 1].text == "NOT" ? "FORBID" : "MUST";
        if (piece[i + 1].text == "NOT") {
          piece[i + 1] = be;
        } else {
          piece.insert(piece.begin() + static_cast<std::ptrdiff_t>(i) + 1, be);
        }
        break;
      }
      Words statement = Joined({&front_, &piece});
      Add(std::move(statement));
    }
  }

  // "She told me that A and that B": she told me that A.
  void SplitReports() {
    std::size_t that = 1;
    while (that < words_.size() && !(At(that) == "that" && IsReporting(that))) ++that;
    if (that >= words_.size()) return;
    std::vector<std::pair<std::size_t, std::size_t>> pieces;
    std::size_t first = that + 1;
    for (std::size_t i = first; i < words_.size(); ++i) {
      std::size_t next = i;
      if (MarkAt(next, ",")) ++next;
      if (At(next) == "AND") ++next;
      if (next == i || At(next) != "that") continue;
      pieces.emplace_back(first, i);
      first = next + 1;
      i = next;
    }
    if (pieces.empty()) return;
    pieces.emplace_back(first, words_.size());
    const Words frame = Range(0, that + 1);
    for (const auto& [from, to] : pieces) {
      const Words piece = Range(from, to);
      Add(Joined({&frame, &piece}));
    }
  }

  // "We grant you a licence to copy": you have a licence to copy.
  void Grant() {
    for (std::size_t i = 1; i + 3 < words_.size(); ++i) {
      if (!In(At(i), {"grant", "grants", "granted", "give", "gives", "gave"})) continue;
      std::size_t whom = i + 1;
      if (At(whom) == "TO") ++whom;
      std::size_t what = IsArticle(At(whom)) ? whom + 2 : whom + 1;
      if (!In(At(what), {"a", "an", "the"})) return;
      if (At(whom) != "you" && !IsRoleNoun(text::Fold(At(what - 1)).text)) return;
      text::RawWord have = words_[i];
      have.text = "have";
      const Words subject = Range(whom, what);
      const Words verb = {have};
      const Words rest = Range(what, words_.size());
      return Add(Joined({&front_, &subject, &verb, &rest}));
    }
  }

  // "may end it by three months' notice, or at once if …": may end it by three months' notice.
  void CutAlternative() {
    const std::size_t verb = VerbOf(front_.size(), words_.size());
    if (verb == kNowhere || At(verb) != "MAY") return;
    for (std::size_t i = verb + 3; i + 1 < words_.size(); ++i) {
      if (OpensClause(At(i)) != nullptr || IsRelative(At(i))) return;
      if (!MarkAt(i, ",") || At(i + 1) != "OR") continue;
      if (StartAt(i + 2, verb) == Start::kNone) Add(Range(0, i));
      return;
    }
  }

  // "shall deliver A within ten days, B within a month and C by 1 May": each has its own time.
  void SplitDeliveries() {
    const std::size_t modal = VerbOf(front_.size(), words_.size());
    if (modal == kNowhere || At(modal) != "MUST" || !IsBaseVerb(At(modal + 1))) return;
    std::size_t from = modal + 2;
    if (At(from) == "TO" && IsArticle(At(from + 1))) from += 3;
    const auto timed = [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first + 1; i < last; ++i) {
        if (In(At(i - 1), {"WITHIN", "BYTIME", "BEFORE", "AFTER", "AT"}) && FindValue(text_, words_, i).words > 0)
          return true;
      }
      return false;
    };
    std::vector<std::pair<std::size_t, std::size_t>> pieces;
    std::size_t first = from;
    for (std::size_t i = from; i <= words_.size(); ++i) {
      const bool end = i == words_.size();
      if (!end && !MarkAt(i, ",") && At(i) != "AND") continue;
      if (!timed(first, i)) {
        if (end) return;
        continue;
      }
      pieces.emplace_back(first, i);
      if (!end && MarkAt(i, ",") && At(i + 1) == "AND") ++i;
      first = i + 1;
    }
    if (pieces.size() < 2) return;
    const Words frame = Range(0, from);
    for (const auto& [begin, last] : pieces) {
      if (begin >= last || StartAt(begin, modal) == Start::kFinite || SubjectAt(begin) != kNowhere) return;
    }
    for (const auto& [begin, last] : pieces) {
      const Words piece = Range(begin, last);
      Add(Joined({&frame, &piece}));
    }
  }

  // "No waiver is valid unless it is in writing", "effective only if it is": a waiver must be in writing.
  void Require() {
    for (std::size_t i = 1; i + 4 < words_.size(); ++i) {
      if (!In(At(i), {"is", "MUST"})) continue;
      const std::size_t word = At(i + 1) == "be" ? i + 2 : i + 1;
      if (!In(At(word), {"valid", "effective", "binding"})) continue;
      const bool unless = At(word + 1) == "UNLESS" && (At(0) == "NO" || At(i + 1) == "NOT");
      const bool only = At(word + 1) == "ONLY" && At(word + 2) == "IF";
      const std::size_t it = word + (only ? 3 : 2);
      if ((!unless && !only) || At(it) != "it" || !In(At(it + 1), {"is", "has"})) return;
      text::RawWord must = words_[i];
      must.text = "MUST";
      text::RawWord be = words_[i];
      be.text = "be";
      if (At(it + 1) == "has") return;
      const Words subject = Range(At(0) == "NO" ? 1 : 0, i);
      const Words middle = {must, be};
      const Words rest = Range(it + 2, words_.size());
      return Add(Joined({&subject, &middle, &rest}));
    }
  }

  [[nodiscard]] bool IsReporting(std::size_t that) const {
    for (std::size_t i = that; i > 0 && that - i < 5; --i) {
      const std::string stem = text::Fold(At(i - 1)).text;
      if (IsSayingStem(stem) ||
          In(stem, {"tell", "understand", "notic", "know", "not", "see", "deny", "warrant", "reply"}))
        return true;
    }
    return false;
  }

  [[nodiscard]] bool IsTitle(std::size_t i) const { return In(At(i), {"mr", "mrs", "ms", "dr", "sir", "professor"}); }
  [[nodiscard]] bool CapitalAt(std::size_t i) const {
    return i < words_.size() && words_[i].punctuation == 0 && !words_[i].digits && text_[words_[i].start] >= 'A' &&
           text_[words_[i].start] <= 'Z' && !IsOperator(words_[i]);
  }
  [[nodiscard]] text::RawWord Copula(std::size_t at) const {
    text::RawWord is = words_[at];
    is.text = "is";
    is.punctuation = 0;
    return is;
  }
  // A noun phrase without a verb.
  [[nodiscard]] bool IsPhrase(std::size_t first, std::size_t last) const {
    constexpr std::size_t kLongest = 9;
    if (first >= last || last - first > kLongest) return false;
    for (std::size_t i = first; i < last; ++i) {
      if (StartsVerb(i) || IsRelative(At(i)) || OpensClause(At(i)) != nullptr || words_[i].punctuation != 0)
        return false;
    }
    return true;
  }

  // "the foreman, Mr Threadgold,", "Ms Roke, the underwriter,": the one is the other.
  void Appose() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (!IsTitle(i) || !CapitalAt(i + 1)) continue;
      std::size_t end = i + 1;
      while (CapitalAt(end)) ++end;
      const Words name = Range(i, end);
      const Words is = {Copula(i)};
      if (MarkAt(end, ",") && IsArticle(At(end + 1))) {
        std::size_t close = end + 1;
        while (close < words_.size() && words_[close].punctuation == 0) ++close;
        if (IsPhrase(end + 1, close)) {
          const Words what = Range(end + 1, close);
          Add(Joined({&name, &is, &what}));
        }
      }
      if (i > 1 && MarkAt(i - 1, ",")) {
        std::size_t first = i - 1;
        while (first > 0 && i - 1 - first < 7 && !IsArticle(At(first)) && words_[first - 1].punctuation == 0) --first;
        if (IsArticle(At(first)) && IsPhrase(first, i - 1)) {
          const Words what = Range(first, i - 1);
          Add(Joined({&name, &is, &what}));
        }
      }
    }
  }

  // "the south slope, which needs repairs": the south slope needs repairs.
  void Relate() {
    for (std::size_t i = 2; i + 2 < words_.size(); ++i) {
      if (!MarkAt(i, ",") || !In(At(i + 1), {"which", "who"})) continue;
      std::size_t first = i;
      while (first > 0 && i - first < 6 && !IsArticle(At(first)) && !StartsVerb(first - 1) &&
             words_[first - 1].punctuation == 0 && !IsJoin(At(first - 1)) && !IsPreposition(At(first - 1)))
        --first;
      if (first == i || !IsPhrase(first, i) || !(IsArticle(At(first)) || CapitalAt(first))) continue;
      std::size_t close = i + 2;
      while (close < words_.size() && !MarkAt(close, ",;:")) ++close;
      const Words subject = Range(first, i);
      const Words said = Range(i + 2, close);
      const std::vector<Words> more = Splitter(text_, Joined({&subject, &said})).Conjuncts();
      if (more.size() < 2) Add(Joined({&subject, &said}));
      for (const Words& one : more) Add(one);
    }
  }

  // "Quendon Estates Limited (the "Landlord")", "3 Chantry Lane ("the Property")": who or what it is.
  void Define() {
    for (std::size_t i = 2; i + 2 < words_.size(); ++i) {
      if (!MarkAt(i, "(")) continue;
      std::size_t close = i + 1;
      while (close < words_.size() && words_[close].punctuation == 0 && close - i < 6) ++close;
      if (!MarkAt(close, ")") || close == i + 1 || !CapitalAt(close - 1)) continue;
      if (!IsArticle(At(i + 1)) && !CapitalAt(i + 1)) continue;
      std::size_t first = i;
      while (first > 0 && i - first < 8 && (CapitalAt(first - 1) || words_[first - 1].digits)) --first;
      // "A shareholder who wishes to sell (the "Seller")"
      if (first == i && VerbOf(0, i) == kNowhere && i < 14) first = 0;
      if (first == i) continue;
      const Words name = Range(i + 1, close);
      const Words is = {Copula(i)};
      const Words what = Range(first, i);
      Add(Joined({&name, &is, &what}));
    }
  }

  // "must pay a fee of £500 on the date of this agreement": the fee is £500.
  void NameValues() {
    const bool restricted = std::any_of(words_.begin(), words_.end(), [](const text::RawWord& word) {
      return OpensClause(word.text) != nullptr || In(word.text, {"ONLY", "OR", "WITHOUT"});
    });
    if (restricted || !front_.empty()) return;
    for (std::size_t i = 2; i + 1 < words_.size(); ++i) {
      if (At(i) != "OF" || FindValue(text_, words_, i + 1).words == 0) continue;
      std::size_t first = i;
      while (first > 0 && i - first < 5 && !IsArticle(At(first)) && !MarkAt(first - 1, ",;:()") &&
             !IsOperator(words_[first - 1]))
        --first;
      if (!IsArticle(At(first)) || first + 1 >= i) continue;
      std::size_t last = i + 1 + FindValue(text_, words_, i + 1).words;
      while (last < words_.size() && !MarkAt(last, ",;:") && !IsJoin(At(last)) && !StartsVerb(last)) ++last;
      text::RawWord is = words_[i];
      is.text = "is";
      const Words name = Range(first, i);
      const Words copula = {is};
      const std::size_t bare = i + 1 + FindValue(text_, words_, i + 1).words;
      if (In(At(bare), {"AT", "FOR", "TO", "FROM"})) {
        const Words alone = Range(i + 1, bare);
        Add(Joined({&name, &copula, &alone}));
      }
      const Words value = Range(i + 1, last);
      Add(Joined({&name, &copula, &value}));
    }
  }

  void Add(Words statement) {
    if (statement.size() < 3) return;
    out_.push_back(std::move(statement));
  }

  struct Insertion {
    Words words;
    std::size_t at = 0;
  };

  std::string_view text_;
  Words words_;
  Words front_;
  std::vector<Insertion> insertions_;
  std::vector<Conjunct> conjuncts_;
  std::vector<Words> out_;
  bool moved_ = false;
};

}  // namespace

std::vector<Words> PartsOf(std::string_view text, const Words& words) {
  return Splitter(text, words).Parts();
}

std::vector<Words> StatementsOf(std::string_view text, const Words& words) {
  return Splitter(text, words).Run();
}

}  // namespace counsel::judging
