// From a stored document to the cells of its row.
#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "documents/documents.h"
#include "review/cells.h"
#include "review/tables.h"

namespace counsel::review {
namespace {

constexpr double kReadWell = 90;  // confidence of OCR, per cent: below, what was read may be another character

// Bytes of a text whose positions are code points, asked for in ascending order mostly.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {}
  Range BytesOf(std::int64_t start, std::int64_t end) {
    const std::size_t from = ByteAt(start);
    return Range(from, ByteAt(end));
  }
  std::int64_t CodePointAt(std::size_t byte) const { return CountCodePoints(text_.substr(0, byte)); }

 private:
  std::size_t ByteAt(std::int64_t code_point) {
    if (code_point < at_) {
      at_ = 0;
      byte_ = 0;
    }
    byte_ += ByteOffset(text_.substr(byte_), code_point - at_);
    at_ = code_point;
    return byte_;
  }
  std::string_view text_;
  std::int64_t at_ = 0;
  std::size_t byte_ = 0;
};

// What is in the text and not said by the document: deleted and hidden text, comments, heads and feet of pages.
std::vector<Range> LeftOut(const documents::ExtractedText& text, Places& places) {
  std::vector<Range> out;
  for (const documents::StructureSpan& span : text.structure) {
    const bool unsaid =
        span.kind == "deletion" || span.kind == "hidden" || span.kind == "comment" || span.kind == "page_header";
    if (unsaid) out.push_back(places.BytesOf(span.start, span.end));
  }
  std::sort(out.begin(), out.end(), [](const Range& a, const Range& b) { return a.start < b.start; });
  return out;
}

Json CellJson(const Cell& cell, const std::string& text, const Places& places,
              const std::vector<documents::PageStart>& pages) {
  Json json = {{"value", cell.value}, {"why", cell.why}, {"quote", std::string(cell.quote.Of(text))}};
  json["grade"] = cell.value.empty() ? Json(nullptr) : Json(judging::GradeName(cell.grade));
  if (cell.quote.empty()) return json;
  json["start"] = places.CodePointAt(cell.quote.start);
  json["end"] = json["start"].get<std::int64_t>() + CountCodePoints(cell.quote.Of(text));
  if (!cell.place.empty()) {
    json["value_start"] = places.CodePointAt(cell.place.start);
    json["value_end"] = json["value_start"].get<std::int64_t>() + CountCodePoints(cell.place.Of(text));
  }
  int page = 0;
  for (const documents::PageStart& one : pages) {
    if (one.start <= json["start"].get<std::int64_t>()) page = one.page;
  }
  json["page"] = page > 0 ? Json(page) : Json(nullptr);
  return json;
}

}  // namespace

Result<Json> FillRow(store::Connection& db, const ColumnSet& columns, const std::string& document) {
  ASSIGN_OR_RETURN(const documents::ExtractedText text, documents::GetText(db, document));
  Places places(text.text);
  const std::vector<Range> left_out = LeftOut(text, places);
  std::vector<Range> unsure;
  for (const documents::OcrPage& page : text.ocr) {
    if (page.placed.confidence < kReadWell) unsure.push_back(places.BytesOf(page.start, page.end));
  }
  const Wording wording(text.text, left_out);
  Json cells = Json::array();
  for (const Column& column : columns.columns) {
    cells.push_back(CellJson(FillCell(column, wording, unsure), text.text, places, text.pages));
  }
  return cells;
}

}  // namespace counsel::review
