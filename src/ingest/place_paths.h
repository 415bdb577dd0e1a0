// Which headings and clause stand above a place of a document, by its own characters: a chunk has those of its first
// unit only, and a passage those of its first chunk. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "documents/extraction.h"

namespace counsel::ingest {

struct PathFrom {
  std::int64_t start = 0;                   // code points of the text: from here on
  std::shared_ptr<const std::string> path;  // "5. Rent > 5.2"; never null
};

// Ascending; one for each change. Reads the text once, as chunking did.
[[nodiscard]] std::vector<PathFrom> PathsOf(const documents::ExtractedText& text);

// "" above the first.
[[nodiscard]] std::string_view PathAt(const std::vector<PathFrom>& paths, std::int64_t position);

}  // namespace counsel::ingest
