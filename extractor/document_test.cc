// What the daemon is told of a document stays small, whatever the document makes of its names.
#include "extractor/document.h"

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace counsel::extractor {
namespace {

using nlohmann::json;
using testing::ElementsAre;

json HeadOf(const Document& document) {
  const std::string framed = Frame(document);
  return json::parse(framed.substr(0, framed.find('\n')));
}

Document Text(const std::string& text) {
  Document document;
  document.text = text;
  return document;
}

TEST(Frame, OfALongNameTheEndIsTold) {
  Document document = Text("x");
  Embedded file;
  file.name = std::string(100'000, 'x') + "/lease.pdf";
  file.media_type = std::string(100'000, 't');
  file.bytes = "y";
  document.embedded.push_back(file);
  const json told = HeadOf(document)["embedded"][0];
  EXPECT_EQ(told[0].get<std::string>().size(), 400U);
  EXPECT_TRUE(told[0].get<std::string>().ends_with("/lease.pdf"));
  EXPECT_EQ(told[1].get<std::string>().size(), 100U);
}

TEST(Frame, TheSameNoteIsToldOnce) {
  Document document = Text("x");
  document.notes = {"a", "b", "a", "b", "b"};
  EXPECT_THAT(HeadOf(document)["notes"], ElementsAre("a", "b"));
}

TEST(TakeText, StructureEndsWhereItsLabelsAreTooMuch) {
  Flow flow;
  const std::string label(200, '"');
  constexpr int kParts = 30'000;  // 6 MB of labels
  for (int i = 0; i < kParts; ++i) {
    const std::int64_t start = flow.size();
    flow.Write("xy");
    flow.Mark(SpanKind::kComment, 0, start, flow.size(), label);
  }
  Document document;
  ASSERT_TRUE(TakeText(std::move(flow), "x.docx", 1 << 20, &document));
  EXPECT_EQ(document.structure.size(), kMaxLabelBytes / 200 + 1);
  ASSERT_EQ(document.notes.size(), 1U);
  EXPECT_EQ(document.notes[0], "Its structure is known for its first 20972 parts only.");
}

// A TIFF whose directory number i (from 0) is followed by number next[i]; -1: by none.
std::string Tiff(const std::vector<int>& next, bool little = true) {
  std::string bytes = little ? std::string("II*\0", 4) : std::string("MM\0*", 4);
  const auto put = [&](std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * (little ? i : size - 1 - i));
  };
  constexpr std::array<std::array<int, 2>, 8> kTags = {
      {{256, 8}, {257, 8}, {258, 8}, {262, 1}, {273, 8}, {277, 1}, {278, 8}, {279, 64}}};
  constexpr int kSize = 2 + 12 * static_cast<int>(kTags.size()) + 4;
  put(8, 4);
  for (const int after : next) {
    put(kTags.size(), 2);
    for (const auto& [tag, value] : kTags) {
      put(static_cast<std::uint64_t>(tag), 2);
      put(4, 2);
      put(1, 4);
      put(static_cast<std::uint64_t>(value), 4);
    }
    put(after < 0 ? 0 : 8 + static_cast<std::uint64_t>(kSize) * static_cast<std::uint64_t>(after), 4);
  }
  return bytes;
}

int Pages(const std::string& tiff) {
  const Result<Document> document = ReadPicture(tiff, "x.tif", Limits());
  return document ? static_cast<int>(document->needs_ocr.size()) : 0;
}

TEST(Picture, PagesOfATiffAreCounted) {
  EXPECT_EQ(Pages(Tiff({1, 2, -1})), 3);
  EXPECT_EQ(Pages(Tiff({1, 2, -1}, false)), 3);
  EXPECT_EQ(Pages(Tiff({2, -1, 1})), 3) << "in any order";
}

TEST(Picture, PagesInACircleAreCountedOnce) {
  EXPECT_EQ(Pages(Tiff({1, 2, 1})), 3);
  EXPECT_EQ(Pages(Tiff({1, 100'000'000})), 2) << "the next is outside of the file";
}

TEST(Picture, TooManyPagesAreRefusedWithTheLimit) {
  Limits limits;
  limits.pages = 2;
  const Result<Document> document = ReadPicture(Tiff({1, 2, -1}), "x.tif", limits);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message, "'x.tif' has more than 2 pages, the limit extraction.max_pages.");
}

}  // namespace
}  // namespace counsel::extractor
