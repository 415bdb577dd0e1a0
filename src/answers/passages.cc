#include "answers/passages.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace counsel::answers {
namespace {

constexpr std::size_t kMaxPassages = 30;

}  // namespace

Result<void> CheckQuestion(const std::string& question, const QuestionOptions& options) {
  if (question.size() > kMaxQuestionBytes) {
    return Fail(ErrorCode::kTooLarge, "The question is longer than 16 KiB.",
                "Ask something shorter; add long texts as documents.");
  }
  if (!ValidUtf8(question)) return Fail(ErrorCode::kInvalidArgument, "The question is not UTF-8 text.");
  if (question.find_first_not_of(" \t\r\n\v\f") == std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, "The question is empty.", "Ask a question about your documents.");
  }
  if (options.max_passages < 1 || options.max_passages > kMaxPassages) {
    return Fail(ErrorCode::kInvalidArgument, "The number of passages must be from 1 to 30.");
  }
  if (!(options.min_relevance >= 0 && options.min_relevance <= 1)) {
    return Fail(ErrorCode::kInvalidArgument, "The least relevance must be from 0 to 1.");
  }
  if (options.max_tokens == 0) return Fail(ErrorCode::kInvalidArgument, "The answer must be allowed at least 1 token.");
  return {};
}

std::vector<Passage> MergeHits(const std::vector<search::Hit>& hits, double least_relevance) {
  std::vector<Passage> passages;
  for (const search::Hit& hit : hits) {
    if (hit.relevance < least_relevance) continue;
    Passage& passage = passages.emplace_back();
    passage.document = hit.document;
    passage.page = hit.page;
    passage.start = hit.start;
    passage.end = hit.end;
    passage.heading = hit.heading;
    passage.text = hit.text;
    passage.relevance = hit.relevance;
    passage.place = hit.place;
  }
  // The order of the hits stays; a passage takes in the later neighbour of either side until there is none.
  const auto neighbours = [](const Passage& a, const Passage& b) {
    const Passage& first = a.start < b.start ? a : b;
    const Passage& second = a.start < b.start ? b : a;
    return a.document == b.document && a.page == b.page && a.place == b.place &&
           second.start - first.end <= kNeighbourGap && std::max(a.end, b.end) - first.start <= kMaxMergedCodePoints;
  };
  for (std::size_t i = 0; i < passages.size(); ++i) {
    for (std::size_t j = i + 1; j < passages.size();) {
      if (!neighbours(passages[i], passages[j])) {
        ++j;
        continue;
      }
      Passage& kept = passages[i];
      if (passages[j].start < kept.start) kept.heading = passages[j].heading;
      kept.start = std::min(kept.start, passages[j].start);
      kept.end = std::max(kept.end, passages[j].end);
      kept.relevance = std::max(kept.relevance, passages[j].relevance);
      kept.text.clear();
      passages.erase(passages.begin() + static_cast<std::ptrdiff_t>(j));
      j = i + 1;
    }
    passages[i].n = static_cast<int>(i) + 1;
  }
  return passages;
}

}  // namespace counsel::answers
