#include "documents/parts.h"

#include <algorithm>
#include <string_view>

namespace counsel::documents {
namespace {

// "by Ann Archer, 2024-03-01" → " by Ann Archer on 2024-03-01"
std::string Who(std::string_view label) {
  constexpr std::string_view kDate = ", dddd-dd-dd";
  if (label.empty()) return "";
  const std::size_t from = label.size() < kDate.size() ? 0 : label.size() - kDate.size();
  const std::string_view end = label.substr(from);
  const bool dated = std::equal(end.begin(), end.end(), kDate.begin(), kDate.end(), [](char c, char pattern) {
    return pattern == 'd' ? c >= '0' && c <= '9' : c == pattern;
  });
  if (!dated) return " " + std::string(label);
  return " " + std::string(label.substr(0, from)) + " on " + std::string(end.substr(2));
}

// "1." → " 1"
std::string Number(std::string_view label) {
  while (label.ends_with('.')) label.remove_suffix(1);
  return label.empty() ? "" : " " + std::string(label);
}

// A heading that stands on no page: a PDF's outline says it (extractor/pdf.cc).
bool IsBookmark(const StructureSpan& span) {
  return span.kind == "heading" && span.label == "bookmark";
}

std::string Whole(const StructureSpan& span) {
  if (IsBookmark(span)) return "bookmark of the file, on no page";
  if (span.kind == "heading") return "heading";
  if (span.kind == "clause") return "clause" + Number(span.label);
  if (span.kind == "list_item") return "list item";
  if (span.kind == "table_row") return "table row";
  if (span.kind == "footnote") return "footnote" + Number(span.label);
  if (span.kind == "comment") return "comment" + Who(span.label);
  if (span.kind == "insertion") return "text inserted" + Who(span.label);
  if (span.kind == "deletion") return "text deleted" + Who(span.label);
  if (span.kind == "page_header") return "page header or footer";
  if (span.kind == "attachment") return "name of a file inside it";
  if (span.kind == "hidden") return "hidden text";
  if (span.kind == "page_label") return "page " + span.label;
  return "";
}

// "" for what is running text.
std::string Partly(const StructureSpan& span) {
  if (span.kind == "heading" || span.kind == "clause" || span.kind == "list_item") return "";
  if (span.kind == "table_row") return "with table rows";
  if (span.kind == "attachment") return "with names of files inside it";
  if (span.kind == "page_label") return "";
  const bool article = span.kind == "comment" || span.kind == "page_header";
  const std::string words = Whole(span);
  return words.empty() ? "" : (article ? "with a " : "with ") + words;
}

// Numbered lines are told together: "lines 12 to 14".
void AddLines(const std::vector<StructureSpan>& structure, std::int64_t start, std::int64_t end,
              std::vector<Part>* parts) {
  const StructureSpan* first = nullptr;
  const StructureSpan* last = nullptr;
  for (const StructureSpan& span : structure) {
    if (span.kind != "line" || span.start >= end || span.end <= start) continue;
    if (first == nullptr) first = &span;
    last = &span;
  }
  if (first == nullptr) return;
  Part part;
  part.kind = "line";
  part.words = first == last ? "line " + first->label : "lines " + first->label + " to " + last->label;
  part.whole = true;
  parts->push_back(std::move(part));
}

// Words that OCR read and is unsure of.
void AddUnsure(const std::vector<StructureSpan>& structure, std::int64_t start, std::int64_t end,
               std::vector<Part>* parts) {
  const auto unsure = std::count_if(structure.begin(), structure.end(), [&](const StructureSpan& span) {
    return span.kind == "unsure" && span.start < end && span.end > start;
  });
  if (unsure == 0) return;
  Part part;
  part.kind = "unsure";
  part.words = "with " + std::to_string(unsure) + (unsure == 1 ? " word" : " words") + " that OCR is unsure of";
  parts->push_back(std::move(part));
}

}  // namespace

std::vector<Part> PartsOf(const std::vector<StructureSpan>& structure, std::int64_t start, std::int64_t end) {
  std::vector<Part> parts;
  for (const StructureSpan& span : structure) {
    if (span.start >= end || span.end <= start || span.kind == "line" || span.kind == "unsure") continue;
    Part part;
    part.kind = IsBookmark(span) ? "bookmark" : span.kind;
    part.whole = span.start <= start && end <= span.end;
    part.words = part.whole ? Whole(span) : Partly(span);
    const bool said =
        std::any_of(parts.begin(), parts.end(), [&part](const Part& other) { return other.words == part.words; });
    if (!part.words.empty() && !said) parts.push_back(std::move(part));
  }
  AddLines(structure, start, end, &parts);
  AddUnsure(structure, start, end, &parts);
  return parts;
}

}  // namespace counsel::documents
