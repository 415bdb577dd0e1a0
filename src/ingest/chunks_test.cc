#include "ingest/chunks.h"

#include <algorithm>
#include <chrono>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "ingest/headings.h"

namespace counsel::ingest {
namespace {

using documents::ExtractedText;
using testing::HasSubstr;

ExtractedText Text(std::string text, std::string media_type = "text/plain") {
  ExtractedText extracted;
  extracted.text = std::move(text);
  extracted.media_type = std::move(media_type);
  return extracted;
}

int CountWords(const std::string& text) {
  int words = 0;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const bool space = IsSpace(NextCodePoint(text, &at));
    words += !space && !inside ? 1 : 0;
    inside = !space;
  }
  return words;
}

constexpr int kLongest = 400;

// Words; wide characters count each.
int CountTokens(const std::string& text) {
  int tokens = CountWords(text);
  for (std::size_t at = 0; at < text.size();) tokens += NextCodePoint(text, &at) >= 0x2E80 ? 1 : 0;
  return tokens;
}

std::string WithoutSpace(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, &at);
    if (!IsSpace(c)) AppendUtf8(c, &out);
  }
  return out;
}

// A chunk with what it holds.
struct Piece {
  Piece() = default;
  std::int64_t start = 0;
  std::int64_t end = 0;
  int page = 0;
  std::string heading;
  std::string text;
};

// What holds for every text whatever it is.
void ExpectLawful(const ExtractedText& text, const std::vector<Piece>& chunks) {
  std::string joined;
  std::int64_t last = 0;
  for (const Piece& chunk : chunks) {
    ASSERT_LE(last, chunk.start);
    ASSERT_LT(chunk.start, chunk.end);
    last = chunk.end;
    joined += WithoutSpace(chunk.text);
    ASSERT_LE(CountTokens(chunk.text), kLongest);
    ASSERT_LE(CountCodePoints(chunk.text), 8'000);
    ASSERT_LE(chunk.heading.size(), 300U);
    ASSERT_TRUE(ValidUtf8(chunk.text));
    ASSERT_TRUE(ValidUtf8(chunk.heading));
  }
  ASSERT_EQ(joined, WithoutSpace(text.text));
  // Slicing counts from the beginning: a sample is enough of a long text.
  for (std::size_t i = 0; i < chunks.size(); i += 1 + chunks.size() / 50) {
    ASSERT_EQ(chunks[i].text, SliceCodePoints(text.text, chunks[i].start, chunks[i].end));
  }
}

void AddDivided(const ExtractedText& text, const Unit& unit, ChunkPacker& packer) {
  const int tokens = CountTokens(text.text.substr(unit.begin, unit.end - unit.begin));
  const std::vector<Unit> parts = tokens > kLongest ? Divide(text.text, unit) : std::vector<Unit>();
  for (const Unit& part : parts) AddDivided(text, part, packer);
  if (parts.empty()) packer.Add(unit, tokens);
}

// With words for tokens.
std::vector<Piece> Split(const ExtractedText& text) {
  ChunkSizes sizes;
  sizes.target = 120;
  sizes.longest = kLongest;
  ChunkPacker packer(text, sizes);
  UnitReader reader(text);
  Unit unit;
  while (reader.Next(&unit)) AddDivided(text, unit, packer);
  std::vector<Piece> pieces;
  std::size_t byte = 0;
  std::int64_t at = 0;
  for (const Chunk& chunk : packer.Finish()) {
    Piece piece;
    piece.start = chunk.start;
    piece.end = chunk.end;
    piece.page = chunk.page;
    piece.heading = *chunk.path;
    byte += ByteOffset(std::string_view(text.text).substr(byte), chunk.start - at);
    const std::size_t bytes = ByteOffset(std::string_view(text.text).substr(byte), chunk.end - chunk.start);
    piece.text = text.text.substr(byte, bytes);
    byte += bytes;
    at = chunk.end;
    pieces.push_back(std::move(piece));
  }
  ExpectLawful(text, pieces);
  return pieces;
}

std::string Sentences(int count, int words = 15) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "The";
    for (int word = 2; word <= words; ++word) text += " licensee" + std::to_string(word);
    text += ". ";
  }
  return text;
}

