// Another embedding model: its vectors are made beside those that serve, and take their place when every passage has
// one.
//
//   vectors        what questions are compared with
//   next_vectors   those of the next model, as far as they are made
//
// Serving goes on all the while: documents that are added meanwhile get vectors of the model that serves, then of the
// next one as all others. The switch exchanges the two tables' names, so it takes as long for a million as for one.
//
// All functions run on a store connection inside the caller's transaction; what changes rows wants a write.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace counsel::search {

// The models that have vectors that serve, without counting them. Empty for an empty index.
[[nodiscard]] Result<std::vector<std::string>> ModelsWithVectors(store::Connection& db);

// Models with vectors that serve, and of how many passages.
struct ServingModel {
  ServingModel() = default;
  std::string name;
  std::int64_t passages = 0;
};
// That of the most passages first. Empty for an empty index.
[[nodiscard]] Result<std::vector<ServingModel>> ServingModels(store::Connection& db);

// Passages with vectors of other models than this.
[[nodiscard]] Result<std::int64_t> CountOfOtherModels(store::Connection& db, std::string_view model);

struct Reembedding {
  Reembedding() = default;
  std::string model;          // "" when none is under way
  std::int64_t done = 0;      // passages with a vector of it
  std::int64_t passages = 0;  // of all
};
[[nodiscard]] Result<Reembedding> FindReembedding(store::Connection& db);

// Begins, or goes on where an earlier one for this model ended; one for another model is given up. false: first what an
// earlier one left has to be forgotten (ForgetVectors); then call it again.
[[nodiscard]] Result<bool> BeginReembedding(store::Connection& db, std::string_view model);
// Gives it up: the vectors that serve stay. What was made goes with ForgetVectors.
[[nodiscard]] Result<void> EndReembedding(store::Connection& db);

struct PassageText {
  PassageText() = default;
  std::int64_t chunk = 0;
  std::string text;
};
// The next passages without a vector of the next model, by ascending id after `after`, at most `limit`.
[[nodiscard]] Result<std::vector<PassageText>> NextToReembed(store::Connection& db, std::int64_t after,
                                                             std::size_t limit);
// `vectors`: one for each of `chunks`, of unit length; a passage that was deleted meanwhile is passed over.
// kInvalidArgument when they are not of unit length or not of the size that this model's have; kCancelled when the
// re-embedding was given up or is for another model.
[[nodiscard]] Result<void> AddNextVectors(store::Connection& db, std::string_view model,
                                          std::span<const std::int64_t> chunks, std::span<const float> vectors);
// From now on the next model serves and the others do not: a document that was embedded by one of them is refused by
// DocumentIndexer. false, and nothing happens: some passage has no vector of it yet.
[[nodiscard]] Result<bool> SwitchVectors(store::Connection& db);
// At most `limit` vectors that nobody needs: what a switch replaced, or what was given up. false: there are no more.
[[nodiscard]] Result<bool> ForgetVectors(store::Connection& db, std::size_t limit);

}  // namespace counsel::search
