// The records of an old Excel workbook, put into their container.
#include <cstdint>
#include <string_view>

#include "extractor/compound_file.h"
#include "extractor/document.h"
#include "extractor/fuzz/promises.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using counsel::extractor::CompoundEntry;
  std::vector<CompoundEntry> entries(2);
  entries[0].storage = true;
  entries[1].name = "Workbook";
  entries[1].bytes = std::string_view(reinterpret_cast<const char*>(data), size);
  const std::string file = counsel::extractor::WriteCompoundFile(entries);
  counsel::fuzz::CheckDocument(counsel::extractor::ReadCompound(file, "input.xls", counsel::fuzz::SmallLimits()));
  return 0;
}
