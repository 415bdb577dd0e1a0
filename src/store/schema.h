// Which schema a store has (schema.cc); Migrate is in store.h.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "store/store.h"

namespace counsel::store {

[[nodiscard]] std::int64_t LatestSchema();
// 0: none yet.
[[nodiscard]] Result<std::int64_t> SchemaOf(Connection& connection);

}  // namespace counsel::store
