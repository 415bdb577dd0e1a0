#include "extractor/memory.h"

#include <string_view>

#include <unistd.h>

namespace counsel::extractor {

extern "C" void EndWithoutMemory() {
  constexpr std::string_view kWords = "Out of memory\n";
  constexpr int kStatus = 1;
  (void)!::write(STDERR_FILENO, kWords.data(), kWords.size());
  ::_exit(kStatus);
}

}  // namespace counsel::extractor
