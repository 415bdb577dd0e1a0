#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/ids.h"
#include "base/json_bounds.h"
#include "base/litter.h"
#include "base/secret.h"
#include "base/utf8.h"

namespace counsel {
namespace {

TEST(Sha256, MatchesThePublishedExample) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Base64, DecodesWhatItEncodesAndRefusesOtherText) {
  for (const std::string bytes : {"", "f", "fo", "foo", "foob"}) EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
  EXPECT_EQ(EncodeBase64("foob"), "Zm9vYg==");
  EXPECT_EQ(DecodeBase64("Zm9v!"), std::nullopt);
  EXPECT_EQ(DecodeBase64("Zm9vY"), std::nullopt);
}

TEST(JsonFits, CountsValuesAndDepthOutsideStrings) {
  JsonBounds bounds;
  bounds.values = 4;
  bounds.depth = 2;
  for (const char* fits :
       {"", "{}", "[1,2]", R"({"a":[1]})", R"(["[[[[,,,,\"[[[[,,,,"])", "[[]]", "]]]][[]]", "\"[[[["}) {
    EXPECT_TRUE(JsonFits(fits, bounds)) << fits;
  }
  for (const char* large : {"[1,2,3,4]", R"({"a":1,"b":2})", "[[[", R"(["a"],["b"],["c"])"}) {
    EXPECT_FALSE(JsonFits(large, bounds)) << large;
  }
}

TEST(Utf8, RefusesOverlongSurrogateTruncatedAndTooLarge) {
  EXPECT_TRUE(ValidUtf8("a\u00e9\u20ac\U0001F600"));
  EXPECT_FALSE(ValidUtf8("\xC0\x80"));
  EXPECT_FALSE(ValidUtf8("\xED\xA0\x80"));
  EXPECT_FALSE(ValidUtf8("\xE2\x82"));
  EXPECT_FALSE(ValidUtf8("\xF4\x90\x80\x80"));
}

TEST(Utf8, RepairsEachInvalidRunToOneReplacement) {
  EXPECT_EQ(RepairUtf8("a\xFF\xFE"
                       "b"),
            "a\uFFFD"
            "b");
  EXPECT_EQ(RepairUtf8("plain"), "plain");
}

TEST(Utf8, SlicesByCodePoints) {
  const std::string text = "a\u00e9\u20ac\U0001F600z";
  EXPECT_EQ(CountCodePoints(text), 5);
  EXPECT_EQ(SliceCodePoints(text, 1, 3), "\u00e9\u20ac");
  EXPECT_EQ(SliceCodePoints(text, 3, 99), "\U0001F600z");
  EXPECT_EQ(SliceCodePoints(text, 4, 4), "");
  EXPECT_EQ(ByteOffset(text, 3), 6u);
}

TEST(File, ReplacesAtomicallyAndRefusesOverTheLimit) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("counsel-" + NewId());
  ASSERT_TRUE(MakePrivateDirectory(folder));
  ASSERT_TRUE(WriteFileAtomically(folder / "a", "one"));
  ASSERT_TRUE(WriteFileAtomically(folder / "a", "two"));
  EXPECT_EQ(ReadFile(folder / "a", 3).value(), "two");
  EXPECT_EQ(ReadFile(folder / "a", 2).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(ReadFile(folder / "b", 2).error().code, ErrorCode::kNotFound);
  std::filesystem::remove_all(folder);
}

// Pages of a mapping that core dumps leave out have "dd" among their flags.
bool LeftOutOfCoreDumps(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    unsigned long start = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &start, &end) == 2 && line.find(':') > line.find('-')) {
      const auto at = reinterpret_cast<unsigned long>(address);
      inside = at >= start && at < end;
    }
    if (inside && line.starts_with("VmFlags:")) return line.find(" dd") != std::string::npos;
  }
  return false;
}

TEST(Secret, IsKeptOutOfCoreDumps) {
  const Secret secret("sesame");
  EXPECT_EQ(secret.view(), "sesame");
  EXPECT_TRUE(LeftOutOfCoreDumps(secret.c_str()));
  const std::string ordinary(100, 'x');
  EXPECT_FALSE(LeftOutOfCoreDumps(ordinary.data()));
}

TEST(Litter, IsWhatOfficeAndSystemsLeaveBesideDocuments) {
  for (const char* litter : {"~$lease.docx", "a/~WRL0001.tmp", ".~lock.lease.odt#", "a/._lease.pdf", ".DS_Store",
                             "a\\THUMBS.DB", "Desktop.ini", "ehthumbs.db", "__MACOSX/a.pdf", "a/__MACOSX/b.pdf"}) {
    EXPECT_TRUE(IsLitter(litter)) << litter;
  }
  for (const char* document : {"lease.docx", "~lease.docx", ".lock", "Thumbs.db.pdf", "a~$b.docx", "lock#"}) {
    EXPECT_FALSE(IsLitter(document)) << document;
  }
}

TEST(Secret, MovesAndEnds) {
  Secret first("sesame");
  Secret second(std::move(first));
  EXPECT_EQ(second.view(), "sesame");
  second = Secret();
  EXPECT_TRUE(second.empty());
  EXPECT_STREQ(second.c_str(), "");
}

}  // namespace
}  // namespace counsel
