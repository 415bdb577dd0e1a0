// The n-th allocation fails, SQLite's or ours, for every n of a transaction: afterwards either all of it is in the
// store or nothing, the store is whole, and the same connection does the work when it is asked again.
#include <cstdlib>
#include <functional>
#include <new>

#include <sqlite3.h>

#include "base/judgement.h"
#include "tests/faults/home.h"

namespace counsel::faults {
namespace {

using documents::Document;
using store::Connection;

// SQLite's allocator, with some that fail.
sqlite3_mem_methods real;
long long counted = -1;  // since FailAllocation; -1: not now
long long failing = 0;
bool all_after = false;

bool Fails() {
  if (counted < 0) return false;
  ++counted;
  return counted == failing || (all_after && counted > failing);
}
void FailAllocation(long long n, bool on) {
  failing = n;
  all_after = on;
  counted = 0;
}
long long AllocationsCounted() {
  return std::exchange(counted, -1);
}
// Before SQLite is used at all.
const int kHooked = [] {
  ::sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
  sqlite3_mem_methods ours = real;
  ours.xMalloc = [](int size) { return Fails() ? nullptr : real.xMalloc(size); };
  ours.xRealloc = [](void* old, int size) { return Fails() ? nullptr : real.xRealloc(old, size); };
  return ::sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}();

// All rows there are.
std::string RowsOf(Connection& db) {
  std::string rows;
  sqlite3_stmt* tables = nullptr;
  ::sqlite3_prepare_v2(db.handle(),
                       "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' "
                       "AND name NOT LIKE 'sqlite_%' ORDER BY name",
                       -1, &tables, nullptr);
  while (::sqlite3_step(tables) == SQLITE_ROW) {
    const std::string name = reinterpret_cast<const char*>(::sqlite3_column_text(tables, 0));
    rows += name + ":\n";
    sqlite3_stmt* all = nullptr;
    ::sqlite3_prepare_v2(db.handle(), ("SELECT * FROM " + name).c_str(), -1, &all, nullptr);
    while (::sqlite3_step(all) == SQLITE_ROW) {
      for (int column = 0; column < ::sqlite3_column_count(all); ++column) {
        const void* value = ::sqlite3_column_blob(all, column);
        rows.append(static_cast<const char*>(value), static_cast<std::size_t>(::sqlite3_column_bytes(all, column)));
        rows += '|';
      }
      rows += '\n';
    }
    ::sqlite3_finalize(all);
  }
  ::sqlite3_finalize(tables);
  return rows;
}

// Every n, or in the quick run every 29th; COUNSEL_FAULTS=whole: every one.
long long Step() {
  const char* whole = std::getenv("COUNSEL_FAULTS");
  return whole != nullptr && std::string(whole) == "whole" ? 1 : 29;
}

class StoreMemory : public testing::Test {
 protected:
  using Work = std::function<Result<void>(Connection&)>;

  static void SetUpTestSuite() {
    filled_ = std::make_unique<Home>();
    filled_->Fill();
    filled_->Close();
  }
  static void TearDownTestSuite() { filled_.reset(); }

  // A copy of the filled home, with this done to it.
  void OpenAnew(const Work& setup) {
    db_.reset();
    home_ = std::make_unique<Home>(filled_->folder_);
    home_->Close();
    db_ = std::move(*Connection::Open(home_->folder_ / "counsel.db", false));
    if (setup) {
      ASSERT_TRUE(store::InTransaction(*db_, true, setup));
    }
    before_ = RowsOf(*db_);
  }

  // A connection in which SQLite had no memory is not used again.
  void AsALaneDoes() {
    if (!db_->ran_out_of_memory()) return;
    db_.reset();
    db_ = std::move(*Connection::Open(home_->folder_ / "counsel.db", false));
  }

