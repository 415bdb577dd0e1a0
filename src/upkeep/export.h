// One matter's documents as open files: originals and texts under their own names, and an index.
//
//   index.json, index.csv   one entry a document: id, name, files, SHA-256, type, sizes, when it was added, what holds
//                           it and what it holds (ids; of the CSV with spaces between)
//   originals/NAME          as they were added
//   text/NAME.txt           what was read of them
//   record.jsonl            the matter's part of the record, for tools/verify_record.py; not there where it has none
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <unordered_set>
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

// Into `target`, which must not be there, or be an empty folder (kAlreadyExists). kNotFound for an unknown matter. On a
// thread apart (Store::ReadApart): each document in snapshots of its own, so that nobody waits; one that is deleted
// meanwhile is left out. Memory: a few megabytes, and the names. Blocks.
[[nodiscard]] Result<ExportReport> ExportMatter(store::Connection& db, const documents::Originals& originals,
                                                const std::string& matter, const std::filesystem::path& target,
                                                const Report& report);

// Names for files that may come from anywhere: no folder, no control characters, not hidden, at most 150 bytes of UTF-8
// with the ending kept, none given twice, whatever its case. Pure.
class FileNames {
 public:
  [[nodiscard]] std::string Take(const std::string& name);

 private:
  std::unordered_set<std::string> taken_;               // folded
  std::unordered_map<std::string, std::int64_t> next_;  // number to try, of names that came more than once
};
// One field of a CSV file (RFC 4180); a field that a spreadsheet would take for a formula begins with an apostrophe.
[[nodiscard]] std::string CsvField(const std::string& text);

}  // namespace counsel::upkeep
