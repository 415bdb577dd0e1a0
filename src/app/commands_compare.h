// counsel compare.
#pragma once

#include <string>

#include "app/settings.h"

namespace counsel::app {

struct CompareOptions {
  std::string first, second;  // ids or names
  std::string docx;           // a file that is not there yet; "": none is written
  bool json = false;
};
[[nodiscard]] int CompareCommand(const Settings& settings, const CompareOptions& options);

}  // namespace counsel::app
