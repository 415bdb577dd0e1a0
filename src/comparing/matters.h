// Which changes between two clauses matter: values, must and may, negation, conditions, parties, liability. By rules
// alone. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "comparing/clauses.h"

namespace counsel::comparing {

// Something in a clause whose change matters.
struct Thing {
  Matter matter = Matter::kNumber;
  std::string key;  // two say the same when theirs are the same: "30 day" for "thirty (30) days"
  Range range;
};
// By where they begin.
[[nodiscard]] std::vector<Thing> ThingsIn(std::string_view text, Range range);

struct Side {
  std::string_view text;
  const Block* block = nullptr;
};
// Of two clauses whose words are aligned (word_marks.h). Things whose words stand beside each other and say the same
// are one; of the rest between two such, those of the same key are one, and others of one kind were changed into each
// other, in order.
[[nodiscard]] std::vector<Change> FindMatters(const Side& first, const Side& second,
                                              const std::vector<std::size_t>& aligned);
// What a clause holds that was added or removed, each kind once.
[[nodiscard]] std::vector<Matter> KindsIn(std::string_view text, Range range);

}  // namespace counsel::comparing
