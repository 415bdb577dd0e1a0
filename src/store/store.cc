#include "store/store.h"

#include <algorithm>
#include <thread>

#include "store/before_upgrade.h"
#include "store/schema.h"

namespace counsel::store {
namespace {

// A thread of questions stays for those that follow; connections and stacks of an idle daemon go back.
constexpr std::chrono::milliseconds kIdle{2'000};
constexpr std::size_t kMostReads = 8;
constexpr std::size_t kMostApart = 4;
constexpr int kNice = 10;

Lane::Options ReadLane(const std::filesystem::path& path) {
  Lane::Options options;
  options.threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, kMostReads);
  options.idle = kIdle;
  options.open = [path] { return Connection::Open(path, true); };
  return options;
}

Lane::Options ApartLane(const std::filesystem::path& path) {
  Lane::Options options = ReadLane(path);
  options.threads = kMostApart;
  options.idle = std::chrono::milliseconds(0);
  options.nice = kNice;
  return options;
}

Lane::Options WriteLane(const std::filesystem::path& path) {
  Lane::Options options;
  options.open = [path] { return Connection::Open(path, false); };
  options.idle = kIdle;
  options.keep_connection = true;
  return options;
}

// The store says who has it.
Result<void> SignStore(Connection& db) {
  {
    Result<Statement> read = db.Prepare("SELECT 1 FROM written_by WHERE version = '" COUNSEL_VERSION "'");
    if (!read) return Fail(std::move(read.error()));
    Result<bool> signed_already = read->Step();
    if (!signed_already) return Fail(std::move(signed_already.error()));
    if (*signed_already) return {};
  }
  return InTransaction(db, true, [](Connection& writer) {
    return writer.Execute("DELETE FROM written_by; INSERT INTO written_by VALUES ('" COUNSEL_VERSION "')");
  });
}

Result<void> Upgrade(Connection& db) {
  const Result<std::int64_t> schema = SchemaOf(db);
  if (!schema) return Fail(schema.error());
  if (*schema == LatestSchema()) {
    if (Result<void> removed = RemoveCopiesBeforeUpgrade(db, kCopyIsKept); !removed) return removed;
  } else if (*schema > 0 && *schema < LatestSchema()) {
    if (Result<void> copied = CopyBeforeUpgrade(db, *schema); !copied) return copied;
  }
  if (Result<void> migrated = Migrate(db); !migrated) return migrated;
  return SignStore(db);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::Open(const std::filesystem::path& path, boost::asio::thread_pool& pool) {
  Result<std::unique_ptr<Connection>> writer = Connection::Open(path, false);
  if (!writer) return Fail(std::move(writer.error()));
  // Without WAL (some network file systems) a reader would block the writer for as long as it reads.
  if (Result<void> upgraded = Upgrade(**writer); !upgraded) return Fail(std::move(upgraded.error()));
  return std::unique_ptr<Store>(new Store(path, pool, std::move(*writer)));
}

Store::Store(std::filesystem::path path, boost::asio::thread_pool& pool, std::unique_ptr<Connection> writer)
    : path_(std::move(path)),
      pool_(pool),
      reads_(ReadLane(path_)),
      apart_(ApartLane(path_)),
      writes_(WriteLane(path_), std::move(writer)) {}

Store::~Store() {
  Stop();
}

void Store::Stop() {
  // The writer last: SQLite empties the write-ahead log when the last connection closes.
  reads_.Stop();
  apart_.Stop();
  writes_.Stop();
}

}  // namespace counsel::store
