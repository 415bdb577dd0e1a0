// FTS5's own interface.
#pragma once

#include <sqlite3.h>

namespace counsel::search {

// Of the connection. SQLITE_OK with `api` set, or why there is none.
[[nodiscard]] inline int FindFts5(sqlite3* db, fts5_api** api) {
  sqlite3_stmt* ask = nullptr;
  *api = nullptr;
  const int prepared = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &ask, nullptr);
  if (prepared == SQLITE_OK) {
    sqlite3_bind_pointer(ask, 1, static_cast<void*>(api), "fts5_api_ptr", nullptr);
    sqlite3_step(ask);
  }
  const int done = sqlite3_finalize(ask);
  if (*api != nullptr) return SQLITE_OK;
  if (prepared != SQLITE_OK) return prepared;
  return done != SQLITE_OK ? done : SQLITE_ERROR;
}

}  // namespace counsel::search
