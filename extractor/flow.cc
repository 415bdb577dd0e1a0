#include "extractor/flow.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"

namespace counsel::extractor {

std::string_view SpanKindName(SpanKind kind) {
  constexpr std::array<std::string_view, 12> kNames = {"heading",     "clause",     "list_item", "table_row",
                                                       "footnote",    "comment",    "insertion", "deletion",
                                                       "page_header", "attachment", "hidden",    "line"};
  return kNames[static_cast<std::size_t>(kind)];
}

void TextWriter::Put(char32_t code_point) {
  const bool after_return = std::exchange(after_return_, code_point == U'\r');
  if (code_point == U'\n' && after_return) return;
  if (code_point == U'\r' || code_point == U'\f' || code_point == U'\v') code_point = U'\n';
  const bool control = (code_point < 0x20 && code_point != U'\n' && code_point != U'\t') || code_point == 0x7F;
  if (!control) AppendUtf8(code_point, out_);
}

bool HasText(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, &at);
    if (c > 0x20 && c != 0x85 && c != 0xA0 && c != 0xFEFF && c != 0x3000 && !(c >= 0x2000 && c <= 0x200F)) return true;
  }
  return false;
}

void Flow::Write(std::string_view utf8) {
  const std::size_t before = text_.size();
  TextWriter writer(&text_);
  for (std::size_t at = 0; at < utf8.size();) writer.Put(NextCodePoint(utf8, &at));
  size_ += CountCodePoints(std::string_view(text_).substr(before));
}

void Flow::WriteClean(std::string_view utf8) {
  text_ += utf8;
  size_ += CountCodePoints(utf8);
}

void Flow::Mark(SpanKind kind, int level, std::int64_t start, std::int64_t end, std::string_view label) {
  if (start >= end) return;
  Span span;
  span.kind = kind;
  span.level = level;
  span.start = start;
  span.end = end;
  span.label = RepairUtf8(label.substr(0, kLongestLabel));
  std::replace_if(
      span.label.begin(), span.label.end(), [](char c) { return c >= 0 && c < 0x20; }, ' ');
  spans_.push_back(std::move(span));
}

void Flow::Extend(SpanKind kind, std::int64_t start, std::int64_t end, std::string_view label) {
  if (!spans_.empty() && spans_.back().kind == kind && spans_.back().end == start &&
      label.starts_with(spans_.back().label)) {
    spans_.back().end = end;
    return;
  }
  Mark(kind, 0, start, end, label);
}

void Flow::Append(Flow other, std::string_view separator) {
  if (other.empty()) return;
  if (empty()) {
    *this = std::move(other);
    return;
  }
  Write(separator);
  for (Span& span : other.spans_) {
    span.start += size_;
    span.end += size_;
    spans_.push_back(std::move(span));
  }
  text_ += other.text_;
  size_ += other.size_;
}

void Flow::TrimEnd() {
  const std::size_t keep = text_.find_last_not_of(" \t\n") + 1;
  size_ -= static_cast<std::int64_t>(text_.size() - keep);
  text_.erase(keep);
  for (Span& span : spans_) {
    span.start = std::min(span.start, size_);
    span.end = std::min(span.end, size_);
  }
  std::erase_if(spans_, [](const Span& span) { return span.start >= span.end; });
}

void Flow::DropLast() {
  if (text_.empty()) return;
  std::size_t at = text_.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text_[at]) & 0xC0U) == 0x80) --at;
  text_.erase(at);
  --size_;
  for (Span& span : spans_) span.end = std::min(span.end, size_);
}

void Flow::JoinLines() {
  std::replace(text_.begin(), text_.end(), '\n', ' ');
}

}  // namespace counsel::extractor
