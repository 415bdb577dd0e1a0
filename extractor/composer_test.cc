#include "extractor/composer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "extractor/numbering.h"
#include "extractor/rtf_tokens.h"

namespace counsel::extractor {
namespace {

using testing::ElementsAre;

std::vector<std::string> Marked(const Flow& flow, SpanKind kind) {
  std::vector<std::string> texts;
  for (const Span& span : flow.spans()) {
    if (span.kind == kind) texts.emplace_back(SliceCodePoints(flow.text(), span.start, span.end));
  }
  return texts;
}

void Cell(Composer* composer, const std::string& text) {
  composer->BeginCell();
  composer->Text(text);
  composer->EndParagraph();
  composer->EndCell();
}

TEST(Composer, AsidesStandAfterTheirParagraphAndSentencesStayWhole) {
  Composer composer(1'000);
  composer.Text("The fee");
  composer.BeginAside(SpanKind::kFootnote, "Footnote 1", "1");
  composer.Text("In caf\xC3\xA9s too.");
  composer.EndAside();
  composer.Text(" is due.");
  composer.EndParagraph();
  const Flow flow = composer.Finish();
  EXPECT_EQ(flow.text(), "The fee is due.\n\n[Footnote 1: In caf\xC3\xA9s too.]");
  EXPECT_THAT(Marked(flow, SpanKind::kFootnote), ElementsAre("[Footnote 1: In caf\xC3\xA9s too.]"));
}

TEST(Composer, AnInsertionThatSpansParagraphsIsMarkedInEach) {
  Composer composer(1'000);
  composer.Text("Old. ");
  composer.BeginInsertion("by A");
  composer.Text("New");
  composer.EndParagraph();
  composer.Text("words");
  composer.EndInsertion();
  composer.Text(" end.");
  composer.EndParagraph();
  EXPECT_THAT(Marked(composer.Finish(), SpanKind::kInsertion), ElementsAre("New", "words"));
}

TEST(Composer, PiecesOfADeletionAtOnePlaceAreOne) {
  Composer composer(1'000);
  composer.Text("We pay ");
  for (const char* piece : {"nine", " hundred"}) {
    composer.BeginDeletion("by A");
    composer.Text(piece);
    composer.EndDeletion();
  }
  composer.Text("less.");
  composer.BeginDeletion("by B");
  composer.Text("never");
  composer.EndDeletion();
  composer.EndParagraph();
  EXPECT_EQ(composer.Finish().text(),
            "We pay less.\n\n[Deleted text, by A: nine hundred]\n\n[Deleted text, by B: never]");
}

TEST(Composer, RowsKeepWhatIsMarkedInTheirCells) {
  Composer composer(1'000);
  composer.Text("Before.");
  composer.EndParagraph();
  composer.BeginTable();
  composer.BeginRow();
  Cell(&composer, "\xC3\xA9");
  composer.BeginCell();
  composer.BeginInsertion("");
  composer.Text("two");
  composer.EndInsertion();
  composer.EndCell();
  composer.EndRow();
  composer.BeginRow();
  Cell(&composer, "three");
  Cell(&composer, "four");
  composer.EndRow();
  composer.EndTable();
  const Flow flow = composer.Finish();
  EXPECT_EQ(flow.text(), "Before.\n\n\xC3\xA9 | two\n\nthree | four");
  EXPECT_THAT(Marked(flow, SpanKind::kTableRow), ElementsAre("\xC3\xA9 | two", "three | four"));
  EXPECT_THAT(Marked(flow, SpanKind::kInsertion), ElementsAre("two"));
}

TEST(Composer, CallsThatDoNotMatchLoseNothing) {
  Composer composer(1'000);
  composer.EndCell();
  composer.EndTable();
  composer.EndAside();
  composer.BeginCell();
  composer.BeginAside(SpanKind::kComment, "Comment", "");
  composer.Text("open");
  composer.EndCell();
  composer.Text("after");
  composer.BeginRow();
  composer.BeginCell();
  composer.Text("last");
  EXPECT_EQ(composer.Finish().text(), "[Comment: open]\n\nafter\n\nlast");
}

TEST(Composer, WhatIsOverTheLimitIsDropped) {
  Composer composer(10);
  composer.Text("12345678");
  EXPECT_FALSE(composer.too_long());
  composer.Text("901");
  EXPECT_TRUE(composer.too_long());
  EXPECT_EQ(composer.Finish().text(), "12345678");
}

TEST(Numbering, NumbersAreWrittenAsWordProcessorsDo) {
  EXPECT_EQ(FormatNumber(4, "lowerRoman"), "iv");
  EXPECT_EQ(FormatNumber(1999, "upperRoman"), "MCMXCIX");
  EXPECT_EQ(FormatNumber(28, "lowerLetter"), "bb");
  EXPECT_EQ(FormatNumber(1'000'000, "upperRoman"), "1000000");
  EXPECT_EQ(FormatNumber(7, "decimalZero"), "07");
}

TEST(Numbering, DeeperLevelsBeginAnewUnderEachNumber) {
  List list;
  list[0].text = "%1.";
  list[1].text = "%1.%2";
  list[2].text = "(%3)";
  list[2].format = "lowerLetter";
  ListCounters counters;
  EXPECT_EQ(counters.Next("a", list, 0), "1.");
  EXPECT_EQ(counters.Next("a", list, 1), "1.1");
  EXPECT_EQ(counters.Next("a", list, 2), "(a)");
  EXPECT_EQ(counters.Next("a", list, 1), "1.2");
  EXPECT_EQ(counters.Next("a", list, 2), "(a)");
  EXPECT_EQ(counters.Next("b", list, 0), "1.");
  EXPECT_EQ(counters.Next("a", list, 0), "2.");
  EXPECT_EQ(counters.Next("a", list, 1), "2.1");
  counters.Restart("a", 0, 9);
  EXPECT_EQ(counters.Next("a", list, 0), "9.");
}

TEST(RtfTokens, EveryTextIsReadToItsEnd) {
  for (std::string_view text :
       {"", "\\", "\\'", "\\'4", "\\'zz", "{", "}", "\\bin99999999999 x", "\\u-", "\\a-b", "\\u99999999999"}) {
    RtfTokens tokens(text);
    int count = 0;
    while (tokens.Next().kind != RtfToken::Kind::kEnd) ++count;
    EXPECT_LE(count, 8) << text;
  }
  RtfTokens tokens("\\bin3 {}}after");
  EXPECT_EQ(tokens.Next().text, "bin");
  EXPECT_EQ(tokens.Next().text, "after");
}

}  // namespace
}  // namespace counsel::extractor
