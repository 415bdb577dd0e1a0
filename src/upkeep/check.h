// Is what is stored whole? Originals, texts, passages, the keyword index and the vectors are compared with each other.
//
// What is derived (text, passages, words, vectors) can be made again from the original; an original cannot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "documents/documents.h"
#include "store/store.h"
#include "upkeep/report.h"

namespace counsel::upkeep {

// How a finding can be mended.
enum class Mend {
  kNone,
  kReadAgain,        // the document is queued, to be read from its original
  kRemovePassages,   // of no document
  kRemoveOriginals,  // of no document
  kRebuildWords,     // the keyword index, from the passages
  kRebuildFiles,     // of the index beside the store, from the passages, in the background
};

struct Finding {
  Finding() = default;
  std::string document;  // id; "" when it is of no document
  std::string name;
  std::string what;       // a sentence for a user
  std::string next_step;  // "" for what a repair mends
  Mend mend = Mend::kNone;
  bool repaired = false;
};

struct CheckReport {
  CheckReport() = default;
  std::int64_t documents = 0;
  std::int64_t chunks = 0;
  std::uint64_t original_bytes = 0;  // read and compared with their digests
  std::vector<Finding> findings;
};

// Reads everything there is: seconds for thousands of documents, minutes for many gigabytes. On a thread apart
// (Store::ReadApart), each document in a snapshot of its own; one long one for the file's own check and one for the
// words, which only purges wait for. Documents that come or go meanwhile are no findings. Blocks.
[[nodiscard]] Result<CheckReport> CheckStore(store::Connection& db, const documents::Originals& originals,
                                             const Report& report);

// Mends what was found and can be, each in a transaction of its own, and notes it in the report: documents whose
// derived parts are wrong are queued again (wake the ingest afterwards), the keyword index is built anew (writers wait
// for that), rows and originals of no document are removed.
[[nodiscard]] boost::asio::awaitable<Result<void>> Repair(store::Store& store, const documents::Originals& originals,
                                                          CheckReport& report);

}  // namespace counsel::upkeep
