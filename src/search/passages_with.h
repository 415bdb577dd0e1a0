// Which passages have words one after the other. Internal to this room.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/mapped_index.h"
#include "search/nearest.h"
#include "search/typed.h"
#include "store/store.h"

namespace counsel::search {

// Within the walls, ascending; also of one word. Of what the index's files have, by them; of the rest by the store's
// own words.
[[nodiscard]] Result<std::vector<std::int64_t>> PassagesWith(store::Connection& db, std::string_view phrase,
                                                             const Walls& walls, const IndexSnapshot* index);

// The walls of what was typed.
[[nodiscard]] Result<void> Restrict(store::Connection& db, const Typed& typed, const IndexSnapshot* index,
                                    Walls* walls);

}  // namespace counsel::search
