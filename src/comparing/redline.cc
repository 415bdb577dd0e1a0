#include "comparing/redline.h"

#include <algorithm>
#include <vector>

namespace counsel::comparing {
namespace {

using word::Kind;
using word::Look;
using word::Paragraph;
using word::Piece;

constexpr std::size_t kMostRows = 2'000;  // of the table; LibreOffice takes seconds for more
constexpr std::size_t kShown = 400;       // bytes of a quote in it

std::string Said(std::string_view text, Range range) {
  return range.empty() ? "" : std::string(text.substr(range.start, range.end - range.start));
}

std::string Short(std::string_view text, Range range) {
  std::string said = Said(text, range);
  if (said.size() <= kShown) return said;
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(said[end]) & 0xC0) == 0x80) --end;
  return said.substr(0, end) + " …";
}

std::string Words(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

// The quote with its words in bold, behind its place.
word::Cell CellOf(const RedlineOf& side, Range quote, Range words) {
  word::Cell cell;
  if (quote.empty()) return cell;
  if (side.place) cell.emplace_back(side.place(quote) + ": ", Look::kEmphasis);
  if (words.empty() || words == quote || words.start < quote.start || words.end > quote.end ||
      quote.end - quote.start > kShown) {
    if (!words.empty() && words != quote) cell.emplace_back(Said(side.text, words) + " — ", Look::kStrong);
    cell.emplace_back(Short(side.text, quote));
    return cell;
  }
  cell.emplace_back(Said(side.text, Range(quote.start, words.start)));
  cell.emplace_back(Said(side.text, words), Look::kStrong);
  cell.emplace_back(Said(side.text, Range(words.end, quote.end)));
  return cell;
}

void AddTable(const RedlineOf& first, const RedlineOf& second, const Comparison& comparison, word::Document* paper) {
  if (comparison.matters.empty()) return;
  paper->Add(Paragraph(Kind::kHeading, "Changes that matter"));
  word::Table table;
  table.widths = {14, 43, 43};
  table.rows.push_back({{Piece("What")}, {Piece(std::string(first.name))}, {Piece(std::string(second.name))}});
  for (const Change& change : comparison.matters) {
    if (table.rows.size() > kMostRows) break;
    std::string what = Words(MatterName(change.matter));
    for (const Matter held : change.holds) what += "; " + Words(MatterName(held));
    table.rows.push_back({{Piece(what)},
                          CellOf(first, change.first_quote, change.first),
                          CellOf(second, change.second_quote, change.second)});
  }
  paper->Add(table);
  if (comparison.matters.size() > kMostRows) {
    paper->Add(Paragraph(Kind::kNote, "The first " + std::to_string(kMostRows) + " of " +
                                          std::to_string(comparison.matters.size()) + " are shown."));
  }
}

void AddWhole(std::string_view text, Range range, word::Change change, word::Document* paper) {
  paper->Add(Paragraph(Kind::kBody, {Piece(Said(text, range), Look::kPlain, change)}, change));
}

void AddClause(std::string_view first, std::string_view second, const Clause& clause, word::Document* paper) {
  if (clause.state == State::kRemoved) return AddWhole(first, clause.first, word::Change::kDeleted, paper);
  if (clause.state == State::kAdded || clause.moved) {
    return AddWhole(second, clause.second, word::Change::kInserted, paper);
  }
  if (clause.state == State::kSame) {
    paper->Add(Paragraph(Kind::kBody, Said(second, clause.second)));
    return;
  }
  std::vector<Piece> pieces;
  for (const Mark& mark : clause.marks) {
    if (mark.kind == Mark::Kind::kSame) pieces.emplace_back(Said(second, mark.second));
    if (mark.kind == Mark::Kind::kRemoved)
      pieces.emplace_back(Said(first, mark.first), Look::kPlain, word::Change::kDeleted);
    if (mark.kind == Mark::Kind::kAdded)
      pieces.emplace_back(Said(second, mark.second), Look::kPlain, word::Change::kInserted);
  }
  paper->Add(Paragraph(Kind::kBody, pieces));
}

}  // namespace

word::Document Redline(const RedlineOf& first, const RedlineOf& second, const Comparison& comparison,
                       std::int64_t made_at) {
  const std::string title = std::string(second.name) + ", compared with " + std::string(first.name);
  word::Document paper(title, made_at);
  paper.Add(Paragraph(Kind::kTitle, title));
  paper.Add(
      Paragraph(Kind::kNote,
                "Made by Counsel from the texts of both: tables and layout are not compared. Clauses' own numbers "
                "are not compared either. What was moved is removed where it stood and added where it stands."));
  AddTable(first, second, comparison, &paper);
  paper.Add(Paragraph(Kind::kHeading, "The text, with its changes tracked"));
  // What was moved is removed where it stood: before the first clause behind it that kept its place.
  std::vector<const Clause*> moved;
  for (const Clause& clause : comparison.clauses) {
    if (clause.moved) moved.push_back(&clause);
  }
  std::sort(moved.begin(), moved.end(),
            [](const Clause* a, const Clause* b) { return a->first.start < b->first.start; });
  auto next = moved.begin();
  for (const Clause& clause : comparison.clauses) {
    if (!clause.moved && clause.state != State::kAdded) {
      for (; next != moved.end() && (*next)->first.start < clause.first.start; ++next) {
        AddWhole(first.text, (*next)->first, word::Change::kDeleted, &paper);
      }
    }
    AddClause(first.text, second.text, clause, &paper);
  }
  for (; next != moved.end(); ++next) AddWhole(first.text, (*next)->first, word::Change::kDeleted, &paper);
  return paper;
}

}  // namespace counsel::comparing
