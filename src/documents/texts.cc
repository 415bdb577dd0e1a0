// Texts, in pieces, so that a passage of a long one is read without the rest.
#include <algorithm>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "documents/documents.h"
#include "documents/readings.h"
#include "documents/statements.h"

namespace counsel::documents {
namespace {

using store::Connection;
using store::Statement;

// Code points. The schema's comment says so too: texts that are stored depend on it.
constexpr std::int64_t kPiece = 32'768;

Result<void> WritePieces(Connection& db, std::string_view id, std::string_view text) {
  ASSIGN_OR_RETURN(Statement insert, db.Prepare("INSERT INTO texts (document, piece, text) VALUES (?, ?, ?)"));
  std::int64_t pieces = 0;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, ByteOffset(text, kPiece));
    insert.Bind(1, id).Bind(2, pieces++).Bind(3, piece);
    RETURN_IF_ERROR(insert.Run());
    text.remove_prefix(piece.size());
  }
  return {};
}

Result<void> WritePages(Connection& db, std::string_view id, const std::vector<PageStart>& pages) {
  ASSIGN_OR_RETURN(Statement insert, db.Prepare("INSERT INTO page_starts (document, page, start) VALUES (?, ?, ?)"));
  for (const PageStart& page : pages) {
    insert.Bind(1, id).Bind(2, static_cast<std::int64_t>(page.page)).Bind(3, page.start);
    if (Result<void> ran = insert.Run(); !ran) return ran;
  }
  return {};
}

Result<void> WriteStructure(Connection& db, std::string_view id, const std::vector<StructureSpan>& structure) {
  ASSIGN_OR_RETURN(
      Statement insert,
      db.Prepare(
          "INSERT INTO structure (document, place, kind, level, start, \"end\", label) VALUES (?, ?, ?, ?, ?, ?, ?)"));
  std::int64_t place = 0;
  for (const StructureSpan& span : structure) {
    insert.Bind(1, id).Bind(2, place++).Bind(3, span.kind).Bind(4, static_cast<std::int64_t>(span.level));
    insert.Bind(5, span.start).Bind(6, span.end).Bind(7, span.label);
    if (Result<void> ran = insert.Run(); !ran) return ran;
  }
  return {};
}

Result<void> WriteOcr(Connection& db, std::string_view id, const std::vector<OcrPage>& pages) {
  ASSIGN_OR_RETURN(
      Statement insert,
      db.Prepare("INSERT INTO ocr_pages (document, page, start, \"end\", width, height, confidence, words) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const OcrPage& page : pages) {
    const PlacedPage& placed = page.placed;
    nlohmann::json words = nlohmann::json::array();
    for (const WordBox& word : placed.words) {
      words.push_back({word.start, word.end, word.left, word.top, word.right, word.bottom, word.confidence});
    }
    const std::string kept = words.dump();
    insert.Bind(1, id).Bind(2, static_cast<std::int64_t>(placed.page)).Bind(3, page.start).Bind(4, page.end);
    insert.Bind(5, placed.width).Bind(6, placed.height).Bind(7, placed.confidence).Bind(8, kept);
    if (Result<void> ran = insert.Run(); !ran) return ran;
  }
  return {};
}

// The pieces that hold code points [start, end), joined.
Result<std::string> ReadPieces(Connection& db, std::string_view id, std::int64_t start, std::int64_t end) {
  const std::int64_t last = end > start ? (end - 1) / kPiece : start / kPiece;
  ASSIGN_OR_RETURN(Statement rows,
                   Ask(db, "SELECT text FROM texts WHERE document = ? AND piece BETWEEN ? AND ? ORDER BY piece", id,
                       start / kPiece, last));
  std::string text;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) return text;
    text += rows.Text(0);
  }
}

// A document without text reads as having 0 characters.
Result<std::int64_t> Characters(Connection& db, std::string_view id) {
  ASSIGN_OR_RETURN(Statement row, Ask(db, "SELECT characters FROM documents WHERE id = ?", id));
  ASSIGN_OR_RETURN(bool found, row.Step());
  if (!found) return NoDocument(id);
  return row.Int(0);
}

}  // namespace

Result<void> SetText(Connection& db, std::string_view id, const ExtractedText& text) {
  const nlohmann::json notes = text.notes;
  const std::string notes_json = notes.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  Result<std::int64_t> changed =
      Change(db, "UPDATE documents SET media_type = ?, notes = ?, pages = ?, characters = ?, reader = ? WHERE id = ?",
             text.media_type, notes_json, static_cast<std::int64_t>(text.pages.size()), CountCodePoints(text.text),
             kReaderVersion, id);
  if (!changed) return Fail(std::move(changed.error()));
  if (*changed == 0) return NoDocument(id);
  RETURN_IF_ERROR(WritePieces(db, id, text.text));
  RETURN_IF_ERROR(WritePages(db, id, text.pages));
  RETURN_IF_ERROR(WriteOcr(db, id, text.ocr));
  return WriteStructure(db, id, text.structure);
}

