// A chronology as a Word document: what stands in a cell is the reading, what stands in a footnote the document's
// words.
#include <string>
#include <vector>

#include "app/chronology_text.h"
#include "word/document.h"

namespace counsel::app {
namespace {

std::string Quoted(const Json& source) {
  return PlaceOf(source) + ": “" + TextOf(source, "quote") + "”";
}

word::Cell WhatCell(word::Document& paper, const Json& event) {
  word::Cell cell;
  for (const Json& source : event["sources"]) {
    word::Piece piece(cell.empty() ? TextOf(event, "what") : "");
    piece.footnote = paper.AddFootnote(Quoted(source));
    cell.push_back(std::move(piece));
  }
  if (const std::string remark = Remark(event["date"]); !remark.empty()) {
    cell.emplace_back("\n“" + TextOf(event, "written") + "”: " + remark, word::Look::kEmphasis);
  }
  for (const Json& source : event["contradicted_by"]) {
    word::Piece piece("\nAnother day: " + DayText(source["date"]) + " in " + PlaceOf(source), word::Look::kStrong);
    piece.footnote = paper.AddFootnote(Quoted(source));
    cell.push_back(std::move(piece));
  }
  return cell;
}

void AddNotRead(word::Document& paper, const Json& end) {
  const std::int64_t unread = end.value("unread_count", std::int64_t{0});
  if (unread == 0) return;
  paper.Add(word::Paragraph(word::Kind::kSubheading, "Not read, or not whole: " + std::to_string(unread)));
  for (const Json& one : end["unread"]) {
    paper.Add(word::Paragraph(word::Kind::kNote, TextOf(one, "name") + ": " + TextOf(one, "why")));
  }
}

}  // namespace

std::string ChronologyDocx(const Json& events, const Json& end, const std::string& matter, std::int64_t made_at) {
  const std::string title = matter.empty() ? "Chronology" : "Chronology: " + matter;
  word::Document paper(title, made_at);
  paper.Add(word::Paragraph(word::Kind::kTitle, title));
  paper.Add(word::Paragraph(word::Kind::kNote, std::to_string(events.size()) + " events of " + end["documents"].dump() +
                                                   " documents, read by rules: check each against its footnote. ~: "
                                                   "counted, or with a year that the text leaves open."));
  if (const std::int64_t undated = end.value("undated", std::int64_t{0}); undated > 0) {
    paper.Add(word::Paragraph(word::Kind::kNote,
                              "Dates of which the text leaves the day open: " + std::to_string(undated) + "."));
  }
  word::Table table;
  table.widths = {20, 60, 20};
  table.rows = {{{"Date"}, {"What"}, {"Who"}}};
  for (const Json& event : events) {
    const Json& date = event["date"];
    word::Cell what = WhatCell(paper, event);
    table.rows.push_back({{KindBefore(date) + DayText(date)}, std::move(what), {Who(event)}});
  }
  if (!events.empty()) paper.Add(table);
  AddNotRead(paper, end);
  return std::move(paper).Docx();
}

}  // namespace counsel::app
