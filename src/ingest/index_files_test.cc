// The index's files follow what is added and deleted.
#include "ingest/ingest_fixture.h"
#include "search/segments.h"

namespace counsel::ingest {
namespace {

class IndexFiles : public Ingesting {
 protected:
  // Passages that the files have.
  std::int64_t Covered() {
    std::int64_t passages = 0;
    const auto rows = Read([](store::Connection& db) { return search::SegmentRows(db); });
    for (const search::SegmentRow& row : *rows) passages += row.passages;
    return passages;
  }
  // Of it, by name.
  std::vector<std::string> In(const fs::path& folder) {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
    return names;
  }
};

TEST_F(IndexFiles, HaveWhatWasAddedAndNothingOfWhatWasDeleted) {
  Start();
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(Add(Long(40, "tenant" + std::to_string(i)), std::to_string(i) + ".txt"));
  const std::string secret = Add(Long(40, "quorvian"), "secret.txt");
  for (const std::string& id : ids) EXPECT_TRUE(WaitFor(id));
  EXPECT_TRUE(WaitFor(secret));
  RunUntil([&] { return Covered() + 1 >= Counts().chunks; });
  EXPECT_EQ(FoundIn("quorvian").size(), static_cast<std::size_t>(Get(secret).chunks));
  EXPECT_TRUE(*Run(pipeline_->Delete(secret)));
  EXPECT_TRUE(FoundIn("quorvian").empty());
  EXPECT_EQ(Holding("quorvian"), std::vector<std::string>());
  EXPECT_FALSE(FoundIn("tenant3").empty());
  EXPECT_FALSE(In(folder_ / "index").empty());
}

TEST_F(IndexFiles, AreGivenUpWhereNoNewOnesCanBeWritten) {
  Start();
  const std::string kept = Add(Long(40, "tenant"), "kept.txt");
  const std::string secret = Add(Long(40, "quorvian"), "secret.txt");
  EXPECT_TRUE(WaitFor(kept));
  EXPECT_TRUE(WaitFor(secret));
  RunUntil([&] { return Covered() + 1 >= Counts().chunks; });
  // A file stands where the folder was.
  fs::rename(folder_ / "index", folder_ / "away");
  std::ofstream(folder_ / "index") << "in the way";
  EXPECT_TRUE(*Run(pipeline_->Delete(secret)));
  EXPECT_LT(Covered(), Counts().chunks);
  EXPECT_TRUE(FoundIn("quorvian").empty());
  EXPECT_FALSE(FoundIn("tenant").empty());
}

}  // namespace
}  // namespace counsel::ingest
