// Rows of the table of documents, for this room's SQL.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "documents/documents.h"
#include "store/store.h"

namespace counsel::documents {

// Ends where a condition may follow.
inline constexpr std::string_view kSelect = R"sql(
SELECT d.id, m.name, d.name, d.sha256, d.bytes, d.media_type, d.state, d.reason,
       (SELECT json_group_array(path) FROM (SELECT path FROM paths WHERE document = d.id ORDER BY seen)),
       d.notes, d.superseded_by, d.added_at, d.pages, d.characters, d.chunks,
       (SELECT json_group_array(DISTINCT parent) FROM embedded WHERE child = d.id), d.priority, d.rowid,
       d.reader
FROM documents d JOIN matters m ON m.id = d.matter AND m.hidden = 0
)sql";

[[nodiscard]] DocumentState StateOf(std::string_view name);

// What kSelect gave; the last one's rowid into *last.
[[nodiscard]] Result<std::vector<Document>> ReadRows(Result<store::Statement> rows, std::int64_t* last = nullptr);

}  // namespace counsel::documents
