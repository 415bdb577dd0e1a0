// Statement and Connection: SQLite's C interface behind Results.
#include <utility>

#include <sqlite3.h>

#include "store/sqlite_error.h"
#include "store/store.h"

namespace counsel::store {
namespace {

// A reader meets a writer only while the WAL is truncated or the schema changes: milliseconds.
constexpr int kBusyTimeoutMs = 10'000;

}  // namespace

Error SqliteError(sqlite3* handle, int code) {
  const std::string detail = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return {ErrorCode::kNoSpace, "The disk that holds the document store is full.",
              "Free some disk space, then try again."};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kCorrupt, "The document store is damaged: " + detail + ".",
              "Restore the home from a backup, or start with another home: --home DIR."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kUnavailable, "The document store is locked by another program.",
              "Close programs that read counsel.db, then try again."};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return {ErrorCode::kPermissionDenied, "The document store cannot be opened for writing: " + detail + ".",
              "Check the permissions of the home and its counsel.db."};
    case SQLITE_IOERR:
      return {ErrorCode::kUnavailable, "Reading or writing the document store failed: " + detail + ".",
              "Check the disk that holds the home."};
    case SQLITE_NOMEM:
      return {ErrorCode::kOutOfMemory, "The document store ran out of memory."};
    default:
      return {ErrorCode::kInternal, "The document store refused a statement: " + detail + "."};
  }
}

Statement::Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement& Statement::Bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
  return *this;
}

Statement& Statement::Bind(int index, double value) {
  sqlite3_bind_double(statement_, index, value);
  return *this;
}

Statement& Statement::Bind(int index, std::string_view text) {
  // A null pointer would bind NULL where an empty text is meant.
  sqlite3_bind_text64(statement_, index, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::BindBlob(int index, std::span<const std::byte> bytes) {
  sqlite3_bind_blob64(statement_, index, bytes.empty() ? "" : static_cast<const void*>(bytes.data()), bytes.size(),
                      SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::BindNull(int index) {
  sqlite3_bind_null(statement_, index);
  return *this;
}

Result<bool> Statement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return Fail(SqliteError(sqlite3_db_handle(statement_), code));
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
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  // 1 MiB of page cache a connection: an idle daemon stays small, and the kernel caches the file anyway.
  const char* settings = read_only ? "PRAGMA query_only = ON; PRAGMA cache_size = -1024;"
                                   : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                                     "PRAGMA secure_delete = ON; PRAGMA cache_size = -1024;"
                                     "PRAGMA journal_size_limit = 4194304;";
  if (Result<void> set = connection->Execute(settings); !set) return Fail(std::move(set.error()));
  return connection;
}

Connection::~Connection() {
  sqlite3_close_v2(handle_);
}

Result<Statement> Connection::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return Fail(SqliteError(handle_, code));
  return Statement(statement);
}

Result<void> Connection::Execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Fail(SqliteError(handle_, code));
  return {};
}

std::int64_t Connection::last_insert_rowid() const {
  return sqlite3_last_insert_rowid(handle_);
}
std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle_);
}

Result<Transaction> Transaction::Begin(Connection& connection, bool write) {
  if (Result<void> begun = connection.Execute(write ? "BEGIN IMMEDIATE" : "BEGIN"); !begun) {
    return Fail(std::move(begun.error()));
  }
  return Transaction(connection);
}

Transaction::~Transaction() {
  // SQLite itself undoes it after some errors (a full disk).
  if (connection_ == nullptr || sqlite3_get_autocommit(connection_->handle()) != 0) return;
  sqlite3_exec(connection_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Transaction::Commit() {
  Result<void> committed = connection_->Execute("COMMIT");
  if (committed) connection_ = nullptr;
  return committed;
}

}  // namespace counsel::store