Result<ExtractedText> GetText(Connection& db, std::string_view id) {
  ASSIGN_OR_RETURN(Document document, GetDocument(db, id));
  if (document.characters == 0) {
    return Fail(ErrorCode::kNotFound, "The document '" + document.name + "' has no text yet.",
                "Wait until it is ready: counsel documents");
  }
  ASSIGN_OR_RETURN(std::string text, ReadPieces(db, id, 0, document.characters));
  ExtractedText extracted;
  extracted.text = std::move(text);
  extracted.media_type = std::move(document.media_type);
  extracted.notes = std::move(document.notes);
  ASSIGN_OR_RETURN(std::vector<PageStart> pages, GetPages(db, id));
  extracted.pages = std::move(pages);
  ASSIGN_OR_RETURN(std::vector<StructureSpan> structure, GetStructure(db, id, 0, document.characters));
  extracted.structure = std::move(structure);
  return extracted;
}

Result<std::vector<StructureSpan>> GetStructure(Connection& db, std::string_view id, std::int64_t start,
                                                std::int64_t end) {
  ASSIGN_OR_RETURN(Statement rows, Ask(db,
                                       "SELECT kind, level, start, \"end\", label FROM structure "
                                       "WHERE document = ? AND start < ? AND \"end\" > ? ORDER BY place",
                                       id, end, start));
  std::vector<StructureSpan> structure;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) return structure;
    StructureSpan span;
    span.kind = rows.Text(0);
    span.level = static_cast<int>(rows.Int(1));
    span.start = rows.Int(2);
    span.end = rows.Int(3);
    span.label = rows.Text(4);
    structure.push_back(std::move(span));
  }
}

Result<std::vector<OcrPage>> GetOcr(Connection& db, std::string_view id, std::int64_t start, std::int64_t end) {
  ASSIGN_OR_RETURN(Statement rows, Ask(db,
                                       "SELECT page, start, \"end\", width, height, confidence, words FROM ocr_pages "
                                       "WHERE document = ? AND start < ? AND \"end\" > ? ORDER BY page",
                                       id, end, start));
  std::vector<OcrPage> pages;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) return pages;
    OcrPage page;
    page.placed.page = static_cast<int>(rows.Int(0));
    page.start = rows.Int(1);
    page.end = rows.Int(2);
    page.placed.width = rows.Real(3);
    page.placed.height = rows.Real(4);
    page.placed.confidence = rows.Real(5);
    const nlohmann::json words = nlohmann::json::parse(rows.Text(6), nullptr, false);
    for (const nlohmann::json& one : words) {
      if (!one.is_array() || one.size() != 7) continue;
      WordBox word;
      word.start = one[0];
      word.end = one[1];
      word.left = one[2];
      word.top = one[3];
      word.right = one[4];
      word.bottom = one[5];
      word.confidence = one[6];
      page.placed.words.push_back(word);
    }
    pages.push_back(std::move(page));
  }
}

Result<std::optional<double>> OcrConfidence(Connection& db, std::string_view id, std::int64_t start, std::int64_t end) {
  ASSIGN_OR_RETURN(Statement row, Ask(db,
                                      "SELECT avg(confidence) FROM ocr_pages "
                                      "WHERE document = ? AND start < ? AND \"end\" > ?",
                                      id, end, start));
  ASSIGN_OR_RETURN(bool found, row.Step());
  if (!found || row.IsNull(0)) return std::optional<double>();
  return std::optional<double>(row.Real(0));
}

Result<std::vector<PageStart>> GetPages(Connection& db, std::string_view id) {
  return GetPages(db, id, 0, std::numeric_limits<std::int64_t>::max());
}

Result<std::vector<PageStart>> GetPages(Connection& db, std::string_view id, std::int64_t start, std::int64_t end) {
  // From the last page that begins at `start` or before it.
  Result<Statement> rows =
      Ask(db,
          "SELECT page, start FROM page_starts WHERE document = ?1 AND start < ?3 AND (?2 = 0 OR page >= "
          "(SELECT coalesce(max(page), 0) FROM page_starts WHERE document = ?1 AND start <= ?2)) ORDER BY page",
          id, start, end);
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<PageStart> pages;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows->Step());
    if (!row) return pages;
    pages.push_back({static_cast<int>(rows->Int(0)), rows->Int(1)});
  }
}

Result<std::string> GetPassage(Connection& db, std::string_view id, std::int64_t start, std::int64_t end) {
  ASSIGN_OR_RETURN(std::int64_t characters, Characters(db, id));
  if (start < 0 || end < start || end > characters) {
    return Fail(ErrorCode::kInvalidArgument, "The range " + std::to_string(start) + " to " + std::to_string(end) +
                                                 " is not within the text of " + std::to_string(characters) +
                                                 " characters.");
  }
  if (start == end) return std::string();
  ASSIGN_OR_RETURN(std::string pieces, ReadPieces(db, id, start, end));
  const std::int64_t first = start / kPiece * kPiece;
  return std::string(SliceCodePoints(pieces, start - first, end - first));
}

}  // namespace counsel::documents
