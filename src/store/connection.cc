// Statement and Connection: SQLite's C interface behind Results.
#include <algorithm>
#include <cerrno>
#include <functional>
#include <mutex>
#include <new>
#include <system_error>
#include <utility>
#include <vector>

#include <sqlite3.h>
#include <unistd.h>

#include "base/judgement.h"
#include "store/sqlite_error.h"
#include "store/store.h"

namespace counsel::store {
namespace {

// A reader meets a writer only while the WAL is truncated or the schema changes: milliseconds.
constexpr int kBusyTimeoutMs = 10'000;
// Steps of SQLite's machine between two looks at the clock: some 10 microseconds.
constexpr int kStepsBetweenLooks = 1'000;
constexpr unsigned kStepsOfOurs = 64;

// Some pragmas act when they are prepared: each time anew, please.
bool IsKept(std::string_view sql) {
  const std::size_t start = sql.find_first_not_of(" \n");
  const std::string_view verb = sql.substr(std::min(start, sql.size()), 6);
  return verb != "PRAGMA" && verb != "VACUUM";
}

// What the system said last when the store's files could not be read, or 0. SQLite (3.40) calls the store damaged when
// that is EIO, and FTS5 its index.
int FailedRead(sqlite3* handle) {
  int failed = 0;
  sqlite3_file* log = nullptr;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &failed);
  if (failed != 0) return failed;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
  if (log != nullptr && log->pMethods != nullptr) log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &failed);
  return failed != 0 ? failed : sqlite3_system_errno(handle);
}

struct Prepared {
  std::mutex mutex;
  std::vector<int (*)(sqlite3*)> all;
};
// Rooms register before main, in whatever order they are linked.
Prepared& ThePrepared() {
  static Prepared prepared;
  return prepared;
}

int PrepareOpened(sqlite3* handle) {
  Prepared& prepared = ThePrepared();
  const std::lock_guard lock(prepared.mutex);
  for (int (*prepare)(sqlite3*) : prepared.all) {
    if (const int code = prepare(handle); code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

}  // namespace

void AtOpen(int (*prepare)(sqlite3* db)) {
  Prepared& prepared = ThePrepared();
  const std::lock_guard lock(prepared.mutex);
  prepared.all.push_back(prepare);
}

Error SqliteError(sqlite3* handle, int code) {
  const std::string detail = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return {ErrorCode::kNoSpace, "The disk that holds the document store is full.",
              "Free some disk space, then try again."};
    case SQLITE_CORRUPT:
      if (const int failed = handle != nullptr ? FailedRead(handle) : 0; failed != 0) {
        return {ErrorCode::kUnavailable,
                "Reading the document store failed: " + std::generic_category().message(failed) + ".",
                "Check the disk that holds the home; if that is sound: counsel check"};
      }
      [[fallthrough]];
    case SQLITE_NOTADB:
      return {ErrorCode::kCorrupt, "The document store is damaged: " + detail + ".",
              "Restore the home from a backup, or start with another home: --home DIR."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kUnavailable, "The document store is locked by another program.",
              "Close programs that read counsel.db, then try again."};
    case SQLITE_CANTOPEN:
      if (Error why =
              ErrnoError(handle != nullptr ? sqlite3_system_errno(handle) : 0, "The document store cannot be opened");
          Judge(why) != Judgement::kPermanent) {
        return why;
      }
      [[fallthrough]];
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {ErrorCode::kPermissionDenied, "The document store cannot be opened for writing: " + detail + ".",
              "Check the permissions of the home and its counsel.db."};
    case SQLITE_IOERR:
      return {ErrorCode::kUnavailable, "Reading or writing the document store failed: " + detail + ".",
              "Check the disk that holds the home."};
    case SQLITE_INTERRUPT:
      return {ErrorCode::kCancelled, "Stopped."};
    case SQLITE_NOMEM:
      return {ErrorCode::kOutOfMemory, "The document store ran out of memory."};
    default:
      return {ErrorCode::kInternal, "The document store refused a statement: " + detail + "."};
  }
}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), connection_(other.connection_), bound_(other.bound_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  std::swap(connection_, other.connection_);
  std::swap(bound_, other.bound_);
  return *this;
}

Statement::~Statement() {
  if (statement_ != nullptr) connection_->Keep(statement_);
}

// Without memory a value is not bound, and NULL would stand in its place.
void Statement::Note(int code) {
  if (bound_ == SQLITE_OK) bound_ = code;
}

Statement& Statement::Bind(int index, std::int64_t value) {
  Note(sqlite3_bind_int64(statement_, index, value));
  return *this;
}