TEST(Chunks, AShortTextIsOneChunkWithoutTheWhiteSpaceAround) {
  const std::vector<Piece> chunks = Split(Text("\n  Hello \xE2\x82\xAC world.\n\n"));
  ASSERT_EQ(chunks.size(), 1U);
  EXPECT_EQ(chunks[0].text, "Hello \xE2\x82\xAC world.");
  EXPECT_EQ(chunks[0].start, 3);
  EXPECT_EQ(chunks[0].end, 17);
  EXPECT_EQ(chunks[0].page, 0);
}

TEST(Chunks, NothingButWhiteSpaceGivesNoChunk) {
  EXPECT_TRUE(Split(Text("")).empty());
  EXPECT_TRUE(Split(Text(" \n\t\xC2\xA0\n\xE3\x80\x80")).empty());
}

TEST(Chunks, ALongTextIsCutAtSentencesOfAbout120Words) {
  const std::vector<Piece> chunks = Split(Text(Sentences(100)));
  ASSERT_GT(chunks.size(), 10U);
  for (std::size_t i = 0; i + 1 < chunks.size(); ++i) {
    EXPECT_EQ(chunks[i].text.back(), '.');
    EXPECT_GE(CountWords(chunks[i].text), 100);
    EXPECT_LE(CountWords(chunks[i].text), 140);
  }
}

TEST(Chunks, ParagraphsAreKeptWholeWhereTheyFit) {
  const std::string paragraph = Sentences(6);
  const std::vector<Piece> chunks = Split(Text(paragraph + "\n\n" + paragraph + "\n\n" + paragraph));
  ASSERT_EQ(chunks.size(), 3U);
  for (const Piece& chunk : chunks) EXPECT_EQ(CountWords(chunk.text), 90);
}

TEST(Chunks, AbbreviationsAndNumbersEndNoSentence) {
  const std::string tail = Sentences(7);
  for (const char* sentence : {"See s. 5 and Art. 7 of the Act and pay Smith Ltd. of London now.",
                               "A.B. Smith v. Jones, e.g. The Times of 5.5 million copies, was decided.",
                               "5. Payment is due when the invoice No. 7 of Mr. Jones arrives (i.e. soon)."}) {
    // Whatever length stands before it: were a stop taken for an end, one of them would end a chunk there.
    int split = 0;
    for (int words = 1; words <= 20; ++words) {
      bool whole = false;
      for (const Piece& chunk : Split(Text(tail + Sentences(1, words) + sentence + " " + Sentences(8)))) {
        whole = whole || chunk.text.find(sentence) != std::string::npos;
      }
      split += whole ? 0 : 1;
    }
    EXPECT_EQ(split, 0) << sentence;
  }
}

TEST(Chunks, ASentenceThatTheEmbedderReadsIsNeverCut) {
  const std::string sentence = "The tenant" + std::string(" shall repair and") + [] {
    std::string words;
    for (int i = 0; i < 350; ++i) words += i % 30 == 29 ? " keep;" : " keep";
    return words;
  }() + " it so.";
  const std::vector<Piece> chunks = Split(Text(Sentences(3) + sentence + " " + Sentences(3)));
  EXPECT_EQ(std::count_if(chunks.begin(), chunks.end(), [&](const Piece& one) { return one.text == sentence; }), 1);
}

TEST(Chunks, AnEndlessSentenceIsCutAtAGoodPlace) {
  std::string clause;
  for (int i = 0; i < 29; ++i) clause += "and ";
  std::string sentence;
  for (int i = 0; i < 20; ++i) sentence += clause + "so; ";
  const std::vector<Piece> chunks = Split(Text(sentence));
  ASSERT_GE(chunks.size(), 2U);
  for (const Piece& chunk : chunks) EXPECT_EQ(chunk.text.back(), ';');
}

TEST(Chunks, WhatHasNoGoodPlaceIsHalvedAtASpace) {
  std::string words;
  for (int i = 0; i < 900; ++i) words += "word ";
  for (const Piece& chunk : Split(Text(words))) EXPECT_TRUE(chunk.text.ends_with("word")) << chunk.text.back();
}

TEST(Chunks, WideCharactersAreCutAtTheirStops) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += i % 30 == 29 ? "\xE3\x80\x82" : "\xE6\xB3\x95";
  const std::vector<Piece> chunks = Split(Text(text));
  EXPECT_GT(chunks.size(), 10U);
  for (const Piece& chunk : chunks) EXPECT_TRUE(chunk.text.ends_with("\xE3\x80\x82"));
}

