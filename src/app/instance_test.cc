#include "app/instance.h"

#include <chrono>
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace counsel::app {
namespace {

namespace fs = std::filesystem;

class RuntimeFolderTest : public ::testing::Test {
 protected:
  RuntimeFolderTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-run-XXXXXX").string();
    base_ = ::mkdtemp(pattern.data());
  }
  ~RuntimeFolderTest() override { fs::remove_all(base_); }

  [[nodiscard]] fs::path Folder(const std::string& name) const {
    ::mkdir((base_ / name).c_str(), 0700);
    return base_ / name;
  }
  // As a daemon's that was killed: its lock file is there, and nobody holds it.
  [[nodiscard]] fs::path FolderOfTheDead(const std::string& name) const {
    fs::path folder = Folder(name);
    std::ofstream(folder.string() + ".lock");
    Socket(folder / "daemon.sock");
    return folder;
  }
  static void Socket(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    const int opened = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(opened, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::close(opened);
  }
  [[nodiscard]] bool There(const std::string& name) const {
    return fs::symlink_status(base_ / name).type() != fs::file_type::not_found;
  }

  fs::path base_;
};

TEST_F(RuntimeFolderTest, WhatDeadDaemonsHaveLeftIsClearedAway) {
  (void)FolderOfTheDead("a");
  const fs::path own = FolderOfTheDead("b");
  const Result<FileDescriptor> held = HoldRuntimeFolder(own);
  ASSERT_TRUE(held);
  EXPECT_FALSE(There("a"));
  EXPECT_FALSE(There("a.lock"));
  EXPECT_TRUE(fs::is_empty(own));
}

TEST_F(RuntimeFolderTest, ALiveDaemonKeepsItsFolderAndItsSockets) {
  const fs::path other = Folder("a");
  const Result<FileDescriptor> theirs = HoldRuntimeFolder(other);
  Socket(other / "daemon.sock");
  const Result<FileDescriptor> ours = HoldRuntimeFolder(Folder("b"));
  ASSERT_TRUE(theirs);
  ASSERT_TRUE(ours);
  EXPECT_TRUE(There("a/daemon.sock"));
  const Result<FileDescriptor> again = HoldRuntimeFolder(other);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists);
  EXPECT_TRUE(There("a/daemon.sock"));
}

TEST_F(RuntimeFolderTest, NoLinkIsFollowedAndNoFileIsRemoved) {
  Socket(Folder("elsewhere") / "theirs.sock");
  fs::create_directory_symlink(base_ / "elsewhere", base_ / "a");
  std::ofstream(base_ / "a.lock");
  const fs::path with_file = FolderOfTheDead("c");
  std::ofstream(with_file / "notes");
  Socket(Folder("d") / "daemon.sock");
  std::ofstream(base_ / "precious") << "1";
  fs::create_symlink(base_ / "precious", base_ / "d.lock");
  ASSERT_TRUE(HoldRuntimeFolder(Folder("b")));
  EXPECT_TRUE(There("elsewhere/theirs.sock"));
  EXPECT_TRUE(There("c/notes"));
  EXPECT_TRUE(There("d/daemon.sock"));
  EXPECT_TRUE(There("precious"));
}

TEST_F(RuntimeFolderTest, WhatAKilledProcessLeftInTheHomeIsRemovedOnceItIsOld) {
  const fs::path home = Folder("home");
  for (const char* name : {"plans.json", "plans.json.tmp-old", "plans.json.tmp-new"}) std::ofstream(home / name);
  fs::last_write_time(home / "plans.json.tmp-old", fs::file_time_type::clock::now() - std::chrono::minutes(2));
  fs::last_write_time(home / "plans.json", fs::file_time_type::clock::now() - std::chrono::minutes(2));
  RemoveLeftovers(home);
  EXPECT_FALSE(fs::exists(home / "plans.json.tmp-old"));
  EXPECT_TRUE(fs::exists(home / "plans.json.tmp-new"));
  EXPECT_TRUE(fs::exists(home / "plans.json"));
}

TEST_F(RuntimeFolderTest, AFolderWithoutALockIsLeftAlone) {
  Socket(Folder("a") / "daemon.sock");
  ASSERT_TRUE(HoldRuntimeFolder(Folder("b")));
  EXPECT_TRUE(There("a/daemon.sock"));
}

TEST_F(RuntimeFolderTest, AnOrderlyEndLeavesNothing) {
  const fs::path own = Folder("b");
  {
    const Result<FileDescriptor> held = HoldRuntimeFolder(own);
    ASSERT_TRUE(held);
    RemoveRuntimeFolder(own);
  }
  EXPECT_TRUE(fs::is_empty(base_));
}

}  // namespace
}  // namespace counsel::app
