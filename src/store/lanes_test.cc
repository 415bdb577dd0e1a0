// Who waits for whom: reads, long reads and writes beside each other, interrupts, deadlines, statements that are kept.
#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/file.h"
#include "base/ids.h"
#include "store/store_fixture.h"

namespace counsel::store {
namespace {

using Lanes = StoreFixture;

// Counts to the end of time.
Result<std::int64_t> CountForEver(Connection& db) {
  Result<Statement> count = db.Prepare(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000) SELECT count(*) FROM "
      "n");
  if (!count) return Fail(std::move(count.error()));
  if (Result<bool> row = count->Step(); !row) return Fail(std::move(row.error()));
  return count->Int(0);
}

// Likewise, by statements that each take no time.
Result<std::int64_t> AskForEver(Connection& db) {
  for (;;) {
    Result<std::int64_t> matters = CountMatters(db);
    if (!matters) return matters;
  }
}

TEST_F(Lanes, AReadOverItsDeadlineEndsWithASentence) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store);
  for (auto* work : {CountForEver, AskForEver}) {
    const Result<std::int64_t> counted = Run((*store)->Read(work, std::chrono::milliseconds(20)));
    ASSERT_FALSE(counted);
    EXPECT_EQ(counted.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_NE(counted.error().message.find("took longer than"), std::string::npos) << counted.error().message;
  }
  EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 0);
}

TEST_F(Lanes, WhoeverLeavesInterruptsWhatIsReadForThem) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store);
  for (const bool apart : {false, true}) {
    boost::asio::io_context io;
    boost::asio::cancellation_signal leave;
    std::atomic<bool> running = false;
    bool ended = false;
    auto work = [&running](Connection& db) {
      running = true;
      return CountForEver(db);
    };
    auto ask = [&]() -> boost::asio::awaitable<void> {
      co_await boost::asio::this_coro::throw_if_cancelled(false);
      Result<std::int64_t> counted = 0;
      if (apart) {
        counted = co_await (*store)->ReadApart(work);
      } else {
        counted = co_await (*store)->Read(work);
      }
      EXPECT_FALSE(counted);
      EXPECT_EQ(counted.error().code, ErrorCode::kCancelled);
      ended = true;
    };
    boost::asio::co_spawn(io, ask(), boost::asio::bind_cancellation_slot(leave.slot(), boost::asio::detached));
    while (!running) io.poll();
    leave.emit(boost::asio::cancellation_type::terminal);
    io.run();
    EXPECT_TRUE(ended);
    // The next one on that thread is not meant.
    EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 0);
  }
}

TEST_F(Lanes, NeitherFilesNorLongReadsHoldUpQuestionsOrTheWriter) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  for (int i = 0; i < 2; ++i) boost::asio::post(pool_, [released] { released.wait(); });
  boost::asio::io_context io;
  std::vector<std::future<Result<int>>> apart;
  for (int i = 0; i < 6; ++i) {
    auto work = [released](Connection&) -> Result<int> {
      released.wait();
      return 1;
    };
    apart.push_back(boost::asio::co_spawn(io, (*store)->ReadApart(work), boost::asio::use_future));
  }
  io.poll();
  EXPECT_TRUE(Run((*store)->Write([](Connection& db) { return InsertMatter(db, "a"); })));
  EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 1);
  release.set_value();
  io.run();
  for (std::future<Result<int>>& one : apart) EXPECT_EQ(one.get().value(), 1);
}

TEST_F(Lanes, AStopInterruptsReadsAndLetsWritesEnd) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store);
  boost::asio::io_context io;
  std::atomic<int> running = 0;
  std::promise<void> stopping;
  std::shared_future<void> stopped = stopping.get_future().share();
  auto count = [&running](Connection& db) {
    ++running;
    return CountForEver(db);
  };
  auto insert = [&running, stopped](Connection& db) {
    ++running;
    stopped.wait();
    return InsertMatter(db, "a");
  };
  std::future<Result<std::int64_t>> reading = boost::asio::co_spawn(io, (*store)->Read(count), boost::asio::use_future);
  std::future<Result<void>> writing = boost::asio::co_spawn(io, (*store)->Write(insert), boost::asio::use_future);
  while (running < 2) io.poll();
  boost::asio::post(pool_, [&] { stopping.set_value(); });
  (*store)->Stop();
  io.run();
  EXPECT_EQ(reading.get().error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(writing.get());
  EXPECT_EQ(Run((*store)->Read(CountMatters)).error().code, ErrorCode::kCancelled);
  Result<std::unique_ptr<Store>> again = Store::Open(file_, pool_);
  EXPECT_EQ(Run((*again)->Read(CountMatters)).value(), 1);
}

TEST_F(Lanes, ThreadsWithoutWorkEndAndTheNextWorkBeginsThemAgain) {
  // Not by the entries of /proc/self/task: a reading that a thread ends under leaves others out.
  const auto threads = [] {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("Threads:")) return std::stol(line.substr(sizeof("Threads:") - 1));
    }
    return 0L;
  };
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store);
  const auto before = threads();
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(Run((*store)->Write([](Connection& db) { return db.Execute("DELETE FROM matters"); })));
    EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 0);
    EXPECT_GT(threads(), before);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (threads() > before && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(threads(), before);
  }
}

