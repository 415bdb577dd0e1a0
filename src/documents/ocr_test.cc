// What OCR read, put into a document's text; the lines of a passage. The reading itself is in tests/test_ocr.py.
#include "documents/ocr.h"

#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents/pages.h"

namespace counsel::documents {
namespace {

RecognisedPage Recognised(const std::string& text) {
  RecognisedPage page;
  page.text = text;
  return page;
}

TEST(PutPages, ThePagesTextsStandInOrderAndOthersStay) {
  ExtractedText text;
  text.text = "One.\n\n\xC2\xA3 3";
  text.pages = {{1, 0}, {2, 4}, {3, 6}};
  ASSERT_TRUE(PutPages({{2, Recognised("Scanned \xE2\x82\xAC 2")}}, "a.pdf", 1'000, &text));
  EXPECT_EQ(text.text, "One.\n\nScanned \xE2\x82\xAC 2\n\xC2\xA3 3");
  EXPECT_EQ(text.pages[1].start, 6);
  EXPECT_EQ(text.pages[2].start, 18);
  ASSERT_EQ(text.ocr.size(), 1U);
  EXPECT_EQ(text.ocr[0].start, 6);
  EXPECT_EQ(text.ocr[0].end, 17);
}

TEST(PutPages, WhatIsKnownOfOtherPagesAndWhatBelongsToNoneMovesAlong) {
  ExtractedText text;
  text.text = "One.\n\n[Comment: a]\nstamp\n\n[Page header: b]";
  text.pages = {{1, 0}, {2, 19}};
  text.tail = 24;
  StructureSpan comment;
  comment.kind = "comment";
  comment.start = 6;
  comment.end = 18;
  StructureSpan header = comment;
  header.kind = "page_header";
  header.start = 26;
  header.end = 42;
  text.structure = {comment, header};
  text.page_labels = {{2, "B-7"}};
  ASSERT_TRUE(PutPages({{2, Recognised("The whole page.")}}, "a.pdf", 1'000, &text));
  MarkPageLabels(&text);
  EXPECT_EQ(text.text, "One.\n\n[Comment: a]\nThe whole page.\n\n[Page header: b]");
  const auto said = [&text](const StructureSpan& span) {
    return text.text.substr(static_cast<std::size_t>(span.start), static_cast<std::size_t>(span.end - span.start));
  };
  ASSERT_EQ(text.structure.size(), 3U);
  EXPECT_EQ(said(text.structure[0]), "[Comment: a]");
  EXPECT_EQ(said(text.structure[1]), "The whole page.");
  EXPECT_EQ(text.structure[1].label, "B-7 (2nd of the file)");
  EXPECT_EQ(said(text.structure[2]), "[Page header: b]");
}

TEST(PutPages, WordsThatOcrIsUnsureOfAreMarked) {
  ExtractedText text;
  text.text = "One.";
  text.pages = {{1, 0}, {2, 4}};
  RecognisedPage page = Recognised("Rent is 1l0 pounds.");
  for (const auto& [start, end, confidence] :
       {std::tuple(0, 4, 96.0), std::tuple(5, 7, 60.0), std::tuple(8, 11, 41.6)}) {
    WordBox word;
    word.start = start;
    word.end = end;
    word.confidence = confidence;
    page.placed.words.push_back(word);
  }
  ASSERT_TRUE(PutPages({{2, page}}, "a.pdf", 1'000, &text));
  ASSERT_EQ(text.structure.size(), 1U);
  EXPECT_EQ(text.structure[0].kind, "unsure");
  EXPECT_EQ(text.structure[0].label, "41");
  EXPECT_EQ(text.text.substr(static_cast<std::size_t>(text.structure[0].start), 3), "1l0");
}

TEST(PutPages, ATextOverTheLimitIsRefused) {
  ExtractedText text;
  text.pages = {{1, 0}};
  const Result<void> put = PutPages({{1, Recognised("too long")}}, "a.png", 5, &text);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::kTooLarge);
}

WordBox Word(double left, double top) {
  WordBox word;
  word.left = left;
  word.top = top;
  word.right = left + 20;
  word.bottom = top + 10;
  return word;
}

TEST(JoinLines, WordsOfALineBecomeOneBoxAndAFarColumnAnother) {
  const std::vector<WordBox> lines = JoinLines({Word(0, 0), Word(25, 1), Word(0, 15), Word(200, 15)});
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].right, 45);
  EXPECT_EQ(lines[0].bottom, 11);
  EXPECT_EQ(lines[2].left, 200);
}

}  // namespace
}  // namespace counsel::documents
