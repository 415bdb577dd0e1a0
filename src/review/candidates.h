// Values that a document states of what a column asks about: how each is bound to it, and what makes it doubtful.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "review/columns.h"
#include "review/values.h"
#include "review/wording.h"

namespace counsel::review {

struct Candidate {
  Candidate() = default;
  Value value;
  std::size_t form = 0;   // of the column's, by which it was found
  std::size_t first = 0;  // words [first, last): form and value
  std::size_t last = 0;
  bool bound = false;  // the words say that it is the value; else it stands in the same sentence
  bool past = false;   // the sentence speaks of what was
  std::string doubt;   // why it may not be it all the same; ""
};

// In the order of the column's forms, then of the text. For dates, sums, periods, rates and parties.
[[nodiscard]] std::vector<Candidate> FindCandidates(const Column& column, const Wording& wording);

// What the sentence around words [first, last) says that makes a statement in it doubtful: a condition, a denial, the
// past; "" for nothing.
[[nodiscard]] std::string DoubtOf(const Wording& wording, std::size_t first, std::size_t last);
// Words [first, last) of the sentence around.
[[nodiscard]] std::size_t SentenceFirst(const Wording& wording, std::size_t i);
[[nodiscard]] std::size_t SentenceLast(const Wording& wording, std::size_t i);
[[nodiscard]] bool IsOfSomethingElse(const Column& column, const Wording& wording, std::size_t first, std::size_t last);

}  // namespace counsel::review
