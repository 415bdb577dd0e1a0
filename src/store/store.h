// The document store's SQLite file: connections, transactions, the schema (schema.cc). SQL itself lives in the rooms
// that own the tables.
//
// One file in WAL mode, secure_delete on, foreign keys on. Three lanes of threads (lane.h) work on it:
//
//   Read        short: a question, a list. Side by side, each in one snapshot, with a deadline; a caller that leaves
//               interrupts it.
//   ReadApart   long: a check, a backup, an export. Each on a thread of its own that gives way to others, with short
//               snapshots one after another.
//   Write       one after the other, each in one transaction, never interrupted. Long ones are cut into pieces by
//   whoever
//               writes (kPiece): others write in between.
//
// A snapshot that is open keeps the write-ahead log growing and a purge waiting (search.h), no one else. So only what
// must see one moment as a whole is one snapshot: a question, and the copy of the file in a backup.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.h"
#include "store/lane.h"

struct sqlite3;
struct sqlite3_stmt;

namespace counsel::store {

class Connection;
class Transaction;

// A prepared statement; its connection must outlive it. Bind by position from 1, then Step; Reset to use it again.
// Errors: kNoSpace (disk full), kCorrupt, kUnavailable (locked), kCancelled and kDeadlineExceeded (Connection::Begin),
// kInternal.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  Statement& Bind(int index, std::int64_t value);
  Statement& Bind(int index, double value);
  Statement& Bind(int index, std::string_view text);
  Statement& BindBlob(int index, std::span<const std::byte> bytes);
  Statement& BindNull(int index);

  // true while there is a row.
  [[nodiscard]] Result<bool> Step();
  // Step for statements that return no row.
  [[nodiscard]] Result<void> Run();
  void Reset();

  // Of the current row, columns from 0. Views live until the next Step or Reset.
  [[nodiscard]] std::int64_t Int(int column) const;
  [[nodiscard]] double Real(int column) const;
  [[nodiscard]] std::string_view Text(int column) const;
  [[nodiscard]] std::span<const std::byte> Blob(int column) const;
  [[nodiscard]] bool IsNull(int column) const;

 private:
  friend class Connection;
  Statement(sqlite3_stmt* statement, Connection& connection) : statement_(statement), connection_(&connection) {}
  void Note(int code);
  sqlite3_stmt* statement_;
  Connection* connection_;
  int bound_ = 0;  // what SQLite said of the values bound
};

// One SQLite connection. Used by one thread at a time, but for Interrupt.
// `prepare` is called for each connection that is opened from then on, before its first statement: what rooms register
// with SQLite (a tokenizer). A code of SQLite's; another than SQLITE_OK fails the opening.
void AtOpen(int (*prepare)(sqlite3* db));

class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] static Result<std::unique_ptr<Connection>> Open(const std::filesystem::path& path, bool read_only);
  // A new file that is written once, from end to end, and synced by each transaction: no journal.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> Create(const std::filesystem::path& path);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Statements are kept when they end (the last kKeptStatements), and given out again for the same SQL.
  [[nodiscard]] Result<Statement> Prepare(std::string_view sql);
  // One or more statements without parameters or rows.
  [[nodiscard]] Result<void> Execute(const std::string& sql);
  [[nodiscard]] std::int64_t last_insert_rowid() const;
  // Rows changed by the last statement.
  [[nodiscard]] std::int64_t changes() const;
  // For what only SQLite's own interface offers: functions of FTS5, the copy of a backup.
  [[nodiscard]] sqlite3* handle() const { return handle_; }

  // A new piece of work: its statements run until it has taken so long (kDeadlineExceeded) or is interrupted.
  void Begin(std::optional<std::chrono::milliseconds> most = std::nullopt);
  // From any thread: the running statement and all later ones of this piece of work end with kCancelled.
  void Interrupt();
  // Whether the work may go on, for what takes long between statements.
  [[nodiscard]] Result<void> MayGoOn() const;
  // Moves of the write-ahead log into the file what no reader's snapshot is older than: how many of its pages are
  // there.
  struct Log {
    std::int64_t pages = 0;
    std::int64_t moved = 0;
  };
  [[nodiscard]] Result<Log> MoveLog();
  // All of it, and makes it empty. false: readers still need it after so long a wait. Neither within a transaction.
  [[nodiscard]] Result<bool> EmptyLog(std::chrono::milliseconds wait);
  // Gives back the statements and pages that it keeps for speed.
  void Shrink();
  // Whether SQLite ever had no memory here. Its modules may then be wrong about themselves (FTS5 calls a sound table
  // malformed, once), so a lane opens another connection.
  [[nodiscard]] bool ran_out_of_memory() const { return ran_out_of_memory_; }

 private:
  friend class Statement;
  friend class Transaction;
  // A statement is kept by its destructor, which cannot ask for memory.
  explicit Connection(sqlite3* handle) : handle_(handle) { kept_.reserve(kKeptStatements); }
  void Keep(sqlite3_stmt* statement);
  [[nodiscard]] Error Explain(int code);
  [[nodiscard]] bool Overdue() const { return deadline_ != Clock::time_point::max() && Clock::now() >= deadline_; }
  static int LookUp(void* connection);

  struct Kept {
    std::size_t hash;  // of its SQL
    sqlite3_stmt* statement;
  };
  static constexpr std::size_t kKeptStatements = 40;

  sqlite3* handle_;
  sqlite3_stmt* undo_ = nullptr;  // ROLLBACK, prepared while there was memory for it
  bool left_open_ = false;        // a transaction, because there was no memory to undo it: by the next one
  bool ran_out_of_memory_ = false;
  std::vector<Kept> kept_;  // the last used at the end
  std::chrono::milliseconds most_{0};
  Clock::time_point deadline_ = Clock::time_point::max();
  std::atomic<bool> interrupted_ = false;
  unsigned steps_ = 0;
};

