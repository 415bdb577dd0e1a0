// Whether the record is what it was: every entry, its place in the tree, its texts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/record.h"
#include "store/store.h"

namespace counsel::record {

struct Fault {
  Fault() = default;
  Fault(std::int64_t entry_in, std::string what_in) : entry(entry_in), what(std::move(what_in)) {}
  std::int64_t entry = 0;  // 0: of the whole
  std::string what;        // for a user
};

struct Verified {
  Verified() = default;
  Head head;                       // of what was verified
  std::int64_t with_texts = 0;     // entries whose texts are there and are theirs
  std::int64_t without_texts = 0;  // whose texts were deleted, as the record says
  std::int64_t faults = 0;
  std::vector<Fault> first_faults;  // at most kMostFaults
};
inline constexpr std::size_t kMostFaults = 100;

// Told how much is done, 0 to 1; an error of its own ends the work and is returned.
using Progress = std::function<Result<void>(double share)>;

// Everything is hashed again: some 100,000 entries of 2 kB a second. `noted`: a head that was noted outside: the record
// must begin with it. In short snapshots (Store::ReadApart); what is added meanwhile is verified too. Blocks.
[[nodiscard]] Result<Verified> Verify(store::Connection& db, const std::optional<Head>& noted,
                                      const Progress& progress);

}  // namespace counsel::record
