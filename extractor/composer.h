// Puts together the text of a document that has paragraphs, tables and asides, as its reader walks through it.
//
// Paragraphs, list items and table rows stand a blank line apart, so that each can be quoted by itself; a row's cells
// with " | " between. What belongs to a paragraph but is no part of its sentences (a footnote, a comment, deleted text)
// is written after it likewise, in brackets: "[Footnote 2: …]", so that the sentences themselves stay whole.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extractor/flow.h"

namespace counsel::extractor {

// What a paragraph is.
struct ParagraphStyle {
  ParagraphStyle() = default;
  int heading = 0;    // 1 to 9; 0: none
  std::string label;  // the number or bullet that the program shows before it, "" for none
  int depth = 0;      // of a list, from 1
  bool bullet = false;
};

class Composer {
 public:
  explicit Composer(std::size_t max_text_bytes);

  // Into the current paragraph; into the deleted text between BeginDeletion and EndDeletion.
  void Text(std::string_view utf8);
  // Raised text (a footnote's mark), written so that it joins no number.
  void Raised(std::string_view utf8);
  // Lowered text, of a fraction's lower half too: "1", raised, "/" and lowered "2" are "1/2".
  void Lowered(std::string_view utf8);
  // Text with a line through it is told as deleted.
  void Struck(std::string_view utf8);
  // Text that the document hides: it stands after its paragraph, "[Hidden text: …]".
  void Hidden(std::string_view utf8);
  // Whole paragraphs that were read elsewhere, after the current one.
  void AddParagraphs(Flow paragraphs);
  // A style may be set any time before the end of its paragraph.
  void SetStyle(ParagraphStyle style);
  void EndParagraph();
  [[nodiscard]] bool AtParagraphStart() const;
  [[nodiscard]] bool EndsInSpace() const;

  // Calls that do not match (a damaged file) are ignored. Tables are nested at most kMaxTables deep; deeper ones are
  // read as paragraphs.
  static constexpr std::size_t kMaxNesting = 32;
  void BeginTable();
  void BeginRow();
  void BeginCell();
  // The current cell goes on from the row above: it shows what stands there.
  void ContinueCell();
  // It goes on in this many rows below; their readers do not speak of it.
  void SpanRows(int rows);
  // It is this many columns wide: the others are empty, so that what follows stands in its column.
  void SpanColumns(int columns);
  void EndCell();
  void EndRow();
  void EndTable();

  // Until the end, paragraphs belong to the aside, which is written after the current paragraph. `title` is what stands
  // before it: "Footnote 2", "Comment by A. Smith".
  void BeginAside(SpanKind kind, std::string title, std::string label);
  void EndAside();
  // A text box: paragraphs inside a paragraph, written after it.
  void BeginBox();
  void EndBox();
  // An aside read before.
  void AddAside(SpanKind kind, std::string_view title, std::string_view label, const Flow& content);

  // Tracked changes; `label` says who and when. They may span paragraphs.
  void BeginInsertion(std::string label);
  void EndInsertion();
  void BeginDeletion(std::string label);
  void EndDeletion();

  // The text has grown beyond the limit: what follows is dropped.
  [[nodiscard]] bool too_long() const { return too_long_; }
  // Ends what is open.
  [[nodiscard]] Flow Finish();

 private:
  enum class Place { kBody, kCell, kAside, kBox };
  struct Table {
    std::optional<std::vector<Flow>> row;  // the cells of the row being read
    std::vector<std::string> above;        // what the cells of the row before say
    std::map<std::size_t, int> spans;      // columns that go on, and for how many rows
    int wide = 0;                          // columns that the last cell takes beside its own
  };
  // Where paragraphs go: the body, a cell, an aside.
  struct Context {
    Place place = Place::kBody;
    Flow done;       // whole paragraphs
    Flow paragraph;  // the current one
    ParagraphStyle style;
    std::vector<Flow> after;  // asides of the current paragraph
    // A deletion not yet among them: programs write one as many pieces, at one place of the paragraph.
    std::optional<std::string> deletion;
    std::string deletion_label;
    std::int64_t deletion_at = 0;
    std::string hidden;                   // likewise
    SpanKind kind = SpanKind::kFootnote;  // of an aside
    std::string title;
    std::string label;
    bool continues = false;  // of a cell
    int spans = 0;
    int columns = 1;
    std::vector<Table> tables;  // innermost last
  };

  void AddBlock(Flow block);
  void FlushDeletion();
  void FlushHidden();
  void FillSpanned();
  void FlushAsides();
  void Open(Place place);
  Flow Close();
  void Count(std::size_t bytes);

  std::size_t max_text_bytes_;
  std::size_t bytes_ = 0;
  bool too_long_ = false;
  std::vector<Context> contexts_;
  std::size_t ignored_cells_ = 0;  // open cells and tables beyond the nesting limit
  std::optional<std::string> insertion_;
  std::int64_t insertion_start_ = 0;
  std::optional<std::string> deletion_;
  std::string deleted_;
};

[[nodiscard]] Flow BracketedAside(SpanKind kind, std::string_view title, std::string_view label, const Flow& content);

// "by A. Smith, 2024-03-01": what is known of a change or comment.
[[nodiscard]] std::string ByAndWhen(std::string_view author, std::string_view date);

}  // namespace counsel::extractor