TEST(Chunks, AClauseBeginsAChunkAndItsNumberIsInThePath) {
  const std::string body = Sentences(5);
  const std::vector<Piece> chunks = Split(Text("5. Rent\n\n5.1 The rent is due. " + body + "\n5.2 The tenant pays. " +
                                               body + body + "\n(a) at once; and\n5.3 of this lease\n"));
  ASSERT_EQ(chunks.size(), 3U);
  EXPECT_EQ(chunks[0].heading, "5. Rent");
  EXPECT_TRUE(chunks[1].text.starts_with("5.2 The tenant pays."));
  EXPECT_EQ(chunks[1].heading, "5. Rent > 5.2");
  EXPECT_EQ(chunks[2].heading, "5. Rent > 5.2");
}

TEST(Chunks, AClauseEndsTheNumberedHeadingBesideIt) {
  const std::string body = Sentences(10);
  const std::vector<Piece> chunks =
      Split(Text("TERMS\n\n1. Definitions.\n\n" + body + "\n\n2. Grant. Subject to this, you may copy. " + body));
  ASSERT_GE(chunks.size(), 3U);
  EXPECT_EQ(chunks[1].heading, "TERMS > 1. Definitions.");
  EXPECT_EQ(chunks.back().heading, "TERMS > 2");
}

TEST(Chunks, TheFirstPageOfAChunkIsItsPage) {
  ExtractedText text = Text("");
  const std::string page = Sentences(10);
  for (int i = 1; i <= 4; ++i) {
    text.pages.push_back({i, CountCodePoints(text.text)});
    if (i != 2) text.text += page + "\n\n";
  }
  const std::vector<Piece> chunks = Split(text);
  EXPECT_EQ(chunks.front().page, 1);
  EXPECT_EQ(chunks.back().page, 4);
  for (const Piece& chunk : chunks) EXPECT_NE(chunk.page, 2);
}

TEST(Chunks, MarkdownHeadingsFormThePath) {
  const std::string body = Sentences(4) + "\n\n";
  const std::vector<Piece> chunks = Split(Text(
      "# Lease\n\n" + body + "## Rent\n\n" + body + "### When\n" + body + "```\n# no heading\n```\n## Term\n" + body,
      "text/markdown"));
  ASSERT_EQ(chunks.size(), 4U);
  EXPECT_EQ(chunks[0].heading, "Lease");
  EXPECT_EQ(chunks[1].heading, "Lease > Rent");
  EXPECT_EQ(chunks[2].heading, "Lease > Rent > When");
  EXPECT_EQ(chunks[3].heading, "Lease > Term");
  EXPECT_THAT(chunks[2].text, HasSubstr("# no heading"));
  EXPECT_TRUE(chunks[1].text.starts_with("## Rent"));
}

TEST(Chunks, LegalNumberingAndCapitalsAreHeadings) {
  const std::string body = Sentences(4) + "\n\n";
  const std::vector<Piece> chunks = Split(Text("TERMS AND CONDITIONS\n\n" + body + "Article II. Fees\n\n" + body +
                                               "Section 5. Late payment\n" + body + "5.1 Interest\n\n" + body));
  ASSERT_EQ(chunks.size(), 4U);
  EXPECT_EQ(chunks[0].heading, "TERMS AND CONDITIONS");
  EXPECT_EQ(chunks[1].heading, "TERMS AND CONDITIONS > Article II. Fees");
  EXPECT_EQ(chunks[2].heading, "TERMS AND CONDITIONS > Article II. Fees > Section 5. Late payment");
  EXPECT_EQ(chunks[3].heading, "TERMS AND CONDITIONS > Article II. Fees > Section 5. Late payment > 5.1 Interest");
}

TEST(Chunks, WhatOnlyLooksLikeAHeadingIsNone) {
  const std::string body = Sentences(4);
  for (const char* line : {"Section 5 of the Act applies,\nand so on.", "1. The licensee shall pay to\nthe licensor.",
                           "THE SOFTWARE IS PROVIDED AS IS\nWITHOUT WARRANTY OF ANY KIND", "2024 The year",
                           "5. A program that contains no derivative of any portion of the\nLibrary",
                           "15. BECAUSE THE LIBRARY IS LICENSED FREE OF CHARGE, THERE IS NO\nWARRANTY", "as in Part B,",
                           "A wrapped line\nSection 5. Fees"}) {
    const std::vector<Piece> chunks = Split(Text(body + "\n\n" + line + "\n" + body));
    // A clause has its number in the path, and none of its words.
    EXPECT_EQ(chunks.back().heading, std::string_view(line).starts_with("1.") ? "1" : "") << line;
  }
}

