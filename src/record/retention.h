// How long a matter's texts are kept in the record. It stands in the record itself (kind "retained"); the last such
// entry of a matter counts.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "record/record.h"
#include "store/store.h"

namespace counsel::record {

inline constexpr std::int64_t kMostYears = 100;

// `years`: from an entry's time on; 0: for ever. kNotFound for a matter that is not there, kInvalidArgument. The number
// of the entry that says so.
[[nodiscard]] Result<std::int64_t> SetRetention(store::Connection& db, const std::string& matter, std::int64_t years,
                                                const Actor& by, std::int64_t now);

// Deletes the texts of the entries that are older than each of their matters keeps them, and adds the entry that says
// so; none of a matter that is on hold. How many; where there are some, the caller asks for a purge (search.h) in the
// same transaction.
[[nodiscard]] Result<std::int64_t> KeepRetention(store::Connection& db, const Actor& by, std::int64_t now);

}  // namespace counsel::record
