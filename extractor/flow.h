// Text being written, and what is known of its parts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::extractor {

enum class SpanKind {
  kHeading,    // level 1 to 9
  kClause,     // a numbered paragraph; the label is its number, the level its depth
  kListItem,   // level from 1
  kTableRow,   // level: how deep tables are nested, from 1
  kFootnote,   // also endnotes; the label is its mark
  kComment,    // the label says who wrote it, and when
  kInsertion,  // a tracked change: text of the newer version
  kDeletion,   // a tracked change: text that the newer version no longer has, written out after its paragraph
  kPageHeader,
  kAttachment,  // the name of an embedded file, where it stands
  kHidden,      // text that the document hides, written out after its paragraph
  kLine,        // a line that has a number in the margin, which is the label
};
[[nodiscard]] std::string_view SpanKindName(SpanKind kind);

// Code points [start, end) of the text.
struct Span {
  Span() = default;
  SpanKind kind = SpanKind::kHeading;
  int level = 0;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::string label;  // at most 200 bytes
};

inline constexpr std::size_t kLongestLabel = 200;

// Appends a code point as the text keeps it: '\r' and "\r\n" become '\n', a form feed or vertical tab too, other
// control characters vanish.
class TextWriter {
 public:
  explicit TextWriter(std::string* out) : out_(out) {}
  void Put(char32_t code_point);

 private:
  std::string* out_;
  bool after_return_ = false;
};

[[nodiscard]] bool HasText(std::string_view text);

class Flow {
 public:
  // Any bytes: what is no UTF-8 becomes U+FFFD, control characters as in TextWriter.
  void Write(std::string_view utf8);
  // Of what is clean already: UTF-8 without control characters.
  void WriteClean(std::string_view utf8);
  void Mark(SpanKind kind, int level, std::int64_t start, std::int64_t end, std::string_view label = "");
  // Continues the last mark when it is of the same kind and label and ends at `start`.
  void Extend(SpanKind kind, std::int64_t start, std::int64_t end, std::string_view label);
  // With `separator` between, unless one of them is empty.
  void Append(Flow other, std::string_view separator);
  void TrimEnd();
  // Without its last character.
  void DropLast();
  // Line ends become blanks.
  void JoinLines();

  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::int64_t size() const { return size_; }  // code points
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<Span>& spans() const { return spans_; }
  [[nodiscard]] std::string TakeText() && { return std::move(text_); }
  [[nodiscard]] std::vector<Span> TakeSpans() && { return std::move(spans_); }

 private:
  std::string text_;
  std::int64_t size_ = 0;
  std::vector<Span> spans_;
};

}  // namespace counsel::extractor
