#include "answers/answered_from.h"

#include <algorithm>
#include <set>
#include <utility>

namespace counsel::answers {

std::vector<std::string> AnsweredFrom(const Answer& answer) {
  if (answer.outcome == Outcome::kNoEvidence) return {};
  std::set<std::string> documents;
  if (answer.meant && answer.meant->chosen) {
    // It goes on to be meant, whichever of several answered.
    for (const MeantDocument& document : answer.meant->documents) documents.insert(document.id);
  } else {
    for (const Citation& citation : answer.resolved.citations) documents.insert(citation.document);
  }
  return {documents.begin(), documents.end()};
}

void LastAnsweredFrom::Keep(const std::string& session, std::vector<std::string> documents) {
  if (documents.empty()) return;
  Kept& kept = kept_[session];
  kept.at = ++now_;
  kept.documents = std::move(documents);
  if (kept_.size() <= kMost) return;
  kept_.erase(std::min_element(kept_.begin(), kept_.end(),
                               [](const auto& a, const auto& b) { return a.second.at < b.second.at; }));
}

std::vector<std::string> LastAnsweredFrom::Of(const std::string& session) const {
  const auto kept = kept_.find(session);
  return kept == kept_.end() ? std::vector<std::string>() : kept->second.documents;
}

}  // namespace counsel::answers