Statement& Statement::Bind(int index, double value) {
  Note(sqlite3_bind_double(statement_, index, value));
  return *this;
}

Statement& Statement::Bind(int index, std::string_view text) {
  // A null pointer would bind NULL where an empty text is meant.
  Note(sqlite3_bind_text64(statement_, index, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                           SQLITE_UTF8));
  return *this;
}

Statement& Statement::BindBlob(int index, std::span<const std::byte> bytes) {
  Note(sqlite3_bind_blob64(statement_, index, bytes.empty() ? "" : static_cast<const void*>(bytes.data()), bytes.size(),
                           SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::BindNull(int index) {
  Note(sqlite3_bind_null(statement_, index));
  return *this;
}

Result<bool> Statement::Step() {
  // Many short steps pass by SQLite's own look.
  if (connection_->interrupted_.load(std::memory_order_relaxed) || ++connection_->steps_ % kStepsOfOurs == 0) {
    if (Result<void> may = connection_->MayGoOn(); !may) return Fail(std::move(may.error()));
  }
  const int code = bound_ == SQLITE_OK ? sqlite3_step(statement_) : std::exchange(bound_, SQLITE_OK);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return Fail(connection_->Explain(code));
}

Result<void> Statement::Run() {
  Result<bool> row = Step();
  if (!row) return Fail(std::move(row.error()));
  Reset();
  return {};
}

void Statement::Reset() {
  sqlite3_reset(statement_);
}

std::int64_t Statement::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}
double Statement::Real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Statement::Text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  if (text == nullptr && !IsNull(column)) throw std::bad_alloc();  // or a part would be missing silently
  const int bytes = sqlite3_column_bytes(statement_, column);
  return text == nullptr ? std::string_view()
                         : std::string_view(reinterpret_cast<const char*>(text), static_cast<std::size_t>(bytes));
}

std::span<const std::byte> Statement::Blob(int column) const {
  const void* blob = sqlite3_column_blob(statement_, column);
  const int bytes = sqlite3_column_bytes(statement_, column);
  return {static_cast<const std::byte*>(blob), static_cast<std::size_t>(bytes)};
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Result<std::unique_ptr<Connection>> Connection::Open(const std::filesystem::path& path, bool read_only) {
  sqlite3* handle = nullptr;
  const int flags = (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) return Fail(SqliteError(handle, code));
  // Where the system refuses, for whatever reason, SQLite opens it for reading.
  if (!read_only && sqlite3_db_readonly(handle, "main") == 1) {
    constexpr const char* kWhat = "The document store cannot be opened for writing";
    if (::access(path.c_str(), W_OK) != 0) return Fail(ErrnoError(errno, kWhat));
    return Fail(ErrorCode::kUnavailable, std::string(kWhat) + " at the moment.", "Try again.");
  }
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  if (const int prepared = PrepareOpened(handle); prepared != SQLITE_OK) return Fail(SqliteError(handle, prepared));
  if (read_only) sqlite3_progress_handler(handle, kStepsBetweenLooks, LookUp, connection.get());
  // 1 MiB of page cache a connection: an idle daemon stays small, and the kernel caches the file anyway.
  const char* settings = read_only ? "PRAGMA cache_size = -1024;"
                                   : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                                     "PRAGMA secure_delete = ON; PRAGMA cache_size = -1024;"
                                     "PRAGMA journal_size_limit = 4194304;";
  if (Result<void> set = connection->Execute(settings); !set) return Fail(std::move(set.error()));
  const int prepared =
      sqlite3_prepare_v3(handle, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT, &connection->undo_, nullptr);
  if (prepared != SQLITE_OK) return Fail(SqliteError(handle, prepared));
  return connection;
}

Result<std::unique_ptr<Connection>> Connection::Create(const std::filesystem::path& path) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) return Fail(SqliteError(handle, code));
  if (Result<void> set = connection->Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL;"); !set) {
    return Fail(std::move(set.error()));
  }
  return connection;
}

Connection::~Connection() {
  for (const Kept& kept : kept_) sqlite3_finalize(kept.statement);
  sqlite3_finalize(undo_);
  sqlite3_close_v2(handle_);
}

Result<Statement> Connection::Prepare(std::string_view sql) {
  const std::size_t hash = std::hash<std::string_view>()(sql);
  const auto same = std::find_if(kept_.rbegin(), kept_.rend(), [&](const Kept& kept) {
    return kept.hash == hash && sql == sqlite3_sql(kept.statement);
  });
  if (same != kept_.rend()) {
    sqlite3_stmt* statement = same->statement;
    kept_.erase(std::prev(same.base()));
    return Statement(statement, *this);
  }
  sqlite3_stmt* statement = nullptr;
  const unsigned flags = IsKept(sql) ? SQLITE_PREPARE_PERSISTENT : 0;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), flags, &statement, nullptr);
  if (code != SQLITE_OK) return Fail(Explain(code));
  return Statement(statement, *this);
}

