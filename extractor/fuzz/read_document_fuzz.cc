// One input for the readers, as libFuzzer wants it. READER is one of them (CMakeLists.txt); ReadDocument chooses by the
// content, as for any document.
#include <cstdint>
#include <string_view>

#include "extractor/document.h"
#include "extractor/fuzz/promises.h"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  counsel::extractor::PrepareMail();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size == 0) return 0;
  counsel::fuzz::CheckDocument(counsel::extractor::READER(bytes, "input.txt", counsel::fuzz::SmallLimits()));
  return 0;
}
