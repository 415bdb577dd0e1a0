// Old Excel workbooks (XLS), in their container.
#pragma once

#include <string>

#include "extractor/compound_file.h"
#include "extractor/document.h"

namespace counsel::extractor {

[[nodiscard]] bool IsXls(const CompoundFile& file);
[[nodiscard]] Result<Document> ReadXls(const CompoundFile& file, const std::string& name, const Limits& limits);

}  // namespace counsel::extractor