// An interrupt may meet a statement while it is prepared, too.
Error Connection::Explain(int code) {
  if ((code & 0xFF) == SQLITE_INTERRUPT) {
    if (Result<void> may = MayGoOn(); !may) return std::move(may.error());
  }
  if ((code & 0xFF) == SQLITE_NOMEM) ran_out_of_memory_ = true;
  return SqliteError(handle_, code);
}

void Connection::Keep(sqlite3_stmt* statement) {
  const std::string_view sql = sqlite3_sql(statement);
  if (!IsKept(sql)) {
    sqlite3_finalize(statement);
    return;
  }
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);  // they may be long
  if (kept_.size() == kKeptStatements) {
    sqlite3_finalize(kept_.front().statement);
    kept_.erase(kept_.begin());
  }
  kept_.push_back({std::hash<std::string_view>()(sql), statement});
}

Result<Connection::Log> Connection::MoveLog() {
  Result<Statement> checkpoint = Prepare("PRAGMA wal_checkpoint(PASSIVE)");
  if (!checkpoint) return Fail(std::move(checkpoint.error()));
  Result<bool> row = checkpoint->Step();
  if (!row) return Fail(std::move(row.error()));
  Log log;
  log.pages = checkpoint->Int(1);
  log.moved = checkpoint->Int(2);
  return log;
}

Result<bool> Connection::EmptyLog(std::chrono::milliseconds wait) {
  sqlite3_busy_timeout(handle_, static_cast<int>(wait.count()));
  Result<Statement> checkpoint = Prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  Result<bool> row = checkpoint ? checkpoint->Step() : Fail(std::move(checkpoint.error()));
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  if (!row) return row;
  return !*row || checkpoint->Int(0) == 0;
}

void Connection::Shrink() {
  for (const Kept& kept : kept_) sqlite3_finalize(kept.statement);
  kept_.clear();
  sqlite3_db_release_memory(handle_);
}

void Connection::Begin(std::optional<std::chrono::milliseconds> most) {
  interrupted_ = false;
  most_ = most.value_or(std::chrono::milliseconds(0));
  deadline_ = most ? Clock::now() + *most : Clock::time_point::max();
}

void Connection::Interrupt() {
  interrupted_ = true;
  sqlite3_interrupt(handle_);
}

Result<void> Connection::MayGoOn() const {
  if (interrupted_) return Fail(ErrorCode::kCancelled, "Stopped.");
  if (!Overdue()) return {};
  return Fail(ErrorCode::kDeadlineExceeded,
              "Reading the document store took longer than " +
                  std::to_string(std::chrono::duration_cast<std::chrono::seconds>(most_).count()) + " s.",
              "Try again when less is going on, or ask within one matter.");
}

// SQLite asks now and then while a statement runs.
int Connection::LookUp(void* connection) {
  const auto* self = static_cast<const Connection*>(connection);
  return self->interrupted_ || self->Overdue() ? 1 : 0;
}

Result<void> Connection::Execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Fail(Explain(code));
  return {};
}

std::int64_t Connection::last_insert_rowid() const {
  return sqlite3_last_insert_rowid(handle_);
}
std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle_);
}

Result<Transaction> Transaction::Begin(Connection& connection, bool write) {
  if (std::exchange(connection.left_open_, false)) const Transaction undone(connection);
  if (Result<void> begun = connection.Execute(write ? "BEGIN IMMEDIATE" : "BEGIN"); !begun) {
    return Fail(std::move(begun.error()));
  }
  return Transaction(connection);
}

Transaction::~Transaction() {
  // SQLite itself undoes it after some errors (a full disk).
  if (connection_ == nullptr || sqlite3_get_autocommit(connection_->handle()) != 0) return;
  sqlite3_step(connection_->undo_);
  sqlite3_reset(connection_->undo_);
  connection_->left_open_ = sqlite3_get_autocommit(connection_->handle()) == 0;
}

Result<void> Transaction::Commit() {
  // After some errors SQLite has undone it already, and whoever met the error may have gone on without what it asked
  // for.
  if (sqlite3_get_autocommit(connection_->handle()) != 0) {
    return Fail(ErrorCode::kUnavailable,
                "The document store undid what was begun: memory or the disk failed meanwhile.", "Try again.");
  }
  Result<void> committed = connection_->Execute("COMMIT");
  if (committed) connection_ = nullptr;
  return committed;
}

}  // namespace counsel::store
