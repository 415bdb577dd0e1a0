// What stands in a Word document and is kept in parts of its own: other documents in the midst of it (altChunk),
// diagrams and charts, embedded files.
#pragma once

#include <map>
#include <string>

#include "extractor/document.h"
#include "extractor/docx_parts.h"

namespace counsel::extractor {

struct DocxThings {
  DocxThings() = default;
  std::map<std::string, Flow> texts;  // what each relation's part says, by the relation's id
  std::vector<Embedded> files;
  std::vector<Unread> unread;
};

// Of the main part. kTooLarge; a part that cannot be read is among those unread.
[[nodiscard]] Result<DocxThings> ReadDocxThings(Package& package, const DocxParts& parts, const std::string& name);

}  // namespace counsel::extractor
