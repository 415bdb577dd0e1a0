#include "store/before_upgrade.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/file.h"
#include "store/sqlite_error.h"

namespace counsel::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = ".before-schema-";
constexpr std::string_view kUnfinished = ".partial";
// Left free for what the upgrade itself writes.
constexpr std::uint64_t kToSpare = std::uint64_t{16} << 20;

// "" of a store in memory.
fs::path FileOf(Connection& connection) {
  const char* name = ::sqlite3_db_filename(connection.handle(), "main");
  return name == nullptr ? fs::path() : fs::path(name);
}

std::uint64_t SizeOf(const fs::path& file) {
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(file, failed);
  return failed ? 0 : size;
}

Result<void> CheckSpace(const fs::path& store) {
  const std::uint64_t needed = SizeOf(store) + SizeOf(store.string() + "-wal") + kToSpare;
  std::error_code failed;
  const fs::space_info space = fs::space(store.parent_path(), failed);
  if (failed || space.available >= needed) return {};
  return Fail(ErrorCode::kNoSpace,
              "The document store is copied before this Counsel brings it up to date, and the disk has no room for " +
                  std::to_string(needed >> 20) + " MiB.",
              "Free some disk space, then start again.");
}

// Page by page, as SQLite sees the store.
Result<void> Copy(Connection& from, const fs::path& to) {
  Result<std::unique_ptr<Connection>> copy = Connection::Open(to, false);
  if (!copy) return Fail(std::move(copy.error()));
  // Nobody sees it before it is whole, so it needs no journal.
  if (Result<void> off = (*copy)->Execute("PRAGMA journal_mode = OFF"); !off) return off;
  sqlite3* target = (*copy)->handle();
  sqlite3_backup* backup = ::sqlite3_backup_init(target, "main", from.handle(), "main");
  if (backup == nullptr) return Fail(SqliteError(target, ::sqlite3_extended_errcode(target)));
  ::sqlite3_backup_step(backup, -1);
  if (::sqlite3_backup_finish(backup) != SQLITE_OK)
    return Fail(SqliteError(target, ::sqlite3_extended_errcode(target)));
  return {};
}

Result<void> Rename(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return Fail(ErrnoError(errno, "Cannot make " + to.string()));
  const FileDescriptor folder(::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.valid()) ::fsync(folder.get());
  return {};
}

}  // namespace

Result<void> CopyBeforeUpgrade(Connection& connection, std::int64_t schema) {
  const fs::path store = FileOf(connection);
  if (store.empty()) return {};
  // One that an interrupted upgrade left is of an earlier moment.
  if (Result<void> removed = RemoveCopiesBeforeUpgrade(connection); !removed) return removed;
  if (Result<void> room = CheckSpace(store); !room) return room;
  const fs::path copy = store.string() + std::string(kMark) + std::to_string(schema + 1);
  const fs::path unfinished = copy.string() + std::string(kUnfinished);
  Result<void> made = Copy(connection, unfinished);
  if (made) made = Rename(unfinished, copy);
  if (!made) (void)RemoveCopiesBeforeUpgrade(connection);
  return made;
}

Result<void> RemoveCopiesBeforeUpgrade(Connection& connection, std::chrono::hours age) {
  const fs::path store = FileOf(connection);
  if (store.empty()) return {};
  const std::string prefix = store.filename().string() + std::string(kMark);
  std::error_code failed;
  for (fs::directory_iterator entry(store.parent_path(), failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    if (!entry->path().filename().string().starts_with(prefix)) continue;
    std::error_code unknown;
    const fs::file_time_type written = fs::last_write_time(entry->path(), unknown);
    if (age.count() > 0 && !unknown && fs::file_time_type::clock::now() - written < age) continue;
    if (::unlink(entry->path().c_str()) != 0 && errno != ENOENT) {
      return Fail(
          ErrnoError(errno, "The copy from before the upgrade, " + entry->path().string() + ", cannot be removed"));
    }
  }
  if (failed) return Fail(ErrnoError(failed.value(), "Cannot read " + store.parent_path().string()));
  return {};
}

}  // namespace counsel::store
