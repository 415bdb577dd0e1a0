// Takes a sentence apart into what it says: first its conjuncts, then what set forms of words say besides. Pure.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "judging/grammar.h"
#include "judging/lexicon.h"

namespace counsel::judging {

inline constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

[[nodiscard]] Words Joined(std::initializer_list<const Words*> parts);
[[nodiscard]] bool IsMark(const text::RawWord& word, std::string_view marks);
[[nodiscard]] bool IsJoin(std::string_view key);

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
  std::vector<Words> Conjuncts();
  // The conjuncts, when together they say no more and no less than the whole.
  std::vector<Words> Parts();
  std::vector<Words> Run();
  // The same, neither more nor less, in other words.
  std::vector<Words> Restate();

 private:
  [[nodiscard]] std::string_view At(std::size_t i) const {
    return i < words_.size() ? std::string_view(words_[i].text) : std::string_view();
  }
  [[nodiscard]] bool MarkAt(std::size_t i, std::string_view marks) const {
    return i < words_.size() && IsMark(words_[i], marks);
  }
  [[nodiscard]] bool StartsVerb(std::size_t i) const { return IsModal(At(i)) || IsAuxiliary(At(i)); }
  // "If …, ": what stands before the main clause.
  void TakeFront();
  // ", if C," directly after a modal, an "and", or before a modal; "within five days of demand" between a modal and its
  // verb: moved before the sentence.
  void TakeInsertions();
  // Takes words [cut, resume) out; [first, last) of them are what is inserted into the conjunct that word `at` is in.
  void Move(std::size_t first, std::size_t last, std::size_t cut, std::size_t resume, std::size_t at);
  // A subject at word i: where its modal or auxiliary stands.
  [[nodiscard]] std::size_t SubjectAt(std::size_t i) const;
  // Where the verb of the words [first, last) begins.
  [[nodiscard]] std::size_t VerbOf(std::size_t first, std::size_t last) const;
  [[nodiscard]] Start StartAt(std::size_t i, std::size_t verb_before) const;
  void Split();
  // A comma separates predicates only where an "and" before another one follows.
  [[nodiscard]] bool LaterJoin(std::size_t from, std::size_t verb) const;
  // Words from the first that restricts, at the end of the last conjunct.
  [[nodiscard]] Words TrailOf(const Conjunct& last) const;
  [[nodiscard]] Words Range(std::size_t first, std::size_t last) const;
  void Assemble();
  // What is joined by "or" stands alone where nothing is demanded: "must not do A or B"; what "but" follows does not.
  [[nodiscard]] bool MayStandAlone(std::size_t c) const;
  [[nodiscard]] text::RawWord Doubt() const;
  [[nodiscard]] bool HasOwnModal(std::size_t c) const;
  [[nodiscard]] bool HasOtherForce(std::size_t c, std::size_t d) const;
  // "must ensure that the roof is repaired and that …": "the roof MUST be repaired".
  [[nodiscard]] static Words AfterEnsure(const Words& words, std::size_t from);
  // What must be ensured, piece by piece, as duties.
  void AddAll(Words inner);
  // "She told me that A and that B": she told me that A.
  void SplitReports();
  // "We grant you a licence to copy": you have a licence to copy.
  void Grant();
  // "I give my car to Ann": Ann receives it.
  void Receive();
  // "I appoint Ann to be my executor": she is the executor.
  void Appoint();
  // "is not liable unless it is at fault": is liable only if it is.
  void TurnRound();
  // "may end it if A, or if B", "where A, B or C": each of them is enough.
  void SplitConditions();
  // The conjuncts, each of them said by itself although an "or" joins them; empty unless all are.
  std::vector<Words> Alternatives();
  // What the set forms say besides.
  void Forms();
  // "must permit the landlord to enter", "may allow five colleagues to use it": the landlord may enter.
  void Permit();
  // "may end it by three months' notice, or at once if …": may end it by three months' notice.
  void CutAlternative();
  // "shall deliver A within ten days, B within a month and C by 1 May": each has its own time.
  void SplitDeliveries();
  // "No waiver is valid unless it is in writing", "effective only if it is": a waiver must be in writing.
  void Require();
  void Contrast();
  void Oblige();
  // Of statement_denials.cc
  void DenyGrant();
  void DenyWarranty();
  void SplitAtSemicolons();
  void SplitPassives();
  void TakeResult();
  // Of statement_contracts.cc
  void Enumerate();
  void TurnExcept();
  [[nodiscard]] bool WithoutConsentAt(std::size_t at) const;
  [[nodiscard]] std::string_view PrepositionIn(const text::RawWord& phrase) const;
  void NeedConsent();
  void TurnExclusion();
  void Amend();
  void TakeOccasion();
  void DenyRight();
  void LimitTo();
  void Forbidden();
  [[nodiscard]] bool IsReporting(std::size_t that) const;
  [[nodiscard]] bool IsTitle(std::size_t i) const;
  [[nodiscard]] bool CapitalAt(std::size_t i) const;
  [[nodiscard]] text::RawWord Copula(std::size_t at) const;
  // A noun phrase without a verb.
  [[nodiscard]] bool IsPhrase(std::size_t first, std::size_t last) const;
  // "the foreman, Mr Threadgold,", "Ms Roke, the underwriter,": the one is the other.
  void Appose();
  // "the south slope, which needs repairs": the south slope needs repairs.
  void Relate();
  // "Quendon Estates Limited (the "Landlord")", "3 Chantry Lane ("the Property")": who or what it is.
  void Define();
  // "must pay a fee of £500 on the date of this agreement": the fee is £500.
  void NameValues();
  void Add(Words statement);

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
  bool alternatives_ = false;
};

}  // namespace counsel::judging
