// A folder with a store's file in it, for the tests of this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <future>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "base/ids.h"
#include "base/result.h"
#include "store/store.h"

namespace counsel::store {

class StoreFixture : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(folder_); }
  void TearDown() override {
    pool_.join();
    std::filesystem::remove_all(folder_);
  }

  // Runs one coroutine to its end.
  template <class T>
  T Run(boost::asio::awaitable<T> task) {
    io_.restart();
    std::future<T> done = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
    io_.run();
    return done.get();
  }

  // It outlives the store, as in the daemon: a thread of the store may still be in the post that ended run().
  boost::asio::io_context io_;

  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("counsel-store-" + NewId());
  std::filesystem::path file_ = folder_ / "counsel.db";
  boost::asio::thread_pool pool_{2};
};

inline Result<std::int64_t> CountMatters(Connection& db) {
  Result<Statement> count = db.Prepare("SELECT count(*) FROM matters");
  if (!count) return Fail(count.error());
  if (Result<bool> row = count->Step(); !row) return Fail(row.error());
  return count->Int(0);
}

inline Result<void> InsertMatter(Connection& db, std::string_view name) {
  Result<Statement> insert = db.Prepare("INSERT INTO matters (name) VALUES (?)");
  if (!insert) return Fail(insert.error());
  return insert->Bind(1, name).Run();
}

}  // namespace counsel::store
