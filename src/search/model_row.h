// The embedding models that the index has vectors of. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace counsel::search {

// Finds or records a model. kInvalidArgument when its vectors had another size.
[[nodiscard]] Result<std::int64_t> ModelRow(store::Connection& db, std::string_view model, std::size_t dimensions);
// kUnavailable when the model made vectors that another one's have replaced: what it makes now would not be found.
[[nodiscard]] Result<void> CheckServes(store::Connection& db, std::string_view model);

[[nodiscard]] Error NotUnitLength(std::string_view model);

}  // namespace counsel::search
