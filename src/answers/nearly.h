// Evidence that is a little weaker than the cut-off. Pure.
#pragma once

#include <string>
#include <vector>

#include "answers/citations.h"
#include "understanding/answer_kind.h"

namespace counsel::answers {

// Of the cut-off: so much is nearly enough.
inline constexpr double kNearly = 0.75;

// "How much holiday does Marta get?": the contract is hers by its first words, and has a clause on holiday, in another
// passage; neither passage is strong. Whether one document's passages have all that is asked about, where a value or a
// name is asked for: then its quotes decide whether it answers. `names`: as Wanted's.
[[nodiscard]] bool HaveAllOfIt(const std::string& question, const std::string& names, understanding::AnswerKind kind,
                               const std::vector<Passage>& passages);

}  // namespace counsel::answers
