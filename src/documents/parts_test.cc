#include "documents/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::documents {
namespace {

StructureSpan Span(const std::string& kind, std::int64_t start, std::int64_t end, const std::string& label = "") {
  StructureSpan span;
  span.kind = kind;
  span.start = start;
  span.end = end;
  span.label = label;
  return span;
}

// A clause with an insertion in it, what was deleted, a footnote, two rows.
const std::vector<StructureSpan> kLease = {
    Span("clause", 0, 50, "1.2"),
    Span("insertion", 10, 20, "by Archer, Ann, 2024-03-01"),
    Span("deletion", 52, 90, "by Ann Archer"),
    Span("footnote", 92, 130, "1"),
    Span("table_row", 132, 150),
    Span("table_row", 152, 170),
};

std::string InWords(const std::vector<Part>& parts) {
  std::string words;
  for (const Part& part : parts) words += (words.empty() ? "" : ", ") + part.words;
  return words;
}

std::string At(std::int64_t start, std::int64_t end) {
  return InWords(PartsOf(kLease, start, end));
}

TEST(Parts, WordsThatOcrIsUnsureOfAreCounted) {
  const std::vector<StructureSpan> page = {Span("clause", 0, 60, "1.2"), Span("unsure", 4, 9, "41"),
                                           Span("unsure", 20, 26, "8")};
  EXPECT_EQ(InWords(PartsOf(page, 0, 60)), "clause 1.2, with 2 words that OCR is unsure of");
  EXPECT_EQ(InWords(PartsOf(page, 10, 22)), "clause 1.2, with 1 word that OCR is unsure of");
  EXPECT_EQ(InWords(PartsOf(page, 30, 60)), "clause 1.2");
}

TEST(Parts, ABookmarkIsNoHeadingOfThePage) {
  const std::vector<StructureSpan> bundle = {Span("heading", 0, 12, "bookmark"), Span("heading", 14, 30)};
  EXPECT_EQ(PartsOf(bundle, 2, 9).front().kind, "bookmark");
  EXPECT_EQ(InWords(PartsOf(bundle, 2, 9)), "bookmark of the file, on no page");
  EXPECT_EQ(InWords(PartsOf(bundle, 15, 20)), "heading");
}

TEST(Parts, ARangeIsNamedByWhatHoldsIt) {
  EXPECT_EQ(At(22, 50), "clause 1.2");
  EXPECT_EQ(At(52, 90), "text deleted by Ann Archer");
  EXPECT_EQ(At(95, 129), "footnote 1");
  EXPECT_EQ(At(132, 150), "table row");
  EXPECT_EQ(At(50, 52), "") << "between the parts stands nothing";
}

TEST(Parts, AnInsertionIsNamedWithWhoMadeItAndWhen) {
  EXPECT_EQ(At(12, 18), "clause 1.2, text inserted by Archer, Ann on 2024-03-01");
  EXPECT_EQ(At(0, 50), "clause 1.2, with text inserted by Archer, Ann on 2024-03-01");
}

TEST(Parts, WhatIsOnlyAPieceOfTheRangeIsSaidToBeOne) {
  EXPECT_EQ(At(22, 100), "with text deleted by Ann Archer, with footnote 1");
  EXPECT_EQ(At(132, 170), "with table rows") << "said once";
  const std::vector<Part> parts = PartsOf(kLease, 100, 140);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].kind, "footnote");
  EXPECT_FALSE(parts[0].whole);
}

TEST(Parts, ACommentAndAPageHeaderReadAsOne) {
  const std::vector<StructureSpan> parts = {Span("comment", 0, 10, "by Bea Quill, 2024-03-02"),
                                            Span("page_header", 12, 20)};
  EXPECT_EQ(InWords(PartsOf(parts, 1, 9)), "comment by Bea Quill on 2024-03-02");
  EXPECT_EQ(InWords(PartsOf(parts, 5, 14)), "with a comment by Bea Quill on 2024-03-02, with a page header or footer");
  EXPECT_EQ(InWords(PartsOf({Span("comment", 0, 10)}, 0, 10)), "comment");
}

TEST(Parts, NumberedLinesAndPagesWithNamesAreTold) {
  const std::vector<StructureSpan> parts = {Span("page_label", 0, 60, "B-7 (2nd of the file)"),
                                            Span("line", 0, 20, "12"), Span("line", 21, 40, "13"),
                                            Span("line", 41, 60, "14")};
  EXPECT_EQ(InWords(PartsOf(parts, 25, 55)), "page B-7 (2nd of the file), lines 13 to 14");
  EXPECT_EQ(InWords(PartsOf(parts, 2, 9)), "page B-7 (2nd of the file), line 12");
}

}  // namespace
}  // namespace counsel::documents
