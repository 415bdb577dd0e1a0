#include "judging/grading.h"

#include <algorithm>

namespace counsel::judging {
namespace {

int CountOf(const std::vector<Finding>& findings, FindingKind kind) {
  return static_cast<int>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& one) { return one.kind == kind; }));
}

}  // namespace

std::string_view GradeName(Grade grade) {
  switch (grade) {
    case Grade::kSupported:
      return "supported";
    case Grade::kNear:
      return "near";
    case Grade::kUnsupported:
      break;
  }
  return "unsupported";
}

Grade GradeOf(const std::vector<Finding>& findings, const Comparison& comparison) {
  if (findings.empty()) return Grade::kSupported;
  if (CountOf(findings, FindingKind::kContradiction) + CountOf(findings, FindingKind::kOmission) > 0)
    return Grade::kUnsupported;
  int needed = 0;
  int found = 0;
  for (std::size_t i = 0; i < comparison.claim.units.size(); ++i) {
    if (!Comparison::Counts(comparison.claim.units[i])) continue;
    ++needed;
    found += comparison.to_source[i] >= 0 || comparison.resolved[i] ? 1 : 0;
  }
  if (CountOf(findings, FindingKind::kStranger) > 0) return Grade::kUnsupported;
  const int unknown = CountOf(findings, FindingKind::kUnknown);
  if (static_cast<int>(findings.size()) > kMostOpen || unknown > 1 || found * 4 < needed * 3)
    return Grade::kUnsupported;
  return Grade::kNear;
}

double CostOf(const std::vector<Finding>& findings) {
  return 3.0 * CountOf(findings, FindingKind::kContradiction) + 2.0 * CountOf(findings, FindingKind::kOmission) +
         2.5 * (CountOf(findings, FindingKind::kUnknown) + CountOf(findings, FindingKind::kStranger)) +
         1.0 * CountOf(findings, FindingKind::kReplaced) + 0.75 * CountOf(findings, FindingKind::kOpen);
}

}  // namespace counsel::judging
