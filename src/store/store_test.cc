#include "store/store.h"

#include <new>

#include <gtest/gtest.h>

#include "base/file.h"
#include "store/before_upgrade.h"
#include "store/schema.h"
#include "store/store_fixture.h"

namespace counsel::store {
namespace {

using StoreTest = StoreFixture;

TEST_F(StoreTest, AnErrorInATransactionUndoesAllOfIt) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store) << store.error().message;
  Result<void> written = Run((*store)->Write([](Connection& db) -> Result<void> {
    if (Result<void> inserted = InsertMatter(db, "a"); !inserted) return inserted;
    return Fail(ErrorCode::kCancelled, "no");
  }));
  EXPECT_EQ(written.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 0);
}

TEST_F(StoreTest, AnExceptionInATransactionUndoesAllOfItAndTheNextWriteSucceeds) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store) << store.error().message;
  const auto throwing = [](Connection& db) -> Result<void> {
    if (Result<void> inserted = InsertMatter(db, "a"); !inserted) return inserted;
    throw std::bad_alloc();
  };
  EXPECT_THROW((void)Run((*store)->Write(throwing)), std::bad_alloc);
  EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 0);
  const Result<void> next = Run((*store)->Write([](Connection& db) { return InsertMatter(db, "b"); }));
  EXPECT_TRUE(next) << next.error().message;
  EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 1);
  // Readers likewise: the snapshot of one that threw is not kept.
  EXPECT_THROW((void)Run((*store)->Read([](Connection&) -> Result<void> { throw std::bad_alloc(); })), std::bad_alloc);
  EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 1);
}

TEST_F(StoreTest, ATransactionWithinATransactionIsRefusedAndTheOuterOneGoesOn) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store) << store.error().message;
  const auto outer = [](Connection& db) -> Result<void> {
    if (Result<void> inserted = InsertMatter(db, "a"); !inserted) return inserted;
    const Result<void> inner = InTransaction(db, true, [](Connection& same) { return InsertMatter(same, "b"); });
    EXPECT_FALSE(inner);
    return {};
  };
  EXPECT_TRUE(Run((*store)->Write(outer)));
  EXPECT_EQ(Run((*store)->Read(CountMatters)).value(), 1);
}

TEST_F(StoreTest, WhatIsCommittedIsThereAfterOpeningAgain) {
  {
    Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
    ASSERT_TRUE(store);
    ASSERT_TRUE(Run((*store)->Write([](Connection& db) { return InsertMatter(db, "a"); })));
  }
  Result<std::unique_ptr<Store>> again = Store::Open(file_, pool_);
  ASSERT_TRUE(again);
  EXPECT_EQ(Run((*again)->Read(CountMatters)).value(), 1);
}

TEST_F(StoreTest, AReaderCannotWrite) {
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_TRUE(store);
  EXPECT_FALSE(Run((*store)->Read([](Connection& db) { return InsertMatter(db, "a"); })));
}

TEST_F(StoreTest, AStoreOfANewerVersionIsRefused) {
  {
    Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
    ASSERT_TRUE(store);
    ASSERT_TRUE(Run((*store)->Write([](Connection& db) { return db.Execute("PRAGMA user_version = 999"); })));
  }
  Result<std::unique_ptr<Store>> again = Store::Open(file_, pool_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kUnsupported);
}

Result<std::int64_t> CountPaths(Connection& db) {
  Result<Statement> rows = db.Prepare("SELECT count(*) FROM paths");
  if (!rows) return Fail(std::move(rows.error()));
  if (Result<bool> row = rows->Step(); !row) return Fail(std::move(row.error()));
  return rows->Int(0);
}

// Every table, index and trigger as SQL.
Result<std::string> Schema(Connection& db) {
  Result<Statement> rows =
      db.Prepare("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY sql)");
  if (!rows) return Fail(std::move(rows.error()));
  if (Result<bool> row = rows->Step(); !row) return Fail(std::move(row.error()));
  return std::string(rows->Text(0));
}

