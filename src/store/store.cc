#include "store/store.h"

#include <mutex>
#include <vector>

#include <sqlite3.h>

namespace counsel::store {

struct Store::FreeReaders {
  std::mutex mutex;
  std::vector<std::unique_ptr<Connection>> connections;  // guarded by mutex
};

Result<std::unique_ptr<Store>> Store::Open(const std::filesystem::path& path, boost::asio::thread_pool& pool) {
  Result<std::unique_ptr<Connection>> writer = Connection::Open(path, false);
  if (!writer) return Fail(std::move(writer.error()));
  // Without WAL (some network file systems) a reader would block the writer for as long as it reads.
  if (Result<void> migrated = Migrate(**writer); !migrated) return Fail(std::move(migrated.error()));
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
