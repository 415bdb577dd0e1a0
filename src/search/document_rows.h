// A row for each document that searches see: what it is called, and words of its head and tail, as hashes.
//
// What is in a row is not this room's matter (understanding/document_row.h). It goes with the document: HideDocument
// and RemoveDocument take it along, and it holds no word that could be read. A row has a number that is never given
// again, so that files (rows_in_files.h) can say which rows have a sign.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/nearest.h"
#include "store/store.h"

namespace counsel::search {

// By what a row is found in the files, each with a number from 1 to 0xFFFF that is kept with it
// (understanding/known_rows.h).
using SignTold = std::function<void(std::string_view sign, std::uint32_t number)>;
using RowSigns = std::function<void(std::string_view name, std::string_view words, const SignTold& told)>;

// In the transaction that makes the document found. Replaces what there was.
[[nodiscard]] Result<void> PutDocumentRow(store::Connection& db, std::string_view document, std::int64_t scope,
                                          std::string_view name, std::string_view words);
// In the transaction that makes it found no more. Nothing happens where it has none.
[[nodiscard]] Result<void> ForgetDocumentRow(store::Connection& db, std::string_view document);

// Of the documents within the walls, in the order in which they came, those whose number is greater than `after`. What
// it is told lives until it returns. A thousand rows: some 3 ms.
[[nodiscard]] Result<void> ForEachDocumentRow(
    store::Connection& db, const Walls& walls, std::int64_t after,
    const std::function<void(std::string_view document, std::string_view name, std::string_view words)>& told);

// Nothing: it has no row.
[[nodiscard]] Result<std::optional<std::string>> NameInRow(store::Connection& db, std::string_view document);

}  // namespace counsel::search
