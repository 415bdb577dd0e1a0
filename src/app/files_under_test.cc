// Which files a path stands for.
#include "app/files_under.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace counsel::app {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class FilesUnderTest : public ::testing::Test {
 protected:
  FilesUnderTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-files-XXXXXX").string();
    folder_ = fs::canonical(mkdtemp(pattern.data()));
  }
  ~FilesUnderTest() override { fs::remove_all(folder_); }
  std::string Make(const std::string& name) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << name;
    return (folder_ / name).string();
  }
  FoundFiles Found(const std::vector<std::string>& paths, const std::vector<std::string>& globs = {}) {
    Result<FoundFiles> found = FilesUnder(paths, Exclusions(globs));
    EXPECT_TRUE(found) << found.error().ToString();
    return *found;
  }
  fs::path folder_;
};

TEST_F(FilesUnderTest, EachFileOfAFolderOnceAndInOrderWithoutWhatIsHidden) {
  const std::string b = Make("b.txt");
  const std::string a = Make("sub/a.txt");
  Make(".hidden");
  Make(".git/config");
  fs::create_symlink(b, folder_ / "a-link");
  fs::create_directory_symlink(folder_, folder_ / "loop");
  EXPECT_THAT(Found({folder_.string(), b}).files, ElementsAre(b, a));
}

TEST_F(FilesUnderTest, ALinkThatLeadsOutOfTheFolderIsCountedAndNotFollowed) {
  const std::string outside = Make("outside/secret.txt");
  const std::string inside = Make("case/sub/inside.txt");
  fs::create_symlink(outside, folder_ / "case" / "secret.txt");
  fs::create_symlink("../outside/secret.txt", folder_ / "case" / "secret-2.txt");
  fs::create_symlink("inside.txt", folder_ / "case" / "sub" / "link.txt");
  const FoundFiles found = Found({(folder_ / "case").string()});
  EXPECT_THAT(found.files, ElementsAre(inside));
  EXPECT_EQ(found.links_outside, 2U);
  // Named by somebody, it is meant.
  EXPECT_THAT(Found({(folder_ / "case" / "secret.txt").string()}).files, ElementsAre(outside));
}

TEST_F(FilesUnderTest, WhatProgramsLeaveBesideDocumentsIsPassedOverAndCounted) {
  const std::string lease = Make("lease.docx");
  const std::string lock = Make("~$lease.docx");
  Make("thumbs.db");
  Make("sub/desktop.ini");
  Make("sub/.DS_Store");
  Make(".~lock.lease.odt#");
  const FoundFiles found = Found({folder_.string()});
  EXPECT_THAT(found.files, ElementsAre(lease));
  EXPECT_EQ(found.passed_over, 5U);
  EXPECT_EQ(found.examples.size(), 3U);
  // Named by somebody, it is meant.
  EXPECT_THAT(Found({lock}).files, ElementsAre(lock));
}

TEST_F(FilesUnderTest, WhatFitsAnExclusionIsLeftOutAndCounted) {
  const std::string lease = Make("lease.pdf");
  const std::string old = Make("Old/lease.pdf");
  Make("Old/draft 1.PDF");
  Make("Drafts/inside/lease.pdf");
  Make("notes.tmp");
  const FoundFiles found = Found({folder_.string()}, {"*.tmp", "drafts", "draft*.pdf"});
  EXPECT_THAT(found.files, ElementsAre(old, lease));
  EXPECT_EQ(found.excluded, 3U) << "a folder counts once";
  EXPECT_THAT(Found({folder_.string()}, {"old/*", "*.tmp", "Drafts/inside"}).files, ElementsAre(lease));
  EXPECT_THAT(Found({lease}, {"lease.*"}).files, ElementsAre());
}

TEST_F(FilesUnderTest, AnExclusionMayBeWrittenAsTheShellCompletesItAndOneThatFitsNothingIsTold) {
  const std::string lease = Make("lease.pdf");
  Make("Drafts/a.pdf");
  EXPECT_THAT(Found({folder_.string()}, {"Drafts/"}).files, ElementsAre(lease));
  EXPECT_THAT(Found({folder_.string()}, {(folder_ / "Drafts").string()}).files, ElementsAre(lease));
  const FoundFiles found = Found({folder_.string()}, {"Drafts", "draft", "", "["});
  EXPECT_THAT(found.fits_none, ElementsAre("draft", "", "["));
}

TEST_F(FilesUnderTest, WhatIsNoDocumentIsCounted) {
  const std::string lease = Make("lease.pdf");
  Make(".hidden");
  fs::create_symlink(folder_ / "gone.pdf", folder_ / "deed.pdf");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const FoundFiles found = Found({folder_.string()});
  EXPECT_THAT(found.files, ElementsAre(lease));
  EXPECT_EQ(found.hidden, 1U);
  EXPECT_EQ(found.no_files, 1U);
  EXPECT_THAT(found.broken, ElementsAre((folder_ / "deed.pdf").string()));
}

TEST_F(FilesUnderTest, APathIsUtf8OrReadAsLatin1) {
  EXPECT_EQ(PathInUtf8("/x/caf\xC3\xA9.txt"), "/x/caf\xC3\xA9.txt");
  EXPECT_EQ(PathInUtf8("/\xC3\xA9t\xC3\xA9/caf\xE9.txt"), "/\xC3\xA9t\xC3\xA9/caf\xC3\xA9.txt");
  EXPECT_EQ(PathInUtf8("\xE9/"), "\xC3\xA9/");
  EXPECT_EQ(PathInUtf8(""), "");
}

TEST_F(FilesUnderTest, WhatIsNotThereOrNoFileIsRefused) {
  EXPECT_EQ(FilesUnder({(folder_ / "none").string()}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(FilesUnder({"/dev/null"}).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace counsel::app
