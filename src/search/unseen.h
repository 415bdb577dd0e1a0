// Passages that no search sees: of a document that is not whole yet, or that is being taken out.
//
// A long document is written and removed in pieces, so that others write in between. Which of its passages are meant is
// told by ranges of their ids (table unseen), some hundred at most: one short transaction shows or hides them all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace counsel::search {

class Unseen {
 public:
  Unseen() = default;
  // As of this snapshot.
  [[nodiscard]] static Result<Unseen> Load(store::Connection& db);

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] bool Holds(std::int64_t chunk) const;
  // How many passages of these scopes and documents; an empty list does not restrict. Of those behind `after`.
  [[nodiscard]] std::int64_t Count(const std::vector<std::int64_t>& scopes, const std::vector<std::string>& documents,
                                   std::int64_t after = 0) const;
  // Calls it for each range, first to last, in their order.
  template <class Take>
  void ForEachRange(Take take) const {
    for (const Range& range : ranges_) take(range.first, range.last);
  }

 private:
  struct Range {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t scope = 0;
    std::string document;
  };
  std::vector<Range> ranges_;  // by first; they do not overlap
};

// In the transaction that wrote the passages first to last of a document, all there are between them.
[[nodiscard]] Result<void> Stage(store::Connection& db, std::string_view document, std::int64_t scope,
                                 std::int64_t first, std::int64_t last);

}  // namespace counsel::search
