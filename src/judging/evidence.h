// What the sources say, sentence by sentence: each with its clause number, its lead-in, and its words. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "judging/called.h"
#include "judging/definitions.h"
#include "judging/judging.h"
#include "judging/reading.h"

namespace counsel::judging {

struct SourceSentence {
  SourceSentence() = default;
  std::size_t source = 0;
  std::string name;                      // of the document
  std::size_t start = 0, end = 0;        // bytes of the source's text, without a clause number before it
  std::string label;                     // "8.1(a)"; "" when none is seen
  int lead_in = -1;                      // sentence that leads a list in
  std::string list_join;                 // of a list's items: "AND", "OR"
  bool heading = false;                  // or a question: it states nothing
  bool list_condition = false;           // the last item of its list ends with a condition for all
  std::vector<std::string> said;         // with its lead-in before it; then the same in other words
  std::string words;                     // one space between them, for what is quoted as it stands
  Reading reading;                       // of what is said first
  std::unordered_set<std::string> keys;  // of its words and values, stems and families
};

// The words of a text in lower case with one space between them, without punctuation.
[[nodiscard]] std::string PlainWords(std::string_view text);

class Evidence {
 public:
  explicit Evidence(const std::vector<Source>& sources);

  [[nodiscard]] const std::vector<SourceSentence>& sentences() const { return sentences_; }
  // Whether the two words stand beside each other in a sentence of the document of that name.
  [[nodiscard]] bool Beside(const std::string& one, const std::string& other, const std::string& name) const;
  // What a sentence says besides (statements.h).
  [[nodiscard]] std::vector<Reading> Statements(std::size_t sentence) const;
  // How much a word tells of where a sentence comes from: rare ones tell most.
  [[nodiscard]] double Weight(const std::string& key) const;

 private:
  [[nodiscard]] bool StandsAlone(const SourceSentence& item, std::string_view text) const;
  [[nodiscard]] std::string ConditionFirst(const SourceSentence& item, std::string_view words,
                                           std::string_view text) const;
  void ReadSource(const Source& source, std::size_t index);

  // Those whom others may call by other names (called.h).
  void NameThem(const std::string& document, Reading* reading) const;

  std::vector<SourceSentence> sentences_;
  std::unordered_map<std::string, std::string> speakers_;                          // by document
  std::unordered_map<std::string, CalledNames> called_;                            // by document
  std::unordered_map<std::string, CalledNames> terms_;                             // by document
  std::unordered_map<std::string, std::vector<Definition>> definitions_;           // by document
  std::unordered_map<std::string, std::unordered_set<std::string>> vocabularies_;  // by document: hyphens.h
  std::unordered_map<std::string, std::string> covenantors_;  // by document: who promises what has no subject
  std::unordered_map<std::string, int> counts_;
};

}  // namespace counsel::judging
