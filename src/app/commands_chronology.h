// counsel chronology.
#pragma once

#include <string>
#include <vector>

#include "app/settings.h"

namespace counsel::app {

struct ChronologyOptions {
  std::string matter;                  // "": of all
  std::vector<std::string> documents;  // ids or names; empty: all
  std::string from;                    // a day; "": from the first
  std::string to;
  bool undated = false;  // also what has no day
  std::string csv;       // a file that is not there yet
  std::string docx;      // likewise
  bool json = false;
};
[[nodiscard]] int ChronologyCommand(const Settings& settings, const ChronologyOptions& options);

}  // namespace counsel::app