  // With allocation n failing, and with `on` all that follow. nullopt: there are not so many.
  static std::optional<Result<void>> Try(const std::function<Result<void>()>& work, long long n, bool on) {
    FailAllocation(n, on);
    Result<void> outcome;
    try {
      outcome = work();
    } catch (const std::bad_alloc&) {
      outcome = Fail(ErrorCode::kOutOfMemory, "thrown");
    }
    if (AllocationsCounted() < n) return std::nullopt;
    return outcome;
  }

  // The work in a transaction, and nothing of it after an error.
  void ForEvery(const Work& work, const Work& setup = nullptr) {
    OpenAnew(setup);
    const auto transaction = [&] { return store::InTransaction(*db_, true, work); };
    const auto taken_back = [&](Connection& db) -> Result<void> {
      if (Result<void> done = work(db); !done) return done;
      return Fail(ErrorCode::kCancelled, "all is well");
    };
    long long n = 1;
    for (bool reached = true; reached && !HasFailure(); n += Step()) {
      reached = false;
      for (const bool on : {false, true}) {
        const std::optional<Result<void>> outcome = Try(transaction, n, on);
        if (outcome) reached = true;
        if (!outcome || *outcome) {
          Check(n);
          OpenAnew(setup);
          continue;
        }
        EXPECT_NE(Judge(outcome->error()), Judgement::kPermanent) << n << ": " << outcome->error().ToString();
        EXPECT_EQ(RowsOf(*db_), before_) << "something of it is there after allocation " << n;
        AsALaneDoes();
        const Result<void> again = store::InTransaction(*db_, true, taken_back);
        EXPECT_EQ(again.error().code, ErrorCode::kCancelled) << n << ": " << again.error().ToString();
      }
    }
    Check(n);
    std::printf("  %lld allocations\n", n);
  }

  // Work that is in no transaction, or in several: it can be done again, and then all is well.
  void ForEveryOutside(const Work& work, const Work& setup = nullptr) {
    long long n = 1;
    for (bool reached = true; reached && !HasFailure(); n += Step()) {
      reached = false;
      for (const bool on : {false, true}) {
        OpenAnew(setup);
        const std::optional<Result<void>> outcome = Try([&] { return work(*db_); }, n, on);
        if (outcome) reached = true;
        if (!outcome || *outcome) continue;
        AsALaneDoes();
        const Result<void> again = work(*db_);
        if (!again) ADD_FAILURE() << "again after allocation " << n << ": " << again.error().ToString();
        Check(n);
      }
    }
    std::printf("  %lld allocations\n", n);
  }

  void Check(long long n) {
    EXPECT_TRUE(documents::RemoveUnreferenced(*db_, home_->originals_));
    const Result<upkeep::CheckReport> checked = upkeep::CheckStore(*db_, home_->originals_, nullptr);
    ASSERT_TRUE(checked) << checked.error().ToString();
    for (const upkeep::Finding& finding : checked->findings) ADD_FAILURE() << n << ": " << finding.what;
  }

