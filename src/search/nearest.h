// The nearest vectors of a question.
//
// Where the index's files have them (mapped_index.h), small forms of the vectors say which are worth a look, and those
// are measured by the rows. The rest, and all of them where there are no files, by a scan over the rows of this
// snapshot: the truth, and the reference that the files are tested against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/unseen.h"
#include "store/store.h"

namespace counsel::search {

// Where to look; empty lists do not restrict.
struct Walls {
  Walls() = default;
  std::vector<std::int64_t> scopes;
  std::vector<std::string> documents;
  Unseen unseen;  // not there, wherever they are
  // Of the passages that these walls let be seen, all there are and all that are not there; ascending
  // (passages_with.h).
  std::optional<std::vector<std::int64_t>> only;
  std::vector<std::int64_t> hidden;

  // false: not there, whatever scope and document it is of.
  [[nodiscard]] bool Sees(std::int64_t chunk) const;
  // SQL that is true within the walls (of what is unseen too), over columns named `scope` and `document` of `table`;
  // "1" when there are none.
  [[nodiscard]] std::string Condition(std::string_view table) const;
  // Binds what Condition left open, from parameter `first`.
  void Bind(store::Statement& statement, int first) const;
};

struct IndexSnapshot;

struct Neighbour {
  std::int64_t chunk = 0;
  float cosine = 0;
};

// Of unit vectors. `b` need not be aligned.
[[nodiscard]] float Dot(std::span<const float> a, std::span<const std::byte> b);

// All values are finite and the length is 1, to within what rounding does.
[[nodiscard]] bool IsUnitVector(std::span<const float> vector);

// The model's row id; 0 when the index has no vectors of it (it is empty, or its vectors are another model's:
// reembedding.h). kInvalidArgument, naming both, when the question's size is not that of the index.
[[nodiscard]] Result<std::int64_t> CheckModel(store::Connection& db, std::string_view model, std::size_t dimensions);

// The `count` nearest, best first; equal ones by chunk id. With files: of the ten nearest 98 % and more, in the mean;
// each cosine is exact.
[[nodiscard]] Result<std::vector<Neighbour>> Nearest(store::Connection& db, std::int64_t model,
                                                     std::span<const float> vector, const Walls& walls,
                                                     std::size_t count, const IndexSnapshot* index = nullptr);

// Fills in the cosines of given chunks; one without a vector of this model keeps its value.
[[nodiscard]] Result<void> MeasureCosines(store::Connection& db, std::int64_t model, std::span<const float> vector,
                                          std::span<Neighbour> chunks);

}  // namespace counsel::search
