// Documents of word processors: packages whose text is XML.
#pragma once

#include <string>

#include "extractor/document.h"
#include "extractor/package.h"

namespace counsel::extractor {

[[nodiscard]] Result<Document> ReadDocx(Package& package, const std::string& name, std::size_t max_text_bytes);
[[nodiscard]] Result<Document> ReadOdt(Package& package, const std::string& name, std::size_t max_text_bytes);

}  // namespace counsel::extractor
