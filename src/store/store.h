// The document store's SQLite file: connections, transactions, the schema (schema.cc). SQL itself lives in the rooms
// that own the tables.
//
// One file in WAL mode, secure_delete on, foreign keys on. Work runs on the bounded thread pool: reads side by side,
// each in one snapshot; writes one after the other, each in one transaction.
#pragma once

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

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace counsel::store {

// A prepared statement. Bind by position from 1, then Step; Reset to use it again. Errors: kNoSpace (disk full),
// kCorrupt, kUnavailable (locked), kInternal.
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
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;
};

// One SQLite connection. Used by one thread at a time.
class Connection {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Connection>> Open(const std::filesystem::path& path, bool read_only);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] Result<Statement> Prepare(std::string_view sql);
  // One or more statements without parameters or rows.
  [[nodiscard]] Result<void> Execute(const std::string& sql);
  [[nodiscard]] std::int64_t last_insert_rowid() const;
  // Rows changed by the last statement.
  [[nodiscard]] std::int64_t changes() const;
  // For what only SQLite's own interface offers: functions of FTS5.
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
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

class Store {
 public:
  // Opens or creates `path` and brings its schema up to date. A newer schema than ours: kUnsupported. `pool` must
  // outlive the store.
  [[nodiscard]] static Result<std::unique_ptr<Store>> Open(const std::filesystem::path& path,
                                                           boost::asio::thread_pool& pool);
  ~Store();

  // work(Connection&) -> Result<T> on the pool, in one read snapshot. The coroutine resumes on its own executor.
  template <class Work>
  auto Read(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> {
    co_return co_await boost::asio::co_spawn(pool_, RunRead<Work>(this, std::move(work)), boost::asio::use_awaitable);
  }

  // work(Connection&) -> Result<T> on the pool, alone, in one transaction. Once begun it is not cancelled.
  template <class Work>
  auto Write(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> {
    co_return co_await boost::asio::co_spawn(writes_, RunWrite<Work>(this, std::move(work)),
                                             boost::asio::use_awaitable);
  }

  // After deletions: merges FTS5 segments away, truncates the WAL. Blocking; call it through WriteOutside.
  template <class Work>
  auto WriteOutside(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> {
    co_return co_await boost::asio::co_spawn(writes_, RunOutside<Work>(this, std::move(work)),
                                             boost::asio::use_awaitable);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // The pool the work runs on, for other things that block.
  [[nodiscard]] boost::asio::thread_pool& threads() const { return pool_; }

 private:
  Store(std::filesystem::path path, boost::asio::thread_pool& pool, std::unique_ptr<Connection> writer);

  // A reader connection, opened when none is free and given back after use; at most one per pool thread exists.
  class Reader;
  Result<std::unique_ptr<Connection>> TakeReader();
  void GiveBack(std::unique_ptr<Connection> reader);

  template <class Work>
  static boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> RunRead(Store* store, Work work) {
    Result<std::unique_ptr<Connection>> reader = store->TakeReader();
    if (!reader) co_return Fail(std::move(reader.error()));
    auto outcome = InTransaction(**reader, false, work);
    store->GiveBack(std::move(*reader));
    co_return outcome;
  }
  template <class Work>
  static boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> RunWrite(Store* store, Work work) {
    co_return InTransaction(*store->writer_, true, work);
  }
  template <class Work>
  static boost::asio::awaitable<std::invoke_result_t<Work, Connection&>> RunOutside(Store* store, Work work) {
    co_return work(*store->writer_);
  }

  std::filesystem::path path_;
  boost::asio::thread_pool& pool_;
  boost::asio::strand<boost::asio::thread_pool::executor_type> writes_;
  std::unique_ptr<Connection> writer_;
  struct FreeReaders;
  std::unique_ptr<FreeReaders> free_readers_;
};

// The schema, version by version (schema.cc). `user_version` says how many have been applied.
// `until`: no further than this version, for tests of upgrades.
[[nodiscard]] Result<void> Migrate(Connection& connection, std::size_t until = std::numeric_limits<std::size_t>::max());

}  // namespace counsel::store