  // The bytes of keep.txt in another matter, by another name; it holds those of closed.txt.
  static Result<void> Record(Connection& db) {
    Result<Document> keep = documents::FindDocument(db, "keep.txt");
    if (!keep) return Fail(keep.error());
    Result<documents::Added> added = documents::AddDocument(db, "New", "new.txt", "/new.txt", keep->sha256, 100);
    if (!added) return Fail(added.error());
    return {};
  }
  static Result<void> StoreText(Connection& db) {
    Result<Document> document = documents::FindDocument(db, "new.txt");
    if (!document) return Fail(document.error());
    Result<Document> closed = documents::FindDocument(db, "closed.txt");
    if (!closed) return Fail(closed.error());
    documents::ExtractedText text;
    text.text = TextOf("new.txt");
    text.media_type = "text/plain";
    if (Result<void> set = documents::SetText(db, document->id, text); !set) return set;
    Result<void> inside = documents::AddEmbedded(db, *document, 0, "inside.txt", closed->sha256, 50);
    if (!inside) return inside;
    return documents::SetState(db, document->id, documents::DocumentState::kEmbedding);
  }
  static Result<void> Index(Connection& db) {
    Result<Document> document = documents::FindDocument(db, "new.txt");
    if (!document) return Fail(document.error());
    Result<std::int64_t> scope = documents::MatterId(db, "New");
    if (!scope) return Fail(scope.error());
    search::NewChunk chunk;
    chunk.text = TextOf("new.txt");
    chunk.end = static_cast<std::int64_t>(chunk.text.size());
    const std::array<float, 2> vector = ingest::FakeEmbedding::VectorOf(chunk.text);
    Result<void> indexed = search::IndexDocument(db, document->id, *scope, {chunk}, "fake", vector, document->name);
    if (!indexed) return indexed;
    Result<std::vector<std::string>> ready = documents::MarkReady(db, document->id, 1);
    if (!ready) return Fail(ready.error());
    return {};
  }
  static Result<void> Delete(Connection& db) {
    Result<Document> document = documents::FindDocument(db, "mail.txt");
    if (!document) return Fail(document.error());
    Result<std::vector<std::string>> ids = documents::EmbeddedOnlyIn(db, {document->id}, false);
    if (!ids) return Fail(ids.error());
    ids->push_back(document->id);
    for (const std::string& id : *ids) {
      if (Result<void> removed = search::RemoveDocument(db, id); !removed) return removed;
      if (Result<void> removed = documents::DeleteDocument(db, id); !removed) return removed;
    }
    return search::RequestPurge(db);
  }

  std::unique_ptr<Home> home_;
  std::unique_ptr<Connection> db_;
  std::string before_;
  static std::unique_ptr<Home> filled_;
};
std::unique_ptr<Home> StoreMemory::filled_;

TEST_F(StoreMemory, ADocumentIsRecorded) {
  ForEvery(Record);
}

TEST_F(StoreMemory, ATextIsStoredWithWhatIsInside) {
  ForEvery(StoreText, Record);
}

TEST_F(StoreMemory, ADocumentBecomesSearchable) {
  ForEvery(Index, [](Connection& db) -> Result<void> {
    if (Result<void> recorded = Record(db); !recorded) return recorded;
    return StoreText(db);
  });
}

TEST_F(StoreMemory, ADocumentIsDeletedWithWhatItHolds) {
  ForEvery(Delete);
}

TEST_F(StoreMemory, AMatterIsHidden) {
  ForEvery([](Connection& db) -> Result<void> {
    Result<documents::Matter> hidden = documents::HideMatter(db, kClosed);
    if (!hidden) return Fail(hidden.error());
    return search::RequestPurge(db);
  });
}

TEST_F(StoreMemory, DeletedWordsLeaveTheFiles) {
  ForEveryOutside(
      [this](Connection& db) -> Result<void> {
        if (Result<void> removed = documents::RemoveUnreferenced(db, home_->originals_); !removed) return removed;
        return search::Purge(db);
      },
      Delete);
}

TEST_F(StoreMemory, AQuestionIsAsked) {
  ForEveryOutside([](Connection& db) -> Result<void> {
    const std::array<float, 2> vector = ingest::FakeEmbedding::VectorOf(TextOf("keep.txt"));
    search::Query query;
    query.text = WordOf("keep.txt");
    query.vector = vector;
    query.embedding_model = "fake";
    auto hits = store::InTransaction(db, false, [&](Connection& reader) { return search::Search(reader, query); });
    if (!hits) return Fail(hits.error());
    if (hits->empty() || hits->front().keyword_rank != 1) return Fail(ErrorCode::kInternal, "a hit is missing");
    return {};
  });
}

TEST_F(StoreMemory, AStoreIsChecked) {
  ForEveryOutside([this](Connection& db) -> Result<void> {
    const Result<upkeep::CheckReport> checked = upkeep::CheckStore(db, home_->originals_, nullptr);
    if (!checked) return Fail(checked.error());
    for (const upkeep::Finding& finding : checked->findings) return Fail(ErrorCode::kInternal, finding.what);
    return {};
  });
}

}  // namespace
}  // namespace counsel::faults
