// Makes a Reading of words: goes through them once and keeps which clause and phrase it stands in. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "judging/lexicon.h"
#include "judging/reading.h"

namespace counsel::judging {

class Reader {
 public:
  // `words` are of `text`, rewritten (lexicon.h).
  Reader(std::string_view text, Words words) : text_(text), words_(std::move(words)) {}

  Reading Run();

 private:
  Clause& clause() { return out_.clauses[static_cast<std::size_t>(clause_)]; }
  [[nodiscard]] std::string_view WordAt(std::size_t i) const {
    return i < words_.size() ? std::string_view(words_[i].text) : std::string_view();
  }
  [[nodiscard]] bool Capital(const text::RawWord& word) const;
  [[nodiscard]] bool Empty(int clause) const;
  [[nodiscard]] bool OnlyAdverbs(int clause) const;
  void Open(ClauseKind kind, std::string join = "");
  [[nodiscard]] bool IsContent(std::size_t i) const;
  void OpenReduced();
  // "After that the Supplier may", "In either case you must": no comma, but the subject is none of the phrase.
  void FreeSubject();
  void NewChunk();
  void EndPhrase();
  bool TakeValue();
  void Add(Unit unit, std::size_t first, std::size_t count);
  void TakeWord();
  void TakeSoft(std::string_view word);
  // "confirmed that …", "a sum that is due"; in "that sum" it only points.
  [[nodiscard]] bool ThatOpens() const;
  // "A person who is no party has no right": the second verb belongs to the person.
  void Resume();
  void SetBoundary();
  void TakeMark(char mark);
  // "If A before B happens, C": B's clause stands in the fronted one.
  [[nodiscard]] bool WithinFronted() const;
  void TakeComma();
  // ", a block of 36 flats, ": what is told of a name before a comma; where it ends, 0: it is none.
  [[nodiscard]] std::size_t AppositionEnd(std::size_t from) const;
  // A modal or an auxiliary before the next mark: words [from, …) are a clause of their own.
  [[nodiscard]] bool MainFollows(std::size_t from) const;
  // After "and": a subject with a modal or an auxiliary within a few words begins a clause.
  [[nodiscard]] bool ClauseFollows(std::size_t from) const;
  // "the sum borrowed under it is": a participle at word `from`, and the verb of the clause behind it.
  [[nodiscard]] bool ReducedFollows(std::size_t from) const;
  // ", due on the first day of each month": it adds and does not restrict.
  [[nodiscard]] bool AsideFollows(std::size_t from);
  // "No sample or prototype may": the clause has no verb yet, so its subject goes on.
  [[nodiscard]] bool HasVerb();
  void TakeJoin(const std::string& key);
  void TakeOperator(const std::string& key);
  // "is not", "has never", "unless not": and not "at a price not lower than", "on lease and not for sale".
  [[nodiscard]] bool NegatesVerb() const;
  // "for no other purpose": it denies a thing, "under no circumstances" what is done.
  [[nodiscard]] bool OnlyThatThing() const;
  [[nodiscard]] bool JoinFollows(std::string_view key) const;
  void TakeRest(const std::string& key);
  // "without the landlord's consent" is "unless the landlord consents"; "with consent" is a condition.
  [[nodiscard]] bool ConsentFollows() const;
  void TakePreposition(const std::string& key);
  void TakeModal(const std::string& key);
  void TakeContent(const text::RawWord& word);

  std::string_view text_;
  Words words_;
  Reading out_;
  std::size_t at_ = 0;
  int clause_ = -1;
  int chunk_ = 0;
  std::vector<int> aside_;
  std::pair<std::string, std::string> before_aside_;  // preposition and limit
  std::size_t apposition_end_ = 0;                    // the comma that closes it
  std::string preposition_, limit_, modal_, bound_, quantifier_, pending_join_;
  bool be_ = false, comma_ = false, only_ = false, not_ = false, non_ = false, proviso_ = false, neither_ = false,
       article_ = false, waits_ = false;  // a modal for its verb, over "within five days"
};

}  // namespace counsel::judging
