#include "store/store.h"

#include <mutex>
#include <vector>

#include <sqlite3.h>

#include "store/before_upgrade.h"
#include "store/schema.h"

namespace counsel::store {

struct Store::FreeReaders {
  std::mutex mutex;
  std::vector<std::unique_ptr<Connection>> connections;  // guarded by mutex
};

namespace {

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
      writes_(boost::asio::make_strand(pool)),
      writer_(std::move(writer)),
      free_readers_(std::make_unique<FreeReaders>()) {}

Store::~Store() = default;

Result<std::unique_ptr<Connection>> Store::TakeReader() {
  {
    const std::lock_guard lock(free_readers_->mutex);
    if (!free_readers_->connections.empty()) {
      std::unique_ptr<Connection> reader = std::move(free_readers_->connections.back());
      free_readers_->connections.pop_back();
      return reader;
    }
  }
  return Connection::Open(path_, true);
}

void Store::GiveBack(std::unique_ptr<Connection> reader) {
  const std::lock_guard lock(free_readers_->mutex);
  free_readers_->connections.push_back(std::move(reader));
}

}  // namespace counsel::store
