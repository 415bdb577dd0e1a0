// What a question is about, and whether a sentence is about the same: a number of months answers "How often are the
// windows cleaned?" only where windows or cleaning are spoken of. Pure; English.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace counsel::answers {

class Subject {
 public:
  // `names`: of documents, which say nothing of what is asked about them.
  Subject(const std::string& question, const std::string& names);

  // How many of its words are there, of all: as they are, in another form, as a synonym, or as contracts write it
  // (understanding/glossary.h: then all). Roles ("the tenant") count where nothing else is asked about. 1 where a
  // question has no word of its own ("How long is it?").
  [[nodiscard]] double ShareIn(std::string_view text) const { return Share(FoundIn(text)); }
  [[nodiscard]] double Share(const std::set<std::size_t>& found) const;

  // Numbers of its words that the text has, as they are or otherwise; all where it has what contracts write for them.
  [[nodiscard]] std::set<std::size_t> FoundIn(std::string_view text) const;

  // What it asks about that the text has in no form; `all`: its names and its head alone otherwise.
  [[nodiscard]] std::vector<std::string> NotIn(std::string_view text, bool all) const;

  // Whether a value in a text that has these words may be of what is asked: it has the question's head
  // (understanding/asked_head.h), or of a question without one some word that is no name. "When did Dr Byrne resign?"
  // is not answered by a contract with him. `any`: any word that is no name will do.
  [[nodiscard]] bool IsOf(const std::set<std::size_t>& found, bool any = false) const;
  [[nodiscard]] bool HasHead() const;
  // Whether the text has what documents write for what is asked (understanding/glossary.h).
  [[nodiscard]] bool IsWrittenIn(std::string_view text) const;
  // Whether the text has the head itself, in some form, and no other word for it: a bonus is paid, and no salary.
  [[nodiscard]] bool HeadIsIn(std::string_view text) const;

 private:
  using WordSet = std::set<std::string, std::less<>>;
  struct Word {
    std::string asked;
    std::vector<std::string> folded;  // as the index has it
    std::string stem;
    std::string family;
    bool name = false;
    bool head = false;
  };
  // Those of words_, by their numbers, that a word of a text means.
  const std::vector<std::size_t>& MeantBy(const std::string& word) const;

  [[nodiscard]] bool HasWritten(const WordSet& there) const;

  std::vector<Word> words_;
  std::vector<std::vector<std::string>> written_;  // of the glossary: folded words, all of which must be there
  mutable std::unordered_map<std::string, std::vector<std::size_t>> known_;
};

}  // namespace counsel::answers
