// Answers of the record as a Word document. A footnote stands behind what was checked and nothing else: a supported
// sentence, a near one with the words that differ, a quote. What is not supported is in a style of its own and says so,
// or is left out. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "word/document.h"

namespace counsel::word {

using Json = nlohmann::json;

// A question of the record: what record::Readable (record/entry.h) made of its entry and of the acts about it.
struct Asked {
  Asked() = default;
  std::int64_t number = 0;
  Json entry;
  std::vector<Json> acts;
  bool texts = true;  // false: they were deleted
};

struct AnswerOptions {
  AnswerOptions() = default;
  bool checked_only = false;  // sentences that are not supported are left out, and how many is said
  std::int64_t made_at = 0;   // unix seconds
};

// Several are a conversation, in order.
[[nodiscard]] Document AnswersInWord(const std::vector<Asked>& asked, const AnswerOptions& options);

}  // namespace counsel::word
