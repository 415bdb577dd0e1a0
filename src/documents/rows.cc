#include "documents/rows.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace counsel::documents {

using store::Statement;

namespace {

std::vector<std::string> StringsOf(std::string_view json) {
  const nlohmann::json parsed = nlohmann::json::parse(json, nullptr, false);
  std::vector<std::string> strings;
  if (!parsed.is_array()) return strings;
  for (const nlohmann::json& element : parsed) {
    if (element.is_string()) strings.push_back(element.get<std::string>());
  }
  return strings;
}

Document ReadRow(const Statement& row) {
  Document document;
  document.id = row.Text(0);
  document.matter = row.Text(1);
  document.name = row.Text(2);
  document.sha256 = row.Text(3);
  document.bytes = static_cast<std::uint64_t>(row.Int(4));
  document.media_type = row.Text(5);
  document.state = StateOf(row.Text(6));
  document.reason = row.Text(7);
  document.paths = StringsOf(row.Text(8));
  document.notes = StringsOf(row.Text(9));
  document.superseded_by = row.Text(10);
  document.added_at = row.Int(11);
  document.pages = row.Int(12);
  document.characters = row.Int(13);
  document.chunks = row.Int(14);
  document.parents = StringsOf(row.Text(15));
  document.reader = row.Int(18);
  document.priority = row.Int(16) == 0 ? Priority::kWaitedFor : Priority::kOneOfMany;
  return document;
}

}  // namespace

DocumentState StateOf(std::string_view name) {
  return DocumentStateNamed(name).value_or(DocumentState::kFailed);
}

Result<std::vector<Document>> ReadRows(Result<Statement> rows, std::int64_t* last) {
  if (!rows) return Fail(std::move(rows.error()));
  std::vector<Document> documents;
  for (;;) {
    Result<bool> row = rows->Step();
    if (!row) return Fail(std::move(row.error()));
    if (!*row) return documents;
    documents.push_back(ReadRow(*rows));
    if (last != nullptr) *last = rows->Int(17);
  }
}

}  // namespace counsel::documents
