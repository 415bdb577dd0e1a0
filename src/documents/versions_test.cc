#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "documents/documents.h"

namespace counsel::documents {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class Versions : public testing::Test {
 protected:
  Versions() : folder_(fs::temp_directory_path() / ("counsel-versions-" + NewId())) {
    fs::create_directories(folder_);
    db_ = std::move(*store::Connection::Open(folder_ / "counsel.db", false));
    EXPECT_TRUE(store::Migrate(*db_));
    EXPECT_TRUE(db_->Execute("PRAGMA synchronous = OFF"));
  }
  ~Versions() override {
    db_.reset();
    fs::remove_all(folder_);
  }

  Document Add(char bytes, const std::string& path) {
    return AddDocument(*db_, matter_, "file", path, std::string(64, bytes), 100)->document;
  }
  void Ready(const std::string& id) { EXPECT_TRUE(MarkReady(*db_, id, 3)); }
  std::string AddReady(char bytes, const std::string& path) {
    const std::string id = Add(bytes, path).id;
    Ready(id);
    return id;
  }
  void Delete(const std::string& id) { ASSERT_TRUE(DeleteDocument(*db_, id)); }
  std::set<std::string> Current() {
    ListOptions options;
    options.matters = {matter_};
    std::set<std::string> ids;
    const Result<std::vector<Document>> documents = ListDocuments(*db_, options);
    for (const Document& document : *documents) ids.insert(document.id);
    return ids;
  }

  fs::path folder_;
  std::unique_ptr<store::Connection> db_;
  std::string matter_ = "general";
};

// In steps of SQLite's machine, some hundreds of which one document may take; by its choice it went through all that
// are ready.
TEST_F(Versions, ADocumentIsMadeReadyWithoutAReadOfAllTheOthers) {
  const auto add = [this](int number) {
    const std::string digits = std::to_string(1000 + number);
    return AddDocument(*db_, matter_, "file", "/x" + digits, std::string(60, 'a') + digits, 100)->document.id;
  };
  const auto steps = [this](const std::string& id) {
    int tens = 0;
    const auto count = [](void* tens) { return ++*static_cast<int*>(tens), 0; };
    sqlite3_progress_handler(db_->handle(), 10, count, &tens);
    Ready(id);
    sqlite3_progress_handler(db_->handle(), 0, nullptr, nullptr);
    return 10 * tens;
  };
  const int of_few = steps(add(0));
  for (int number = 1; number < 500; ++number) Ready(add(number));
  EXPECT_LT(steps(add(500)), 2 * of_few + 200);
}

TEST_F(Versions, WhatTheNewestVersionSupersededStaysSupersededWhenThatIsDeleted) {
  const std::string old = AddReady('a', "/x");
  const std::string newer = AddReady('b', "/x");
  Delete(newer);
  EXPECT_THAT(Current(), IsEmpty());
  EXPECT_EQ(GetDocument(*db_, old)->superseded_by, newer);
}

TEST_F(Versions, ADocumentAtTwoPathsStaysCurrentAtTheOneWhenTheVersionAtTheOtherIsDeletedAndOnlyThere) {
  const std::string old = AddReady('a', "/x");
  Add('a', "/copy");
  const std::string newer = AddReady('b', "/x");
  EXPECT_THAT(Current(), ElementsAre(std::min(old, newer), std::max(old, newer)));
  Delete(newer);
  EXPECT_THAT(Current(), ElementsAre(old));
  EXPECT_THAT(GetDocument(*db_, old)->paths, ElementsAre("/copy")) << "at /x it was replaced";
  const std::string last = AddReady('c', "/copy");
  EXPECT_THAT(Current(), ElementsAre(last));
}

TEST_F(Versions, BytesSeenAgainWhereADeletedVersionWasAreCurrentThere) {
  const std::string old = AddReady('a', "/x");
  Add('a', "/copy");
  Delete(AddReady('b', "/x"));
  Add('a', "/x");
  const std::string other = AddReady('c', "/copy");
  EXPECT_THAT(Current(), ElementsAre(std::min(old, other), std::max(old, other)));
}

TEST_F(Versions, AVersionDeletedBeforeItWasReadySupersededNothing) {
  const std::string old = AddReady('a', "/x");
  Delete(Add('b', "/x").id);
  EXPECT_THAT(Current(), ElementsAre(old));
  const std::string newer = AddReady('c', "/x");
  EXPECT_THAT(Current(), ElementsAre(newer));
}

// The rules, told another way: each path remembers who had it and lost it.
class Model {
 public:
  void Add(const std::string& id, const std::string& path) {
    Sighting& sighting = documents_[id][path];
    sighting.seen = ++clock_;
    sighting.lost = false;
  }
  void Ready(const std::string& id) {
    ready_.insert(id);
    for (const auto& [path, mine] : documents_[id]) {
      std::string last = id;
      for (const std::string& other : ready_) {
        const auto found = documents_[other].find(path);
        if (found != documents_[other].end() && found->second.seen > documents_[last][path].seen) last = other;
      }
      for (const std::string& other : ready_) {
        const auto found = documents_[other].find(path);
        if (found != documents_[other].end() && other != last) found->second.lost = true;
      }
    }
  }
  void Delete(const std::string& id) {
    documents_.erase(id);
    ready_.erase(id);
  }
  std::set<std::string> Current() const {
    std::set<std::string> current;
    for (const auto& [id, paths] : documents_) {
      bool stands = false;
      for (const auto& [path, sighting] : paths) stands = stands || !sighting.lost;
      if (stands) current.insert(id);
    }
    return current;
  }
  std::vector<std::string> All() const {
    std::vector<std::string> all;
    for (const auto& [id, paths] : documents_) all.push_back(id);
    return all;
  }

 private:
  struct Sighting {
    int seen = 0;
    bool lost = false;
  };
  std::map<std::string, std::map<std::string, Sighting>> documents_;
  std::set<std::string> ready_;
  int clock_ = 0;
};

TEST_F(Versions, TheRulesHoldWhateverIsAddedMadeReadyAndDeletedInWhateverOrder) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    std::mt19937 random(seed);
    const auto one_of = [&random](std::size_t n) {
      return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    matter_ = "matter " + std::to_string(seed);
    Model model;
    for (int step = 0; step < 25; ++step) {
      std::vector<std::string> queued;
      for (std::size_t adds = 1 + one_of(3); adds > 0; --adds) {
        const std::string path = "/" + std::to_string(one_of(3));
        const Document added = Add(static_cast<char>('a' + one_of(4)), path);
        model.Add(added.id, path);
        const bool waits = std::find(queued.begin(), queued.end(), added.id) != queued.end();
        if (added.state == DocumentState::kQueued && !waits) queued.push_back(added.id);
      }
      std::shuffle(queued.begin(), queued.end(), random);
      for (const std::string& id : queued) {
        Ready(id);
        model.Ready(id);
      }
      const std::vector<std::string> all = model.All();
      if (one_of(3) == 0 && !all.empty()) {
        const std::string gone = all[one_of(all.size())];
        Delete(gone);
        model.Delete(gone);
      }
      ASSERT_EQ(Current(), model.Current()) << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace counsel::documents
