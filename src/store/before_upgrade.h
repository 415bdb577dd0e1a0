// The copy of a store that is made before its schema changes, so that there is a way back.
//
// counsel.db.before-schema-N stands beside counsel.db, N being the first schema that it does not have. It is the whole
// store, so it is not kept for long: it goes with the first start a day later, and before that with the first deletion,
// whose words it may hold.
//
// Blocks; used by whoever has the home.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "store/store.h"

namespace counsel::store {

// Of a store that has `schema`. kNoSpace, before anything is written, when the disk cannot take it.
[[nodiscard]] Result<void> CopyBeforeUpgrade(Connection& connection, std::int64_t schema);
inline constexpr std::chrono::hours kCopyIsKept{24};
// Removes every such copy that is at least so old.
[[nodiscard]] Result<void> RemoveCopiesBeforeUpgrade(Connection& connection, std::chrono::hours age = {});

}  // namespace counsel::store
