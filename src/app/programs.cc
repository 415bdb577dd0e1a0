#include "app/programs.h"

#include <system_error>

namespace counsel::app {

Programs FindPrograms() {
  std::error_code failed;
  Programs programs;
  programs.folder = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  programs.embedder = programs.folder / "counsel-embedder";
  programs.remote = programs.folder / "counsel-remote";
  programs.extractor = programs.folder / "counsel-extract";
  programs.catalogue = programs.folder / "catalogue.toml";
  return programs;
}

}  // namespace counsel::app
