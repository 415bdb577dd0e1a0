#include "record/sign.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/ids.h"

namespace counsel::record {
namespace {

class SignedHeads : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& text) { std::ofstream(file_) << text; }

  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("counsel-sign-" + NewId());
  std::filesystem::path file_ = folder_ / "record.key";
};

// RFC 8032, 7.1, test 1.
TEST_F(SignedHeads, TheKeyIsThatOfTheSpecification) {
  Write("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n");
  const Result<HomeKey> key = HomeKey::Open(file_);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->PublicHex(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

TEST_F(SignedHeads, AKeyIsMadeOnceAndForItsOwnerAlone) {
  const Result<HomeKey> made = HomeKey::Open(file_);
  ASSERT_TRUE(made) << made.error().ToString();
  EXPECT_EQ(std::filesystem::status(file_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(HomeKey::Open(file_)->PublicHex(), made->PublicHex());
}

TEST_F(SignedHeads, AFileThatHoldsNoKeyIsNotReplaced) {
  Write("no key\n");
  EXPECT_EQ(HomeKey::Open(file_).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(std::filesystem::file_size(file_), 7U);
}

TEST_F(SignedHeads, AnAlteredHeadIsTold) {
  Head head;
  head.size = 12;
  head.root = LeafHash("x");
  const Result<HomeKey> key = HomeKey::Open(file_);
  const std::string text = key->Sign(head, 1'796'000'000);
  const Result<Noted> noted = ReadNoted(text);
  ASSERT_TRUE(noted) << noted.error().ToString();
  EXPECT_EQ(noted->head.size, 12);
  EXPECT_EQ(noted->key, key->PublicHex());
  EXPECT_EQ(noted->time, "2026-11-30T00:53:20Z");
  EXPECT_EQ(ReadNoted(HeadText(head))->time, "");
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string altered = text;
    altered[at] = altered[at] == '1' ? '2' : '1';
    EXPECT_FALSE(ReadNoted(altered)) << altered;
  }
}

}  // namespace
}  // namespace counsel::record
