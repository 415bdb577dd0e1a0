// counsel mentions.
#pragma once

#include <string>

#include "app/settings.h"

namespace counsel::app {

struct MentionsOptions {
  std::string text;
  std::string matter;  // "": of all
  bool json = false;
};
[[nodiscard]] int MentionsCommand(const Settings& settings, const MentionsOptions& options);

}  // namespace counsel::app
