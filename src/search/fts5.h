// FTS5's own interface.
#pragma once

#include <sqlite3.h>

#include "store/store.h"

namespace counsel::search {

// Of the connection; nullptr when it has none.
[[nodiscard]] inline fts5_api* Fts5(store::Connection& db) {
  sqlite3_stmt* ask = nullptr;
  fts5_api* api = nullptr;
  if (sqlite3_prepare_v2(db.handle(), "SELECT fts5(?1)", -1, &ask, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(ask, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(ask);
  }
  sqlite3_finalize(ask);
  return api;
}

}  // namespace counsel::search
