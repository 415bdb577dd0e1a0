// Is what is stored whole? Originals, texts, passages, the keyword index and the vectors are compared with each other.
//
// What is derived (text, passages, words, vectors) can be made again from the original; an original cannot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "documents/documents.h"
#include "store/store.h"
#include "upkeep/report.h"

namespace counsel::upkeep {

struct Finding {
  Finding() = default;
  std::string document;  // id; "" when it is of no document
  std::string name;
  std::string what;       // a sentence for a user
  std::string next_step;  // "" for what a repair mends
  bool repairable = false;
  bool repaired = false;
};

struct CheckReport {
  CheckReport() = default;
  std::int64_t documents = 0;
  std::int64_t chunks = 0;
  std::uint64_t original_bytes = 0;  // read and compared with their digests
  std::vector<Finding> findings;
};

// Reads everything there is: seconds for thousands of documents, minutes for many gigabytes. With `repair`, documents
// whose derived parts are wrong are queued again (wake the ingest afterwards), the keyword index is built anew where it
// differs, and rows and originals of no document are removed.
//
// Alone with the store and outside a transaction: through Store::WriteOutside. Blocks.
[[nodiscard]] Result<CheckReport> CheckStore(store::Connection& db, const documents::Originals& originals, bool repair,
                                             const Report& report);

}  // namespace counsel::upkeep