// One transaction of a connection. Whatever leaves its scope without a Commit (an error, an exception) is undone, and
// the connection can be used again.
class Transaction {
 public:
  // BEGIN IMMEDIATE, or BEGIN for a read. Within another one of the connection: kInternal, and that one goes on.
  [[nodiscard]] static Result<Transaction> Begin(Connection& connection, bool write);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // When it fails, all is undone.
  [[nodiscard]] Result<void> Commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;  // null once it is over
};

// COMMIT when `work` returned a value, ROLLBACK when it returned an error or threw. `work(Connection&)` returns a
// Result.
template <class Work>
auto InTransaction(Connection& connection, bool write, Work&& work) -> std::invoke_result_t<Work, Connection&> {
  Result<Transaction> transaction = Transaction::Begin(connection, write);
  if (!transaction) return Fail(std::move(transaction.error()));
  auto outcome = work(connection);
  if (!outcome) return outcome;
  if (Result<void> committed = transaction->Commit(); !committed) return Fail(std::move(committed.error()));
  return outcome;
}

// Of a Read, unless it says otherwise: a search of a million passages takes a second.
inline constexpr std::chrono::milliseconds kReadDeadline{60'000};
// How long one of several writes that belong together should take, so that others need not wait.
inline constexpr std::chrono::milliseconds kPiece{50};

class Store {
 public:
  // Opens or creates `path` and brings its schema up to date. A newer schema than ours: kUnsupported. `pool` must
  // outlive the store.
  [[nodiscard]] static Result<std::unique_ptr<Store>> Open(const std::filesystem::path& path,
                                                           boost::asio::thread_pool& pool);
  ~Store();

  // work(Connection&) -> Result<T> in one read snapshot. Returns when the work has ended (it may use what the caller
  // owns), which is soon when the caller is cancelled: then with kCancelled, or by the exception that cancels a
  // coroutine.
  template <class Work>
  auto Read(Work work, std::chrono::milliseconds deadline = kReadDeadline)
      -> boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> {
    const auto in_snapshot = [&work](Connection& db) { return InTransaction(db, false, work); };
    Patience patience;
    patience.most = deadline;
    co_return co_await On(reads_, in_snapshot, patience);
  }

  // work(Connection&) -> Result<T> on a thread of its own, outside a transaction: it takes short snapshots itself, by
  // InTransaction, and looks at MayGoOn between. A few at a time, further ones wait. Cancelled like a Read.
  template <class Work>
  auto ReadApart(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> {
    const auto apart = [&work](Connection& db) { return work(db); };
    const Patience patience;
    co_return co_await On(apart_, apart, patience);
  }

  // work(Connection&) -> Result<T>, alone, in one transaction. It is not cancelled.
  template <class Work>
  auto Write(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> {
    const auto in_transaction = [&work](Connection& db) { return InTransaction(db, true, work); };
    co_return co_await On(writes_, in_transaction, ToTheEnd());
  }

  // The same outside a transaction: for several, for files that belong to rows, for the write-ahead log.
  template <class Work>
  auto WriteOutside(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> {
    const auto outside = [&work](Connection& db) { return work(db); };
    co_return co_await On(writes_, outside, ToTheEnd());
  }

  // Interrupts what reads, lets what writes end, closes the file. What comes later gets kCancelled.
  void Stop();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // For other things that block: files, digests.
  [[nodiscard]] boost::asio::thread_pool& threads() const { return pool_; }

 private:
  Store(std::filesystem::path path, boost::asio::thread_pool& pool, std::unique_ptr<Connection> writer);

  static Patience ToTheEnd() {
    Patience patience;
    patience.given_up_with_caller = false;
    return patience;
  }
  template <class Work>
  static auto On(Lane& lane, const Work& work, Patience patience)
      -> boost::asio::awaitable<std::invoke_result_t<const Work&, Connection&>> {
    std::optional<std::invoke_result_t<const Work&, Connection&>> outcome;
    std::function<void(Connection&)> run = [&](Connection& db) { outcome.emplace(work(db)); };
    Result<void> ran = co_await lane.Run(std::move(run), patience);
    if (!ran) co_return Fail(std::move(ran.error()));
    co_return std::move(*outcome);
  }

  std::filesystem::path path_;
  boost::asio::thread_pool& pool_;
  Lane reads_;
  Lane apart_;
  Lane writes_;
};

// Copies the whole file, as the transaction that is open sees it (read something first), into a new file that is synced
// to the disk. In steps of SQLite's backup: `report` is asked after each MiB, its error ends the copy and is returned.
// A write meanwhile changes nothing: the snapshot is the transaction's, so the copy never begins anew.
[[nodiscard]] Result<void> CopyDatabase(Connection& db, const std::filesystem::path& target,
                                        const std::function<Result<void>(double share)>& report);

// The schema, version by version (schema.cc). `user_version` says how many have been applied.
// `until`: no further than this version, for tests of upgrades.
[[nodiscard]] Result<void> Migrate(Connection& connection, std::size_t until = std::numeric_limits<std::size_t>::max());

}  // namespace counsel::store
