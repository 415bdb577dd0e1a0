// From a question to the passages that may answer it: scope, what is meant, vector, search, another order of what was
// found where a model is installed that knows one (reranking.h), neighbouring chunks merged.
//
// Threads: io thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "answers/citations.h"
#include "answers/unmentioned.h"
#include "base/result.h"
#include "models/model_replies.h"
#include "search/search.h"

namespace counsel::answers {

// Passages are what is read and cited. Of hits alone no passage is made: what stands above one is found by reading its
// whole document.
enum class EvidenceOf { kHits, kPassages };

struct Evidence {
  Evidence() = default;
  std::optional<Meant> meant;  // nothing when there is nothing to search
  std::vector<search::Hit> hits;
  std::vector<HitPlace> places;   // of the hits, beside them
  std::vector<Passage> passages;  // the strong hits, neighbours merged, strongest first; of kPassages
  double strength = 0;            // relevance of the best hit
  double least = 0;               // relevance that makes evidence of a hit
  models::Embeddings vector;      // of the question
  std::vector<float> last_line;   // and of its last line alone, where it has several
  bool store_is_empty = false;    // nothing to search: no model was loaded
  std::int64_t pending = 0;       // documents still being read
  Unmentioned unmentioned;        // what of the question nothing of what was searched has
  std::string note;               // what could not be done (reranking.h); ""
};

// Searches for the question under a short lease on the embedder. `sink` may be null.
[[nodiscard]] boost::asio::awaitable<Result<Evidence>> FindEvidence(const std::string& question,
                                                                    const QuestionOptions& options, EvidenceOf wanted,
                                                                    const AnswerModels& answer_models,
                                                                    store::Store& store, models::ModelPool& pool,
                                                                    AnswerSink* sink);

// A lease, telling the sink (may be null) how the load goes, and how many are before it in the model's line.
[[nodiscard]] boost::asio::awaitable<Result<models::Lease>> AcquireTelling(const std::string& model,
                                                                           models::AcquireOptions options,
                                                                           models::ModelPool& pool, AnswerSink* sink);

}  // namespace counsel::answers
