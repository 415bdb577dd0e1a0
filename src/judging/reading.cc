#include "judging/reading.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "judging/lexicon.h"
#include "judging/roles.h"
#include "judging/values.h"

namespace counsel::judging {
namespace {

bool In(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool IsModal(std::string_view key) {
  return In(key,
            {"MUST", "FORBID", "NOTMUST", "MAY", "MAYNOT", "WILL", "WOULD", "SHOULD", "COULD", "COULDNOT", "ISTO"});
}

// Forms that make a clause of their own.
bool IsAuxiliary(std::string_view word) {
  return In(word, {"is", "are", "am", "was", "were", "has", "have", "had", "does", "do", "did"});
}
bool IsBe(std::string_view word) {
  return In(word, {"is", "are", "am", "was", "were", "be", "been", "being"});
}
bool IsSoft(std::string_view word) {
  static constexpr std::string_view soft[] = {
      "a",  "an", "the",    "this",   "that",    "these",  "those",   "said",    "being",     "there", "then",
      "as", "so", "having", "hereof", "thereof", "herein", "therein", "thereby", "hereunder", "been",  "be"};
  return IsAuxiliary(word) || std::find(std::begin(soft), std::end(soft), word) != std::end(soft);
}
bool IsPronoun(std::string_view word) {
  return In(word, {"it", "they", "he", "she", "him", "her", "them", "its", "their", "his", "itself", "themselves"});
}
bool IsRelative(std::string_view word) {
  return In(word, {"which", "who", "whom", "whose"});
}
bool IsPreposition(std::string_view key) {
  return In(key, {"TO",      "BY",      "FROM",    "FOR",  "WITH",  "WITHOUT", "WITHIN", "BEFORE", "AFTER",
                  "DURING",  "AGAINST", "BETWEEN", "OVER", "UNDER", "ABOVE",   "BELOW",  "OF",     "PER",
                  "THROUGH", "ABOUT",   "INTO",    "AT",   "SINCE", "THAN",    "BYTIME", "BEHALF", "FAVOUR"});
}
// Those whose exchange changes what is said.
bool IsLimit(std::string_view key) {
  return In(key, {"FROM", "WITHOUT", "WITHIN", "BEFORE", "AFTER", "DURING", "AGAINST", "SINCE", "BYTIME", "ABOVE",
                  "BELOW", "BETWEEN", "FAVOUR", "BEHALF"});
}

struct Opening {
  std::string_view key;
  ClauseKind kind;
};
constexpr Opening kOpenings[] = {{"IF", ClauseKind::kIf},
                                 {"UNLESS", ClauseKind::kUnless},
                                 {"EXCEPT", ClauseKind::kExcept},
                                 {"UNTIL", ClauseKind::kUntil},
                                 {"SUBJECT", ClauseKind::kSubject},
                                 {"EXTENT", ClauseKind::kExtent},
                                 {"WHILE", ClauseKind::kWhile},
                                 {"CAUSE", ClauseKind::kCause},
                                 {"ALTHOUGH", ClauseKind::kConcession},
                                 {"EVENIF", ClauseKind::kConcession},
                                 {"WHETHER", ClauseKind::kWhether}};

class Reader {
 public:
  Reader(std::string_view text, std::size_t start, std::size_t end)
      : text_(text), words_(Rewritten(text, text::SplitWords(text, start, end))) {}

  Reading Run() {
    Open(ClauseKind::kMain);
    while (at_ < words_.size()) {
      if (!TakeValue()) TakeWord();
    }
    SetRoles(&out_);
    return std::move(out_);
  }

 private:
  Clause& clause() { return out_.clauses[static_cast<std::size_t>(clause_)]; }
  [[nodiscard]] std::string_view WordAt(std::size_t i) const {
    return i < words_.size() ? std::string_view(words_[i].text) : std::string_view();
  }
  [[nodiscard]] bool Capital(const text::RawWord& word) const {
    return text_[word.start] >= 'A' && text_[word.start] <= 'Z';
  }
  [[nodiscard]] bool Empty(int clause) const { return out_.units.empty() || out_.units.back().clause < clause; }

  void Open(ClauseKind kind, std::string join = "") {
    Clause next;
    next.kind = kind;
    next.join = std::move(join);
    next.before = clause_;
    next.after_comma = comma_;
    next.fronted = kind != ClauseKind::kMain && kind != ClauseKind::kRelative &&
                   (out_.units.empty() || (clause_ >= 0 && Empty(clause_)));
    clause_ = static_cast<int>(out_.clauses.size());
    out_.clauses.push_back(std::move(next));
    NewChunk();
    preposition_.clear();
    limit_.clear();
    modal_.clear();
    be_ = false;
  }

  void NewChunk() {
    ++chunk_;
    article_ = false;
  }

  void EndPhrase() {
    NewChunk();
    preposition_.clear();
    limit_.clear();
  }

  bool TakeValue() {
    const Value value = FindValue(text_, words_, at_);
    if (value.words == 0) return false;
    Unit unit;
    unit.kind = UnitKind::kValue;
    unit.key = value.key;
    unit.bound = std::exchange(bound_, "");
    // "one copy": as "a copy"
    unit.light = value.key == "1" && unit.bound.empty();
    const bool year = unit.key.size() == 4 && (unit.key.starts_with("19") || unit.key.starts_with("20")) &&
                      !out_.units.empty() && out_.units.back().capital;
    const bool date = unit.key.starts_with("date:") || year;
    Add(std::move(unit), at_, value.words);
    at_ += value.words;
    // "From 1 February 2026 two directors must": a date ends its phrase.
    if (date) EndPhrase();
    return true;
  }

  void Add(Unit unit, std::size_t first, std::size_t count) {
    if (!modal_.empty() && !unit.adverb) EndPhrase();
    const text::RawWord& word = words_[first];
    unit.family = unit.kind == UnitKind::kWord ? Family(unit.key) : unit.key;
    unit.start = word.start;
    unit.end = words_[first + count - 1].end;
    unit.word = std::string(text_.substr(unit.start, unit.end - unit.start));
    unit.clause = clause_;
    unit.chunk = chunk_;
    unit.article = article_;
    unit.preposition = preposition_;
    unit.limit = limit_;
    unit.modal = unit.adverb ? "" : std::exchange(modal_, "");
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

  void TakeWord() {
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

  void TakeSoft(std::string_view word) {
    if (word == "that" && ThatOpens()) {
      Open(ClauseKind::kThat, std::exchange(pending_join_, ""));
      return;
    }
    // "Had the insurer known of it, …"
    if (word == "had" && out_.units.empty() && at_ + 1 < words_.size() && words_[at_ + 1].punctuation == 0)
      Open(ClauseKind::kIf);
    if (IsAuxiliary(word)) {
      Resume();
      SetBoundary();
    }
    if (IsBe(word)) be_ = true;
    if (word == "this" || word == "that") NewChunk();
    article_ = article_ || In(word, {"the", "a", "an", "this", "that", "these", "those"});
  }

  // "confirmed that …", "a sum that is due"; in "that sum" it only points.
  [[nodiscard]] bool ThatOpens() const {
    const text::RawWord* next = at_ + 1 < words_.size() ? &words_[at_ + 1] : nullptr;
    if (next == nullptr || out_.units.empty()) return false;
    const Unit& before = out_.units.back();
    if (before.clause == clause_ &&
        In(before.key, {"report",  "confirm",    "declar", "stat",  "say",      "show", "find",    "hold",
                        "conclud", "acknowledg", "agree",  "alleg", "claim",    "argu", "contend", "submit",
                        "accept",  "believ",     "decid",  "order", "determin", "admit"}))
      return true;
    return IsPronoun(next->text) || IsAuxiliary(next->text) || IsModal(next->text) ||
           In(next->text, {"the", "a", "an", "NO", "EITHER", "NEITHER", "NOT"}) ||
           (next->punctuation == 0 && Capital(*next) && !IsOperator(*next));
  }

  // "A person who is no party has no right": the second verb belongs to the person.
  void Resume() {
    const bool sub = clause().kind == ClauseKind::kRelative || clause().kind == ClauseKind::kThat;
    if (!sub || clause().boundary < 0 || clause().before < 0 || Empty(clause_)) return;
    const Clause& before = out_.clauses[static_cast<std::size_t>(clause().before)];
    if (before.boundary < 0 && before.verb < 0) {
      clause_ = clause().before;
      NewChunk();
    }
  }

  void SetBoundary() {
    if (clause().boundary < 0) clause().boundary = static_cast<int>(out_.units.size());
  }

  void TakeMark(char mark) {
    switch (mark) {
      case '(':
        aside_.push_back(clause_);
        Open(ClauseKind::kAside);
        break;
      case ')':
        if (!aside_.empty()) {
          clause_ = aside_.back();
          aside_.pop_back();
          NewChunk();
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

  // "If A before B happens, C": B's clause stands in the fronted one.
  [[nodiscard]] bool WithinFronted() const {
    for (int at = clause_; at >= 0; at = out_.clauses[static_cast<std::size_t>(at)].before) {
      if (out_.clauses[static_cast<std::size_t>(at)].fronted) return true;
      if (out_.clauses[static_cast<std::size_t>(at)].kind == ClauseKind::kMain) return false;
    }
    return false;
  }

  void TakeComma() {
    NewChunk();
    const std::string_view next = WordAt(at_ + 1);
    const bool conjunction = In(next, {"AND", "OR", "BUT", "NOR"});
    if (WithinFronted() && !conjunction && MainFollows(at_ + 1)) {
      Open(ClauseKind::kMain);
    } else if (clause().kind == ClauseKind::kRelative && clause().after_comma && !conjunction) {
      clause_ = std::max(clause().before, 0);
    }
    comma_ = true;
    preposition_.clear();
    limit_.clear();
  }

  // A modal or an auxiliary before the next mark: words [from, …) are a clause of their own.
  [[nodiscard]] bool MainFollows(std::size_t from) const {
    for (std::size_t i = from; i < words_.size(); ++i) {
      if (words_[i].punctuation == ';' || words_[i].punctuation == ':') return false;
      if (words_[i].punctuation == ',') return i > from + 3;
      if (IsModal(words_[i].text) || IsAuxiliary(words_[i].text)) return true;
      if (IsRelative(words_[i].text)) return false;
    }
    return true;
  }

  // After "and": a subject with a modal or an auxiliary within a few words begins a clause.
  [[nodiscard]] bool ClauseFollows(std::size_t from) const {
    constexpr std::size_t kLongestSubject = 6;
    // ", and we take": a subject by itself.
    if (at_ > 0 && from < words_.size() && words_[at_ - 1].punctuation == ',' &&
        In(words_[from].text, {"we", "you", "i", "it", "they", "he", "she"}))
      return true;
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

  // "No sample or prototype may": the clause has no verb yet, so its subject goes on.
  [[nodiscard]] bool HasVerb() {
    if (clause().boundary >= 0 || clause().verb >= 0) return true;
    for (std::size_t i = 1; i < out_.units.size(); ++i) {
      const Unit& unit = out_.units[i];
      const Unit& subject = out_.units[i - 1];
      if (unit.clause != clause_) continue;
      if (unit.participle) return true;
      const bool somebody =
          subject.kind == UnitKind::kPronoun || ((subject.capital || IsRoleNoun(subject.key)) && !subject.possessive);
      if (somebody && subject.clause == clause_ && unit.word.ends_with('s') && !unit.capital && !IsRoleNoun(unit.key))
        return true;
    }
    return false;
  }

  void TakeJoin(const std::string& key) {
    const std::string_view next = WordAt(at_ + 1);
    if (next == "that" && clause().kind != ClauseKind::kMain) {
      pending_join_ = key;
      return;
    }
    const bool opening =
        std::any_of(std::begin(kOpenings), std::end(kOpenings), [&](const Opening& one) { return one.key == next; });
    if (opening || IsRelative(next)) {
      pending_join_ = key;
      return;
    }
    if (!Empty(clause_) && HasVerb() && ClauseFollows(at_ + 1)) {
      const bool stays = clause().kind != ClauseKind::kMain && !comma_ && clause().kind != ClauseKind::kAside;
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

  void TakeOperator(const std::string& key) {
    if (IsModal(key)) return TakeModal(key);
    for (const Opening& one : kOpenings) {
      if (one.key != key) continue;
      // "except to the extent that", "only if": one clause
      if (Empty(clause_) && clause().kind == ClauseKind::kExcept) {
        preposition_ = key;
        return;
      }
      const bool only = std::exchange(only_, false);
      // ", while the other did not": another statement
      if (key == "WHILE" && comma_ && HasVerb()) return Open(ClauseKind::kMain, "AND");
      Open(one.kind, std::exchange(pending_join_, ""));
      clause().only = only;
      clause().proviso = std::exchange(proviso_, false);
      return;
    }
    if (key == "AND" || key == "OR" || key == "ANDOR" || key == "BUT") return TakeJoin(key);
    if (key == "ORMORE" || key == "ORLESS") {
      if (!out_.units.empty() && out_.units.back().kind == UnitKind::kValue)
        out_.units.back().bound = key == "ORMORE" ? "ATLEAST" : "ATMOST";
      return;
    }
    if (In(key, {"ATLEAST", "ATMOST", "MORETHAN", "LESSTHAN"})) {
      bound_ = key;
      return;
    }
    if (In(key, {"ANY", "ALL", "EITHER", "BOTH", "SOME"})) {
      // "either A or B", "both A and B": the conjunction says it.
      if ((key == "EITHER" && JoinFollows("OR")) || (key == "BOTH" && JoinFollows("AND"))) return;
      quantifier_ = key;
      return;
    }
    if (key == "ONLY") {
      only_ = true;
      return;
    }
    TakeRest(key);
  }

  [[nodiscard]] bool JoinFollows(std::string_view key) const {
    constexpr std::size_t kWords = 14;
    for (std::size_t i = at_ + 1; i < std::min(words_.size(), at_ + kWords); ++i) {
      if (words_[i].text == key) return true;
      if (words_[i].text == "party" || words_[i].punctuation == ';' || IsModal(words_[i].text) ||
          IsAuxiliary(words_[i].text))
        return false;
    }
    return false;
  }

  void TakeRest(const std::string& key) {
    if (key == "NON") {
      non_ = true;
    } else if (key == "PROVIDED") {
      proviso_ = true;
    } else if (key == "RESOLVED") {
      out_.resolved = true;
    } else if (key == "NOT") {
      const std::string_view next = WordAt(at_ + 1);
      if (IsPreposition(next) || next == "as") {
        not_ = true;
      } else {
        clause().negative = !clause().negative;
      }
    } else if (key == "NO" && HasVerb() && at_ > 0 && words_[at_ - 1].text == "OR") {
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

  // "without the landlord's consent" is "unless the landlord consents"; "with consent" is a condition.
  [[nodiscard]] bool ConsentFollows() const {
    constexpr std::size_t kWords = 8;
    for (std::size_t i = at_ + 1; i < std::min(words_.size(), at_ + kWords); ++i) {
      if (In(words_[i].text, {"consent", "approval", "permission", "authorisation"})) return true;
      if (words_[i].punctuation != 0 || (IsOperator(words_[i]) && words_[i].text != "ANY")) return false;
    }
    return false;
  }

  void TakePreposition(const std::string& key) {
    if ((key == "WITH" || key == "WITHOUT") && ConsentFollows()) {
      Open(key == "WITH" ? ClauseKind::kIf : ClauseKind::kUnless, std::exchange(pending_join_, ""));
      return;
    }
    NewChunk();
    if (In(key, {"BEFORE", "AFTER"}) && ClauseFollows(at_ + 1))
      Open(ClauseKind::kTime, std::exchange(pending_join_, ""));
    preposition_ = key;
    if (IsLimit(key)) {
      limit_ = key;
    } else if (key != "OF") {
      limit_.clear();
    }
  }

  void TakeModal(const std::string& key) {
    Resume();
    // "must keep … must use": another clause without a word between
    if (!clause().modal.empty() && !Empty(clause_) && clause().kind != ClauseKind::kAside) {
      Open(ClauseKind::kMain, "AND");
    }
    SetBoundary();
    clause().modal = modal_ = key;
  }

  void TakeContent(const text::RawWord& word) {
    const text::Stem stem = text::Fold(word.text);
    Unit unit;
    unit.key = std::exchange(non_, false) ? "non" + stem.text : stem.text;
    if (In(word.text, {"your", "yours"})) unit.key = "you";
    if (In(word.text, {"our", "us", "ours"})) unit.key = "we";
    unit.possessive = stem.possessive || In(word.text, {"your", "our"}) ||
                      (word.end < text_.size() && word.text.ends_with("s") &&
                       (text_[word.end] == '\'' || text_.substr(word.end, 3) == "\u2019"));
    unit.participle = stem.past;
    unit.capital = Capital(word);
    unit.adverb = word.text.size() > 4 && word.text.ends_with("ly");
    const bool own_document =
        IsDocumentNoun(unit.key) && !preposition_.empty() && at_ > 0 && In(words_[at_ - 1].text, {"this", "the"});
    // "that sum", said before
    const bool pointed =
        at_ > 0 && In(words_[at_ - 1].text, {"that", "such", "those", "said", "this", "these"}) &&
        std::any_of(out_.units.begin(), out_.units.end(), [&](const Unit& one) { return one.key == unit.key; });
    unit.light = IsLight(unit.key) || own_document || (unit.possessive && In(unit.key, {"you", "we"})) || pointed ||
                 word.text == "giving" || (unit.key == "giv" && ConsentFollows());
    Add(std::move(unit), at_, 1);
  }

  std::string_view text_;
  Words words_;
  Reading out_;
  std::size_t at_ = 0;
  int clause_ = -1;
  int chunk_ = 0;
  std::vector<int> aside_;
  std::string preposition_, limit_, modal_, bound_, quantifier_, pending_join_;
  bool be_ = false, comma_ = false, only_ = false, not_ = false, non_ = false, proviso_ = false, neither_ = false,
       article_ = false;
};

}  // namespace

Reading Read(std::string_view text, std::size_t start, std::size_t end) {
  return Reader(text, start, end).Run();
}

void Append(const Reading& more, Reading* to) {
  const int clauses = static_cast<int>(to->clauses.size());
  const int chunks = to->units.empty() ? 0 : to->units.back().chunk + 1;
  const std::size_t units = to->units.size();
  const int sentence = to->units.empty() ? 0 : to->units.back().sentence + 1;
  for (Unit unit : more.units) {
    unit.clause += clauses;
    unit.sentence = sentence;
    unit.chunk += chunks;
    if (unit.head >= 0) unit.head += static_cast<int>(units);
    to->units.push_back(std::move(unit));
  }
  for (Clause clause : more.clauses) {
    if (clause.before >= 0) clause.before += clauses;
    if (clause.verb >= 0) clause.verb += static_cast<int>(units);
    if (clause.boundary >= 0) clause.boundary += static_cast<int>(units);
    to->clauses.push_back(std::move(clause));
  }
  for (Joint joint : more.joints) {
    joint.at += units;
    joint.clause += clauses;
    to->joints.push_back(std::move(joint));
  }
  for (const std::size_t comma : more.commas) to->commas.push_back(comma + units);
  to->resolved = to->resolved || more.resolved;
}

bool Restricts(ClauseKind kind) {
  return kind != ClauseKind::kMain && kind != ClauseKind::kCause && kind != ClauseKind::kConcession &&
         kind != ClauseKind::kAside && kind != ClauseKind::kRelative && kind != ClauseKind::kThat;
}

}  // namespace counsel::judging