// Pieces that make trouble, thrown together.
TEST(Chunks, AnyTextIsCoveredExactlyOnce) {
  const std::vector<std::string> pieces = {" ",
                                           "\n",
                                           "\n\n",
                                           "\t",
                                           ".",
                                           "; ",
                                           "a",
                                           "Licence ",
                                           "5. ",
                                           "(a) ",
                                           "# ",
                                           "## Fees\n",
                                           "SECTION 4\n",
                                           "e.g. ",
                                           "\xE6\xB3\x95\xE5\xBE\x8B",
                                           "\xE3\x80\x82",
                                           "\xC2\xA0",
                                           "\xF0\x9F\x98\x80",
                                           "e\xCC\x81",
                                           "```\n",
                                           "- item\n",
                                           std::string(300, 'x'),
                                           std::string(5000, 'y'),
                                           Sentences(1, 250),
                                           Sentences(3),
                                           "\xE2\x80\x9D ",
                                           "? ",
                                           "\xEF\xBB\xBF"};
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    std::string text;
    for (unsigned i = random() % 120; i > 0; --i) text += pieces[random() % pieces.size()];
    SCOPED_TRACE(seed);
    Split(Text(text, seed % 2 == 0 ? "text/plain" : "text/markdown"));
    if (HasFatalFailure()) return;
  }
}

documents::StructureSpan Span(std::string kind, int level, std::int64_t start, std::int64_t end) {
  documents::StructureSpan span;
  span.kind = std::move(kind);
  span.level = level;
  span.start = start;
  span.end = end;
  return span;
}

TEST(Chunks, WhatTheDocumentCallsAHeadingIsOneAndWhatItDoesNotIsNone) {
  ExtractedText text = Text("Caf\xC3\xA9 terms of the mill\n\nThe rent is due.\n\nSECTION 9 | FEES\nTotal | 5");
  text.structure = {Span("heading", 1, 0, 22), Span("table_row", 1, 42, 58), Span("table_row", 1, 59, 68)};
  const std::vector<Piece> chunks = Split(text);
  ASSERT_EQ(chunks.size(), 1U);
  EXPECT_EQ(chunks[0].heading, "Caf\xC3\xA9 terms of the mill");
  text.structure.erase(text.structure.begin());
  EXPECT_EQ(Split(text)[0].heading, "");
}

TEST(Chunks, RowsOfALongTableAreNotTornApart) {
  ExtractedText text = Text("");
  for (int row = 0; row < 100; ++row) {
    const auto start = static_cast<std::int64_t>(text.text.size());
    text.text += "Item " + std::to_string(row) + " | delivered in the month of May | price of 5 pounds\n";
    text.structure.push_back(Span("table_row", 1, start, static_cast<std::int64_t>(text.text.size()) - 1));
  }
  for (const Piece& chunk : Split(text)) {
    EXPECT_TRUE(chunk.text.starts_with("Item ")) << chunk.text;
    EXPECT_TRUE(chunk.text.ends_with(" pounds")) << chunk.text;
  }
}

TEST(Chunks, HostileTextsTakeLinearTime) {
  constexpr std::size_t kSize = std::size_t{4} << 20;
  std::string wide;
  while (wide.size() < kSize) wide += "\xE6\xB3\x95";
  std::string stops;
  while (stops.size() < kSize) stops += "a. ";
  std::string headings;
  while (headings.size() < kSize) headings += "# A\n";
  for (const std::string& text : {std::string(kSize, 'x'), std::string(kSize, '\n'), std::string(kSize, ' '),
                                  std::string(kSize, '.'), std::string(kSize, '"'), wide, stops, headings}) {
    const auto begin = std::chrono::steady_clock::now();
    Split(Text(text, "text/markdown"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)) << text.substr(0, 10);
  }
}

}  // namespace
}  // namespace counsel::ingest
