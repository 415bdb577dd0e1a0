// Documents of Office programs: packages whose text is XML.
#pragma once

#include <string>

#include "extractor/document.h"
#include "extractor/package.h"

namespace counsel::extractor {

// `with_things`: also what stands in it and is kept apart (docx_things.h).
[[nodiscard]] Result<Document> ReadDocx(Package& package, const std::string& name, std::size_t max_text_bytes,
                                        bool with_things = true);
[[nodiscard]] Result<Document> ReadXlsx(Package& package, const std::string& name);
[[nodiscard]] Result<Document> ReadPptx(Package& package, const std::string& name);
[[nodiscard]] Result<Document> ReadOds(Package& package, const std::string& name);
[[nodiscard]] Result<Document> ReadOdp(Package& package, const std::string& name);
[[nodiscard]] Result<Document> ReadOdt(Package& package, const std::string& name, std::size_t max_text_bytes);

}  // namespace counsel::extractor
