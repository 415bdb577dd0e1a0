// A Word document (Office Open XML, ECMA-376) that is written: paragraphs, tables, footnotes, tracked changes.
//
//   word::Document paper("Chronology", made_at);
//   paper.Add(word::Paragraph(word::Kind::kHeading, "The lease"));
//   const int note = paper.AddFootnote("Lease.docx, clause 3: “The rent is £1,450 a month.”");
//   word::Piece said("The rent is £1,450 a month.");
//   said.footnote = note;
//   paper.Add(word::Paragraph(word::Kind::kBody, {said}));
//   std::string bytes = paper.Docx();
//
// The same calls give the same bytes. Any text may be given: what is no UTF-8 is repaired, what XML cannot hold is left
// out, a line end is a line break, a tab a tab. Nothing in it is ever a field, a link or a macro. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace counsel::word {

// How a piece looks: each is a character style of its own, so that a user can find, change or hide all of it in Word.
enum class Look {
  kPlain,
  kStrong,
  kEmphasis,
  kNear,         // "Counsel near": what the documents bear out but for the words that are named
  kUnsupported,  // "Counsel not supported"
};

// A tracked change: who opens the file accepts or rejects it. Written under the name "Counsel".
enum class Change { kNone, kInserted, kDeleted };

struct Piece {
  Piece() = default;
  Piece(std::string text_in) : text(std::move(text_in)) {}  // NOLINT: a text is a piece
  Piece(const char* text_in) : text(text_in) {}             // NOLINT
  Piece(std::string text_in, Look look_in, Change change_in = Change::kNone)
      : text(std::move(text_in)), look(look_in), change(change_in) {}
  std::string text;
  Look look = Look::kPlain;
  Change change = Change::kNone;
  int footnote = 0;  // of AddFootnote: its mark stands behind the text; 0: none
};

enum class Kind {
  kTitle,
  kHeading,
  kSubheading,
  kBody,
  kQuote,  // indented
  kNote,   // small: about the document, not of it
};

struct Paragraph {
  Paragraph() = default;
  Paragraph(Kind kind_in, std::string text) : kind(kind_in) { pieces.emplace_back(std::move(text)); }
  Paragraph(Kind kind_in, const char* text) : kind(kind_in) { pieces.emplace_back(text); }
  Paragraph(Kind kind_in, std::vector<Piece> pieces_in, Change change_in = Change::kNone)
      : kind(kind_in), pieces(std::move(pieces_in)), change(change_in) {}
  Kind kind = Kind::kBody;
  std::vector<Piece> pieces;
  Change change = Change::kNone;  // of its end: with kInserted, rejecting all leaves no empty paragraph
};

using Cell = std::vector<Piece>;

struct Table {
  Table() = default;
  bool header = true;                   // the first row is bold, and stands again on each page
  std::vector<int> widths;              // of the columns, in per cent; empty: all the same
  std::vector<std::vector<Cell>> rows;  // a row that has fewer cells than the first gets empty ones
};

class Document {
 public:
  // `made_at`: unix seconds; what it says of itself and of its changes.
  Document(std::string title, std::int64_t made_at);

  void Landscape() { landscape_ = true; }
  void Add(const Paragraph& paragraph);
  void Add(const Table& table);
  // Its number, from 1 on; it appears where a Piece names it, and must be named once.
  [[nodiscard]] int AddFootnote(const std::vector<Piece>& pieces);
  [[nodiscard]] int AddFootnote(std::string text) { return AddFootnote(std::vector<Piece>{Piece(std::move(text))}); }

  // So many bytes of XML by now: for a limit.
  [[nodiscard]] std::size_t size() const { return body_.size() + footnotes_.size(); }
  // The file's bytes: a ZIP archive whose parts are stored as they are.
  [[nodiscard]] std::string Docx() const;

 private:
  void AddPiece(const Piece& piece, Look least, std::string* xml);
  void AddPieces(const std::vector<Piece>& pieces, Look least, std::string* xml);
  [[nodiscard]] std::string ChangeTag(std::string_view name);

  std::string title_;
  std::string time_;  // "2026-12-01T09:30:00Z"
  bool landscape_ = false;
  std::string body_;
  std::string footnotes_;
  int footnote_count_ = 0;
  int change_count_ = 0;
};

}  // namespace counsel::word
