#include "base/litter.h"

#include <algorithm>
#include <array>
#include <string>

namespace counsel {

bool IsLitter(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  std::string name(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  static constexpr std::array<std::string_view, 4> kNames = {"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store"};
  const bool lock = name.starts_with("~$") || (name.starts_with(".~lock.") && name.ends_with("#")) ||
                    (name.starts_with("~wr") && name.ends_with(".tmp"));
  return lock || name.starts_with("._") || std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         path.starts_with("__MACOSX/") || path.find("/__MACOSX/") != std::string_view::npos;
}

}  // namespace counsel
