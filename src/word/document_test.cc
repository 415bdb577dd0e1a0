#include "word/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "word/package.h"

namespace counsel::word {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Document, HasWhatWasPutIntoIt) {
  Document paper("The lease", 0);
  const int note = paper.AddFootnote("Lease.docx, clause 3");
  Piece said("The rent is £1,450.");
  said.footnote = note;
  paper.Add(Paragraph(Kind::kHeading, "Rent"));
  paper.Add(Paragraph(Kind::kBody, {said, Piece(" It never rises.", Look::kUnsupported)}));
  Table table;
  table.rows = {{{"What"}, {"Where"}}, {{"Rent"}}};
  paper.Add(table);
  const std::string bytes = paper.Docx();
  EXPECT_THAT(bytes,
              HasSubstr(">The rent is £1,450.</w:t></w:r><w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr>"
                        "<w:footnoteReference w:id=\"1\"/>"));
  EXPECT_THAT(bytes,
              HasSubstr("<w:rStyle w:val=\"CounselNotSupported\"/></w:rPr><w:t xml:space=\"preserve\"> It never"));
  EXPECT_THAT(bytes, HasSubstr("<w:footnote w:id=\"1\">"));
  EXPECT_THAT(bytes, HasSubstr("Lease.docx, clause 3"));
  EXPECT_THAT(bytes, HasSubstr("<dc:title>The lease</dc:title>"));
  EXPECT_THAT(bytes, HasSubstr("1970-01-01T00:00:00Z"));
}

TEST(Document, TheSameCallsGiveTheSameBytes) {
  const auto make = [] {
    Document paper("x", 1'796'000'000);
    paper.Add(Paragraph(Kind::kBody, {Piece("one", Look::kPlain, Change::kInserted)}, Change::kInserted));
    return paper.Docx();
  };
  EXPECT_EQ(make(), make());
}

// A document's words may be anything, also what means something to XML or to Word.
TEST(Document, AnyTextIsText) {
  Document paper("</dc:title><x>", 0);
  paper.Add(Paragraph(Kind::kBody, std::string("a<b> & \"c\"\n\td\x01\x0b\xff\xef\xbf\xbf ]]> =HYPERLINK(\"x\")")));
  const std::string bytes = paper.Docx();
  EXPECT_THAT(
      bytes,
      HasSubstr("a&lt;b&gt; &amp; &quot;c&quot;</w:t><w:br/><w:tab/><w:t xml:space=\"preserve\">d\xef\xbf\xbd ]]&gt; "
                "=HYPERLINK(&quot;x&quot;)"));
  EXPECT_THAT(bytes, HasSubstr("<dc:title>&lt;/dc:title&gt;&lt;x&gt;</dc:title>"));
  EXPECT_THAT(bytes, Not(HasSubstr("fldSimple")));
}

TEST(Document, ChangesAreTracked) {
  Document paper("x", 0);
  paper.Add(Paragraph(Kind::kBody,
                      {Piece("must", Look::kPlain, Change::kDeleted), Piece("may", Look::kPlain, Change::kInserted)}));
  paper.Add(Paragraph(Kind::kBody, {Piece("new", Look::kPlain, Change::kInserted)}, Change::kInserted));
  const std::string bytes = paper.Docx();
  EXPECT_THAT(bytes, HasSubstr("<w:del w:id=\"1\" w:author=\"Counsel\" w:date=\"1970-01-01T00:00:00Z\"><w:r><w:delText "
                               "xml:space=\"preserve\">must</w:delText></w:r></w:del><w:ins w:id=\"2\""));
  EXPECT_THAT(bytes, HasSubstr("<w:pPr><w:rPr><w:ins w:id=\"3\""));
}

TEST(Zip, HasTheChecksumThatOthersCompute) {
  EXPECT_EQ(Crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(Crc32(""), 0U);
}

}  // namespace
}  // namespace counsel::word