TEST_F(Lanes, StatementsAreKeptForTheSameSqlAndNotTooMany) {
  Result<std::unique_ptr<Connection>> db = Connection::Open(file_, false);
  ASSERT_TRUE(db);
  ASSERT_TRUE(Migrate(**db));
  const auto statements = [&db] {
    int count = 0;
    for (sqlite3_stmt* one = nullptr; (one = sqlite3_next_stmt((*db)->handle(), one)) != nullptr;) ++count;
    return count;
  };
  (*db)->Shrink();
  const int always = statements();  // what undoes a transaction is prepared before there is no memory
  for (int i = 0; i < 3; ++i) {
    Result<Statement> number = (*db)->Prepare("SELECT ?");
    EXPECT_TRUE(*number->Step());
    EXPECT_TRUE(number->IsNull(0)) << "what was bound before is not there any more";
    number->Reset();
    number->Bind(1, std::int64_t{7});
    Result<Statement> other = (*db)->Prepare("SELECT ?");  // while the first is in use
    EXPECT_TRUE(*other->Step());
    EXPECT_TRUE(other->IsNull(0));
    EXPECT_EQ(statements(), always + 2);
  }
  for (int i = 0; i < 200; ++i) {
    Result<Statement> number = (*db)->Prepare("SELECT " + std::to_string(i));
    EXPECT_TRUE(*number->Step());
    EXPECT_EQ(number->Int(0), i);
  }
  EXPECT_LE(statements(), always + 40);
  (*db)->Shrink();
  EXPECT_EQ(statements(), always);
}

TEST_F(Lanes, AConnectionInWhichSqliteHadNoMemoryIsNotUsedAgain) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store);
  ASSERT_TRUE(Run((*store)->WriteOutside([](Connection& db) { return db.Execute("CREATE TEMP TABLE mark (x)"); })));
  const auto marked = [](Connection& db) { return db.Execute("SELECT x FROM mark"); };
  ASSERT_TRUE(Run((*store)->WriteOutside(marked))) << "one connection for one write after the other";
  const Result<void> failed = Run((*store)->WriteOutside([](Connection& db) {
    const std::int64_t before = ::sqlite3_hard_heap_limit64(::sqlite3_memory_used() + 1'000'000);
    Result<void> made = db.Execute("SELECT randomblob(100000000)");
    ::sqlite3_hard_heap_limit64(before);
    return made;
  }));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kOutOfMemory);
  EXPECT_FALSE(Run((*store)->WriteOutside(marked)));
  EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 0);
}

TEST_F(Lanes, ACopyUnderConstantWritingEndsAndIsOfOneMoment) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store);
  const std::filesystem::path target = folder_ / "copy.db";
  boost::asio::io_context io;
  bool copied = false;
  std::atomic<int> writes = 0;
  // As many rows in matters as register_replies, after each transaction.
  auto write = [&]() -> boost::asio::awaitable<void> {
    for (; !copied || writes < 5; ++writes) {
      auto insert = [&](Connection& db) {
        const std::string n = std::to_string(writes);
        return db.Execute("INSERT INTO matters (name) VALUES ('" + n +
                          "'); INSERT INTO register_replies VALUES ('s', '" + n +
                          "', 1, 200, hex(randomblob(50000)));");
      };
      Result<void> inserted = co_await (*store)->Write(insert);
      EXPECT_TRUE(inserted);
      if (writes == 40) {
        auto copy = [&](Connection& db) {
          return InTransaction(db, false, [&](Connection& in) -> Result<int> {
            Result<std::int64_t> some = CountMatters(in);
            if (!some) return Fail(std::move(some.error()));
            int steps = 0;
            const int seen = writes;
            Result<void> done = CopyDatabase(in, target, [&](double) -> Result<void> {
              ++steps;
              while (writes < seen + steps * 3) std::this_thread::yield();  // others write between any two steps
              return {};
            });
            if (!done) return Fail(std::move(done.error()));
            return steps;
          });
        };
        boost::asio::co_spawn(io, (*store)->ReadApart(copy), [&copied](const std::exception_ptr&, Result<int> steps) {
          EXPECT_TRUE(steps && *steps > 2);
          copied = true;
        });
      }
    }
  };
  boost::asio::co_spawn(io, write(), boost::asio::detached);
  io.run();
  ASSERT_TRUE(copied);
  Result<std::unique_ptr<Store>> copy = Store::Open(target, pool_);
  ASSERT_TRUE(copy) << copy.error().message;
  const auto matters = Run((*copy)->Read(CountMatters));
  const auto replies = Run((*copy)->Read([](Connection& db) -> Result<std::int64_t> {
    Result<Statement> count = db.Prepare("SELECT count(*) FROM register_replies");
    if (Result<bool> row = count->Step(); !row) return Fail(std::move(row.error()));
    return count->Int(0);
  }));
  EXPECT_GE(*matters, 41);
  EXPECT_EQ(*matters, *replies);
}

}  // namespace
}  // namespace counsel::store
