// A row for each document that searches see: what it is called, and words of its head and tail, as hashes.
//
// What is in a row is not this room's matter (understanding/document_row.h). It goes with the document: HideDocument
// and RemoveDocument take it along, and it holds no word that could be read.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/nearest.h"
#include "store/store.h"

namespace counsel::search {

// In the transaction that makes the document found. Replaces what there was.
[[nodiscard]] Result<void> PutDocumentRow(store::Connection& db, std::string_view document, std::int64_t scope,
                                          std::string_view name, std::string_view words);

// Of the documents within the walls, in the order in which they came. What it is told lives until it returns. A
// thousand rows: some 3 ms.
[[nodiscard]] Result<void> ForEachDocumentRow(
    store::Connection& db, const Walls& walls,
    const std::function<void(std::string_view document, std::string_view name, std::string_view words)>& told);

}  // namespace counsel::search
