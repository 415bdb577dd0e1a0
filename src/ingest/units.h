// A text as a row of units: sentences, headings, and pieces of what is too long to be a sentence. Chunks are made of
// whole units (chunks.h).
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "documents/extraction.h"
#include "ingest/clause_numbers.h"
#include "ingest/headings.h"

namespace counsel::ingest {

// No unit is longer: a longer sentence is cut at ';', a line end or white space.
inline constexpr std::size_t kLongestUnit = 4'000;  // bytes

// Bytes [begin, end) of the text, without white space around.
struct Unit {
  Unit() = default;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::shared_ptr<const std::string> path;  // headings and clause above it, "5. Rent > 5.2"; "" at the top
  bool heading = false;
  bool begins_paragraph = false;
  bool begins_clause = false;  // a numbered one: "5.2 The tenant …"
};

// Where the pages of a text begin, in bytes, and their numbers; ascending.
[[nodiscard]] std::vector<std::pair<std::size_t, int>> PagesByByte(const documents::ExtractedText& text);

// Reads a text unit by unit; every code point outside of white space is in exactly one. Each byte is looked at a
// bounded number of times whatever the text is, and no more than a paragraph's place is kept. The text must outlive it.
class UnitReader {
 public:
  explicit UnitReader(const documents::ExtractedText& text);
  // false at the end.
  [[nodiscard]] bool Next(Unit* unit);

 private:
  // What the document itself says of the line that begins there.
  struct Mark {
    std::size_t byte = 0;
    int level = 0;  // of a heading; 0: a paragraph that is no heading
  };
  // A paragraph or a heading, being read.
  struct Paragraph {
    Paragraph() = default;
    std::size_t at = 0;
    std::size_t end = 0;
    std::shared_ptr<const std::string> path;
    bool heading = false;
    bool clause = false;
    bool begun = false;
  };
  struct Word;
  struct Sentence;

  void TakeStructure(const std::vector<documents::StructureSpan>& structure);
  [[nodiscard]] int ToldOf(std::size_t begin);
  void AddLine();
  void EndParagraph();
  bool NextWord(std::size_t* at, std::size_t end, Word* word) const;
  void LookAhead(std::size_t at, std::size_t end, Word* word) const;
  bool NextSentence(Unit* unit);
  void RenewPath();

  const std::string_view text_;
  const bool markdown_;
  const std::vector<std::pair<std::size_t, int>> pages_;
  std::vector<Mark> told_;
  std::size_t next_told_ = 0;
  std::size_t next_page_ = 0;

  std::size_t line_ = 0;  // the next one begins here
  bool after_blank_ = true;
  bool in_fence_ = false;  // Markdown's ``` … ```: '#' is no heading there
  HeadingPath headings_;
  ClauseNumbers clauses_;
  std::shared_ptr<const std::string> path_;  // never null
  Paragraph open_;                           // lines are being added
  std::deque<Paragraph> whole_;              // the front is being taken apart
};

// A unit with more tokens than the embedder reads, in smaller ones: at its ';' and line ends, or in halves at a space,
// or in halves. At least two; none when it is a single code point.
[[nodiscard]] std::vector<Unit> Divide(std::string_view text, const Unit& unit);

}  // namespace counsel::ingest
