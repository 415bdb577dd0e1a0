#include "host/processor_name.h"

#include <fstream>

#include <sys/utsname.h>

namespace counsel::host {

std::string ProcessorName(const std::filesystem::path& root) {
  constexpr std::size_t kLongest = 100;
  constexpr const char* kName = "model name";
  std::ifstream lines(root / "proc/cpuinfo");
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos && line.starts_with(kName)) return line.substr(colon + 2, kLongest);
  }
  utsname names{};
  return ::uname(&names) == 0 ? std::string(names.machine) : std::string();
}

}  // namespace counsel::host
