// One matter's documents as open files: originals and texts under their own names, and an index.
//
//   index.json, index.csv   one entry a document: id, name, files, SHA-256, type, sizes, when it was added, what holds
//                           it and what it holds (ids; of the CSV with spaces between)
//   originals/NAME          as they were added
//   text/NAME.txt           what was read of them
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "documents/documents.h"
#include "store/store.h"
#include "upkeep/report.h"

namespace counsel::upkeep {

struct ExportReport {
  ExportReport() = default;
  std::int64_t documents = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> notes;  // what could not be given
};

// Into `target`, which must not be there, or be an empty folder (kAlreadyExists). kNotFound for an unknown matter. In a
// read snapshot of the store. Blocks.
[[nodiscard]] Result<ExportReport> ExportMatter(store::Connection& db, const documents::Originals& originals,
                                                const std::string& matter, const std::filesystem::path& target,
                                                const Report& report);

// A name for a file that may come from anywhere: no folder, no control characters, not hidden, at most 150 bytes of
// UTF-8 with its ending kept, and none of `taken` (whose case does not matter), to which it is added. Pure.
[[nodiscard]] std::string SafeFileName(const std::string& name, std::vector<std::string>* taken);
// One field of a CSV file (RFC 4180); a field that a spreadsheet would take for a formula begins with an apostrophe.
[[nodiscard]] std::string CsvField(const std::string& text);

}  // namespace counsel::upkeep
