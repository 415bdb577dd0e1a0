// What the findings of the rules come to. Pure.
#pragma once

#include <vector>

#include "judging/comparison.h"
#include "judging/judging.h"
#include "judging/rules.h"

namespace counsel::judging {

inline constexpr int kMostOpen = 2;  // unknown words and open points of a near sentence

[[nodiscard]] Grade GradeOf(const std::vector<Finding>& findings, const Comparison& comparison);
// Of two places with the same grade the one that costs less is shown.
[[nodiscard]] double CostOf(const std::vector<Finding>& findings);

}  // namespace counsel::judging
