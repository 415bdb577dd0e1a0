// The n-th call to the disk fails, for every n up to the end of what is done. Nothing that was acknowledged is lost,
// nothing is there twice or half, nothing that was deleted is left; and as soon as the disk works, the work goes on by
// itself to the end that it would have had.
//
// After each fault the home is looked at three times: as a kill leaves it, as the same process goes on with it, and
// opened anew.
#include <cerrno>
#include <cstdlib>
#include <functional>

#include "tests/faults/home.h"

namespace counsel::faults {
namespace {

// A disk that is full, or broken, for a while works again after some calls that failed.
constexpr Fault kFaults[] = {
    {"a write fails", FAIL_WRITE, EIO, 1},
    {"writes fail for a while", FAIL_WRITE, EIO, 15},
    {"a disk is full", FAIL_WRITE, ENOSPC, 6},
    {"a disk is full for a while", FAIL_WRITE | FAIL_TRUNCATE, ENOSPC, 20},
    {"a sync fails", FAIL_SYNC, EIO, 1},
    {"syncs fail for a while", FAIL_SYNC, EIO, 15},
    {"a read fails", FAIL_READ, EIO, 1},
    {"an open fails", FAIL_OPEN, EIO, 1},
    {"there is no descriptor for a while", FAIL_OPEN, EMFILE, 3},
    {"a truncation fails", FAIL_TRUNCATE, EIO, 1},
    {"a rename, unlink or mkdir fails", FAIL_NAME, EIO, 1},
};

// Every n, or in the quick run, of the calls that there are most of, every third one; the last ones always.
// COUNSEL_FAULTS=whole: every one.
std::int64_t StepOf(const Fault& fault) {
  const char* whole = std::getenv("COUNSEL_FAULTS");
  if (whole != nullptr && std::string(whole) == "whole") return 1;
  return (fault.kinds & (FAIL_READ | FAIL_OPEN | FAIL_WRITE)) != 0 ? 3 : 1;
}

class DiskFaults : public testing::TestWithParam<Fault> {
 protected:
  static void SetUpTestSuite() {
    filled_ = std::make_unique<Home>();
    filled_->Fill();
    filled_->Close();
  }
  static void TearDownTestSuite() { filled_.reset(); }

  // What a client does, and what it was told.
  using Act = std::function<Result<void>(Home&)>;

  void Expect(const std::vector<std::string>& wrong, const std::string& when, std::int64_t n) {
    for (const std::string& one : wrong)
      ADD_FAILURE() << GetParam().name << ", call " << n << ", " << when << ": " << one;
  }

  // For every n. `told` says what has to be there when the client was told of success, `untold` when of an error.
  void ForEvery(const Act& act, const Expected& told, const Expected& untold) {
    bool reached = true;
    std::int64_t n = 1;
    for (; reached && !HasFailure(); n += StepOf(GetParam())) {
      Home home(filled_->folder_);
      home.Start();
      home.Settle();
      home.Arm(GetParam(), n);
      const Result<void> done = act(home);
      home.WaitWhileItFails();
      reached = Home::Disarm();
      const Expected& expected = done ? told : untold;
      {
        Home killed(home.folder_);
        killed.Start();
        Expect(killed.WrongIn(expected), "killed", n);
      }
      // It goes on by itself; a client that was told of an error tries again.
      home.Settle();
      if (!done) {
        const Result<void> again = act(home);
        if (!again && again.error().code != ErrorCode::kNotFound) Expect({again.error().ToString()}, "again", n);
      }
      Expect(home.WrongIn(told), "in the same process", n);
      home.Close();
      const Result<void> opened = home.Open();
      if (!opened) Expect({opened.error().ToString()}, "opened", n);
      if (!opened) return;
      home.Start();
      Expect(home.WrongIn(told), "opened again", n);
    }
    std::printf("  %s: %lld\n", GetParam().name, static_cast<long long>(n - 1));
  }

  static Expected Either(Expected expected, const std::set<std::string>& names) {
    for (const std::string& name : names) {
      expected.there.erase(name);
      expected.either.insert(name);
    }
    return expected;
  }
  static Expected Gone(Expected expected, const std::set<std::string>& names) {
    for (const std::string& name : names) {
      expected.there.erase(name);
      expected.gone.insert(name);
    }
    return expected;
  }

  static std::unique_ptr<Home> filled_;
};
std::unique_ptr<Home> DiskFaults::filled_;

TEST_P(DiskFaults, AnAddedDocument) {
  Expected told = AllThatIsThere();
  told.there.insert("new.txt");
  ForEvery([](Home& home) { return home.Add("new.txt"); }, told, Either(told, {"new.txt"}));
}

TEST_P(DiskFaults, ADeletedDocumentWithWhatItHolds) {
  const std::set<std::string> names = {"mail.txt", "inside.txt"};
  ForEvery([](Home& home) { return home.Delete("mail.txt"); }, Gone(AllThatIsThere(), names),
           Either(AllThatIsThere(), names));
}

TEST_P(DiskFaults, ADeletedMatter) {
  const std::set<std::string> names = {"closed.txt", "secret.txt"};
  ForEvery([](Home& home) { return home.DeleteMatter(); }, Gone(AllThatIsThere(), names),
           Either(AllThatIsThere(), names));
}

TEST_P(DiskFaults, ABackup) {
  const Expected all = AllThatIsThere();
  const auto back_up = [&](Home& home) -> Result<void> {
    const fs::path target = home.folder_ / "backup";
    const Result<void> done = home.Backup(target);
    const bool armed = failing_calls->kinds != 0;
    const bool named = fs::exists(target);
    Home::Disarm();
    if (!done && named && !armed) return Fail(ErrorCode::kInternal, "a backup failed and is there");
    if (!named) return done;
    // What has the name is whole.
    const fs::path restored = home.folder_ / "restored";
    fs::remove_all(restored);
    const Result<upkeep::BackupReport> again = upkeep::Restore(target, restored, nullptr);
    if (!again) return Fail(again.error());
    Home other(restored);
    other.Start();
    const std::vector<std::string> wrong = other.WrongIn(all);
    if (!wrong.empty()) return Fail(ErrorCode::kInternal, "restored: " + wrong.front());
    fs::remove_all(restored);
    fs::remove_all(target);
    return done;
  };
  ForEvery(back_up, all, all);
}

TEST_P(DiskFaults, AStart) {
  const Expected all = AllThatIsThere();
  const auto start = [](Home& home) -> Result<void> {
    home.Close();
    const Result<void> opened = home.Open();
    if (!opened) {
      Home::Disarm();
      EXPECT_TRUE(home.Open());
    }
    home.Start();
    return opened;
  };
  ForEvery(start, all, all);
}

INSTANTIATE_TEST_SUITE_P(, DiskFaults, testing::ValuesIn(kFaults), [](const auto& info) {
  std::string name = info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace counsel::faults
