#pragma once

#include <filesystem>

namespace counsel::app {

// Where the programs of this build are.
struct Programs {
  std::filesystem::path folder;  // of the running executable
  std::filesystem::path embedder;
  std::filesystem::path remote;  // counsel-remote
  std::filesystem::path extractor;
  std::filesystem::path catalogue;
};
[[nodiscard]] Programs FindPrograms();

}  // namespace counsel::app
