// The rows of documents as the index's files have them: which have a sign, in lists as words have them, so that a
// question reads some lists in place of all rows (docs/search.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/mapped_index.h"
#include "store/store.h"

namespace counsel::search {

// In one snapshot of the store. Rows are numbered from 0 in the order in which the documents came, those that are gone
// or outside of the walls too. Fifty thousand rows: a tenth of a millisecond to look, as much for a list of all.
class RowsInFiles {
 public:
  struct Has {
    std::uint32_t row = 0;
    std::uint32_t number = 0;  // as RowSigns told it
  };

  // Nothing where there are no files that fit the snapshot: the table is asked for all.
  [[nodiscard]] static Result<std::optional<RowsInFiles>> Look(store::Connection& db,
                                                               const std::vector<std::int64_t>& scopes);

  // Rows of the table behind this number are not in them.
  [[nodiscard]] std::int64_t covered() const { return snapshot_.covered; }
  // All rows are below.
  [[nodiscard]] std::uint32_t end() const { return end_; }
  // Within the walls.
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool Sees(std::uint32_t row) const { return seen_[row]; }
  // Those within the walls that have it, ascending.
  [[nodiscard]] std::vector<Has> With(std::string_view sign) const;
  // Lives as long as this does.
  [[nodiscard]] std::string_view DocumentOf(std::uint32_t row) const;
  // Asked after what was found, as IndexSnapshot's.
  [[nodiscard]] bool Whole() const { return !broken_ && snapshot_.Whole(); }

 private:
  RowsInFiles(IndexSnapshot snapshot, const std::vector<std::int64_t>& scopes);

  IndexSnapshot snapshot_;
  std::vector<std::uint32_t> begins_;  // of each segment
  std::uint32_t end_ = 0;
  std::size_t count_ = 0;
  std::vector<bool> seen_;
  mutable bool broken_ = false;
};

}  // namespace counsel::search
