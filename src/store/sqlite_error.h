// What SQLite said, as an Error. For this room.
#pragma once

#include "base/result.h"

struct sqlite3;

namespace counsel::store {

// `handle` may be null: then only the code is known.
[[nodiscard]] Error SqliteError(sqlite3* handle, int code);

}  // namespace counsel::store