TEST_F(StoreTest, AStoreOfEveryEarlierVersionIsBroughtUpToDateAndKeepsItsRows) {
  Result<std::unique_ptr<Connection>> fresh = Connection::Open(file_.string() + "-fresh", false);
  ASSERT_TRUE(fresh);
  ASSERT_TRUE(Migrate(**fresh));
  const Result<std::string> expected = Schema(**fresh);
  for (std::size_t version = 1; static_cast<std::int64_t>(version) < LatestSchema(); ++version) {
    const std::filesystem::path file = file_.string() + std::to_string(version);
    {
      Result<std::unique_ptr<Connection>> old = Connection::Open(file, false);
      ASSERT_TRUE(old);
      ASSERT_TRUE(Migrate(**old, version));
      ASSERT_TRUE(InsertMatter(**old, "a"));
      const Result<void> document = (*old)->Execute(
          "INSERT INTO documents (id, matter, sha256, bytes, name, state, queued, added_at) "
          "VALUES ('d', 1, 'x', 1, 'n', 'ready', 1, 1); INSERT INTO paths (document, path) VALUES ('d', '/a')");
      ASSERT_TRUE(document) << document.error().message;
    }
    Result<std::unique_ptr<Store>> again = Store::Open(file, pool_);
    ASSERT_TRUE(again) << version << ": " << again.error().message;
    EXPECT_EQ(Run((*again)->Read(CountMatters)).value(), 1);
    EXPECT_EQ(Run((*again)->Read(Schema)).value(), *expected) << version;
    // What referred to a row still does, and goes with it.
    EXPECT_EQ(Run((*again)->Read(CountPaths)).value(), 1) << version;
    ASSERT_TRUE(
        Run((*again)->Write([](Connection& db) { return db.Execute("DELETE FROM documents WHERE id = 'd'"); })));
    EXPECT_EQ(Run((*again)->Read(CountPaths)).value(), 0) << version;
  }
}

// A store of schema 8 with one matter.
void MakeOlder(const std::filesystem::path& file) {
  Result<std::unique_ptr<Connection>> old = Connection::Open(file, false);
  ASSERT_TRUE(old);
  ASSERT_TRUE(Migrate(**old, 8));
  ASSERT_TRUE(InsertMatter(**old, "a"));
}

TEST_F(StoreTest, AStoreIsCopiedBeforeItsUpgradeAndTheCopyIsKeptForADay) {
  MakeOlder(file_);
  const std::filesystem::path copy = file_.string() + ".before-schema-9";
  ASSERT_TRUE(Store::Open(file_, pool_));
  {
    Result<std::unique_ptr<Connection>> before = Connection::Open(copy, true);
    ASSERT_TRUE(before) << before.error().message;
    EXPECT_EQ(SchemaOf(**before).value(), 8);
    EXPECT_EQ(CountMatters(**before).value(), 1);
  }
  ASSERT_TRUE(Store::Open(file_, pool_));
  EXPECT_TRUE(std::filesystem::exists(copy));
  std::filesystem::last_write_time(copy, std::filesystem::file_time_type::clock::now() - kCopyIsKept);
  ASSERT_TRUE(Store::Open(file_, pool_));
  EXPECT_FALSE(std::filesystem::exists(copy));
}

TEST_F(StoreTest, ANewStoreIsNotCopied) {
  ASSERT_TRUE(Store::Open(file_, pool_));
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_EQ(entry.path().filename().string().find("before"), std::string::npos) << entry.path();
  }
}

TEST_F(StoreTest, ARefusalOfANewerStoreNamesTheCounselThatWroteIt) {
  {
    Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
    ASSERT_TRUE(store);
    ASSERT_TRUE(Run((*store)->Write([](Connection& db) {
      return db.Execute("PRAGMA user_version = 999; UPDATE written_by SET version = '7.8.9'");
    })));
  }
  Result<std::unique_ptr<Store>> again = Store::Open(file_, pool_);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find("written by Counsel 7.8.9 (schema 999)"), std::string::npos)
      << again.error().message;
  EXPECT_EQ(again.error().next_step,
            "Use Counsel 7.8.9 or newer, or restore a backup: counsel --home NEW restore FOLDER");
}

TEST_F(StoreTest, AFileThatIsNoDatabaseIsCalledDamaged) {
  ASSERT_TRUE(WriteFileAtomically(file_, std::string(8192, 'x')));
  Result<std::unique_ptr<Store>> store = Store::Open(file_, pool_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace counsel::store
