// The schema, version by version. A released version is never edited: a change is a new entry at the end.
#include <array>
#include <string>

#include "store/store.h"

namespace counsel::store {
namespace {

// Version 1. Rooms own their tables; they stand together so that one file shows what is stored.
constexpr const char* kVersion1 = R"sql(
-- documents/
CREATE TABLE matters (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

-- search/

)sql";

constexpr std::array kVersions = {kVersion1};

}  // namespace

Result<void> Migrate(Connection& connection) {
  std::int64_t version = 0;
  {
    Result<Statement> read = connection.Prepare("PRAGMA user_version");
    if (!read) return Fail(read.error());
    Result<bool> row = read->Step();
    if (!row) return Fail(row.error());
    version = read->Int(0);
  }
  if (version > static_cast<std::int64_t>(kVersions.size())) {
    return Fail(ErrorCode::kUnsupported,
                "The document store was written by a newer Counsel (schema " + std::to_string(version) + ").",
                "Update Counsel, or use another home with --home.");
  }
  for (std::size_t next = static_cast<std::size_t>(version); next < kVersions.size(); ++next) {
    Result<void> applied = InTransaction(connection, true, [&](Connection& db) -> Result<void> {
      if (Result<void> made = db.Execute(kVersions[next]); !made) return made;
      return db.Execute("PRAGMA user_version = " + std::to_string(next + 1));
    });
    if (!applied) return applied;
  }
  return {};
}

}  // namespace counsel::store
