// The record, or one matter's part of it, as JSON Lines that a third party can verify (docs/record.md,
// tools/verify_record.py).
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "record/record.h"
#include "store/store.h"

namespace counsel::record {

// Line by line, in pieces, each from a snapshot of its own: what is added meanwhile is left out.
class Export {
 public:
  // `matter`: "" for the whole record. An entry that concerns other matters too comes without its texts.
  explicit Export(std::string matter) : matter_(std::move(matter)) {}

  // The next lines, each with its end; "" when all was told. Within the caller's read transaction. kUnavailable: texts
  // were deleted meanwhile; what was told cannot be completed.
  [[nodiscard]] Result<std::string> Next(store::Connection& db);

 private:
  [[nodiscard]] Result<std::string> Begin(store::Connection& db);
  [[nodiscard]] Result<std::string> LineOf(store::Connection& db, const Kept& kept);
  [[nodiscard]] Result<std::vector<Kept>> Some(store::Connection& db);
  [[nodiscard]] Result<void> Conclude();

  std::string matter_;
  bool begun_ = false;
  Head head_;
  Edge edge_;
  std::int64_t last_ = 0;
  std::int64_t untold_ = 0;  // of the entries that line 1 announces
  std::unordered_set<std::int64_t> gone_;
};

}  // namespace counsel::record
