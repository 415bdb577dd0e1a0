#include "record/entry.h"

#include <gtest/gtest.h>

namespace counsel::record {
namespace {

TEST(EntryTest, TheCanonicalFormIsSortedAndLeavesUtf8AsItIs) {
  EXPECT_EQ(Canonical({{"b", 1}, {"a", "§ „x“\n\"\x01"}, {"c", Json::array({true, nullptr})}}),
            "{\"a\":\"§ „x“\\n\\\"\\u0001\",\"b\":1,\"c\":[true,null]}");
}

TEST(EntryTest, TextsComeInTheOrderOfTheirDigestsEachOnce) {
  Entry entry("question");
  entry.said["z"] = entry.Text("first made, last in the entry");
  entry.said["a"] = entry.Text("last made, first in the entry");
  entry.said["b"] = entry.Text("first made, last in the entry");
  entry.said["empty"] = entry.Text("");
  (void)entry.Text("made and never put in");
  const Sealed sealed(entry, 3, 0);
  EXPECT_EQ(sealed.texts.texts,
            (std::vector<std::string>{"last made, first in the entry", "first made, last in the entry"}));
  EXPECT_EQ(WrongTexts(sealed.text, sealed.texts), "");
  EXPECT_TRUE(BeginsWithNumber(sealed.text, 3));
  EXPECT_FALSE(BeginsWithNumber(sealed.text, 30));
  EXPECT_FALSE(IsDeletion(sealed.text));
}

TEST(EntryTest, AnAlteredTextSaltOrOrderIsTold) {
  Entry entry("question");
  entry.said["texts"] = entry.TextsOf({"one", "two"});
  const Sealed sealed(entry, 1, 0);
  Texts altered = sealed.texts;
  altered.texts[1] = "twO";
  EXPECT_EQ(WrongTexts(sealed.text, altered), "Text 2 was altered.");
  altered = sealed.texts;
  std::swap(altered.texts[0], altered.texts[1]);
  EXPECT_NE(WrongTexts(sealed.text, altered), "");
  altered = sealed.texts;
  altered.salt.back() = altered.salt.back() == '0' ? '1' : '0';
  EXPECT_NE(WrongTexts(sealed.text, altered), "");
  altered = sealed.texts;
  altered.texts.pop_back();
  EXPECT_NE(WrongTexts(sealed.text, altered), "");
}

TEST(EntryTest, ATextThatLooksLikeADigestIsNone) {
  Entry entry("corrected");
  const std::string sly = "{\"sha256\":\"" + std::string(64, 'a') + "\"}";
  entry.said["words"] = entry.Text(sly);
  entry.said["clear"] = sly;
  const Sealed sealed(entry, 1, 0);
  EXPECT_EQ(DigestsIn(sealed.text).size(), 1U);
  EXPECT_EQ(Readable(sealed.text, sealed.texts)["said"]["words"]["text"], sly);
}

TEST(EntryTest, BytesThatAreNoTextAreMendedBeforeTheyAreDigested) {
  Entry entry("corrected");
  entry.said["words"] = entry.Text("a\xff");
  const Sealed sealed(entry, 1, 0);
  EXPECT_EQ(sealed.texts.texts.at(0), "a\xEF\xBF\xBD");
  EXPECT_EQ(WrongTexts(sealed.text, sealed.texts), "");
}

TEST(EntryTest, TextsArePackedAndDamagedOnesRefused) {
  const std::vector<std::string> texts = {"", "12:x", std::string("a\0b", 3), "ü"};
  const std::string packed = Packed(texts);
  ASSERT_TRUE(Unpacked(packed));
  EXPECT_EQ(*Unpacked(packed), texts);
  for (const char* damaged : {"5:abc", ":", "x", "3abc", "-1:a", "99999999999999999999:a"}) {
    EXPECT_FALSE(Unpacked(damaged)) << damaged;
  }
}

TEST(EntryTest, TimesAreUtc) {
  EXPECT_EQ(TimeText(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(TimeText(1'796'079'600), "2026-11-30T23:00:00Z");
}

}  // namespace
}  // namespace counsel::record
