#include "review/export.h"

namespace counsel::review {
namespace {

std::string PlaceOf(const Json& cell) {
  std::string place;
  if (cell.contains("page") && cell["page"].is_number()) place = "page " + cell["page"].dump() + ", ";
  if (cell.contains("start")) place += "characters " + cell["start"].dump() + "–" + cell["end"].dump();
  return place;
}

std::string TextOf(const Json& cell, const char* name) {
  const auto found = cell.find(name);
  return found != cell.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string CsvField(std::string_view text) {
  constexpr std::string_view kFormulas = "=+-@\t\r";
  std::string field = "\"";
  if (!text.empty() && kFormulas.find(text.front()) != std::string_view::npos) field.push_back('\'');
  for (const char c : text) {
    if (c == '"') field.push_back('"');
    field.push_back(c);
  }
  return field + "\"";
}

std::string CsvHead(const ColumnSet& columns) {
  std::string head = "\"Document\",\"Document id\",\"State\"";
  for (const Column& column : columns.columns) {
    for (const char* part : {"", ": grade", ": found", ": review", ": quote", ": place"}) {
      head += "," + CsvField(column.name + part);
    }
  }
  return head + "\r\n";
}

std::string CsvRow(const ColumnSet& columns, const Row& row) {
  std::string line = CsvField(row.name) + "," + CsvField(row.document) + "," +
                     CsvField(row.reason.empty() ? row.state : row.state + ": " + row.reason);
  for (std::size_t i = 0; i < columns.columns.size(); ++i) {
    const Json cell = i < row.cells.size() ? row.cells[i] : Json::object();
    for (const std::string& text : {Standing(cell), TextOf(cell, "grade"), TextOf(cell, "value"), StateOf(cell),
                                    TextOf(cell, "quote"), PlaceOf(cell)}) {
      line += "," + CsvField(text);
    }
  }
  return line + "\r\n";
}

std::string Standing(const Json& cell) {
  std::string value = TextOf(cell, "value");
  if (!cell.contains("acts")) return value;
  for (const Json& act : cell["acts"]) {
    if (act.value("act", "") == "corrected") value = act.value("words", "");
  }
  return value;
}

std::string StateOf(const Json& cell) {
  std::string state;
  if (!cell.contains("acts")) return state;
  for (const Json& act : cell["acts"]) {
    const std::string what = act.value("act", "");
    if (what == "verified" || what == "corrected") state = what;
    if (what == "assigned") state = "assigned to " + act.value("words", "");
  }
  return state;
}

}  // namespace counsel::review
