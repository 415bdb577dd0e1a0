#include "store/schema.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "store/schema_versions.h"
#include "store/store.h"

namespace counsel::store {
namespace {

constexpr std::size_t kLatest =
    std::tuple_size_v<decltype(kVersions1To8)> + std::tuple_size_v<decltype(kVersionsFrom9)>;

// The SQL that makes version `number` (from 1) of the one before.
const char* VersionSql(std::size_t number) {
  const std::size_t earlier = kVersions1To8.size();
  return number <= earlier ? kVersions1To8[number - 1] : kVersionsFrom9[number - earlier - 1];
}

// "Counsel 0.3.0", or "a newer Counsel" where the store does not say.
Result<std::string> WriterOf(Connection& connection) {
  Result<Statement> read = connection.Prepare("SELECT version FROM written_by");
  if (!read) return std::string("a newer Counsel");
  Result<bool> row = read->Step();
  if (!row) return Fail(std::move(row.error()));
  return *row ? "Counsel " + std::string(read->Text(0)) : std::string("a newer Counsel");
}

Result<void> RefuseNewer(Connection& connection, std::int64_t version) {
  Result<std::string> writer = WriterOf(connection);
  if (!writer) return Fail(std::move(writer.error()));
  const std::string use = writer->starts_with("Counsel") ? *writer + " or newer" : *writer;
  return Fail(ErrorCode::kUnsupported,
              "The document store was written by " + *writer + " (schema " + std::to_string(version) +
                  "); this is Counsel " COUNSEL_VERSION " (schema " + std::to_string(LatestSchema()) + ").",
              "Use " + use + ", or restore a backup: counsel --home NEW restore FOLDER");
}

}  // namespace

std::int64_t LatestSchema() {
  return static_cast<std::int64_t>(kLatest);
}

Result<std::int64_t> SchemaOf(Connection& connection) {
  Result<Statement> read = connection.Prepare("PRAGMA user_version");
  if (!read) return Fail(std::move(read.error()));
  Result<bool> row = read->Step();
  if (!row) return Fail(std::move(row.error()));
  return read->Int(0);
}

Result<void> Migrate(Connection& connection, std::size_t until) {
  const Result<std::int64_t> version = SchemaOf(connection);
  if (!version) return Fail(version.error());
  if (*version > LatestSchema()) return RefuseNewer(connection, *version);
  const std::size_t last = std::min(until, kLatest);
  if (static_cast<std::size_t>(*version) >= last) return {};
  // Dropping a table would take along what refers to it. Not within a transaction: there it has no effect.
  if (Result<void> off = connection.Execute("PRAGMA foreign_keys = OFF"); !off) return off;
  Result<void> applied = InTransaction(connection, true, [&](Connection& db) -> Result<void> {
    for (std::size_t next = static_cast<std::size_t>(*version); next < last; ++next) {
      if (Result<void> made = db.Execute(VersionSql(next + 1)); !made) return made;
    }
    return db.Execute("PRAGMA user_version = " + std::to_string(last));
  });
  if (!applied) return applied;
  return connection.Execute("PRAGMA foreign_keys = ON");
}

}  // namespace counsel::store
