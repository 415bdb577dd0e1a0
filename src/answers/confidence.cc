#include "answers/confidence.h"

#include <algorithm>
#include <set>

namespace counsel::answers {

double Confidence(const Answer& answer) {
  if (answer.outcome == Outcome::kNoEvidence) return 0;
  std::size_t needed = 0;
  double supported = 0;
  for (const AnswerSentence& sentence : answer.resolved.sentences) {
    if (!sentence.needs_support) continue;
    ++needed;
    // A near sentence has words that no source has: half of a supported one.
    if (sentence.supported) {
      supported += 1;
    } else if (sentence.grade == judging::Grade::kNear) {
      supported += 0.5;
    }
  }
  const double share = needed == 0 ? 0 : supported / static_cast<double>(needed);
  std::set<int> cited;
  for (const Citation& citation : answer.resolved.citations) cited.insert(citation.n);
  double relevance = 0;
  for (const Passage& passage : answer.passages) {
    if (cited.empty() || cited.count(passage.n) > 0) relevance = std::max(relevance, passage.relevance);
  }
  return std::clamp(relevance * (1 + 3 * share) / 4, 0.0, 1.0);
}

}  // namespace counsel::answers
