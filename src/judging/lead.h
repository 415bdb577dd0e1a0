// What a sentence says of its source and of the question: "Yes,", "Under clause 5.1,", "According to the lease,". Pure.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "judging/judging.h"

namespace counsel::judging {

enum class Reply { kNone, kYes, kNo };

struct Lead {
  Lead() = default;
  Reply reply = Reply::kNone;
  std::vector<std::string> clauses;    // that it names: "5.1", "8.1(a)"
  std::vector<std::string> documents;  // words by which it names a document, folded: "lease", "gpl", "3"
  bool named = false;                  // names a source expressly ("according to", "states that")
};

// Takes the lead off: what is left begins at `*start` and ends at `*end`, bytes of the sentence.
[[nodiscard]] Lead ReadLead(std::string_view sentence, std::size_t* start, std::size_t* end);

// Whether the words name the source's document: by its name, its heading, or as it calls itself ("this licence").
class SourceNames {
 public:
  explicit SourceNames(const Source& source);
  [[nodiscard]] bool Answers(const std::vector<std::string>& words) const;

 private:
  std::unordered_set<std::string> words_;
  bool kind_told_ = false;  // "lease", "agreement" among them
};

// "8.1" stands in "8.1(a)", "8" in "8.1".
[[nodiscard]] bool IsWithin(std::string_view clause, std::string_view label);

}  // namespace counsel::judging
