// counsel show: a passage with what stands around it, or its page as an image.
#pragma once

#include <string>

#include "app/settings.h"

namespace counsel::app {

struct ShowOptions {
  std::string place;  // DOCUMENT or DOCUMENT:START-END, an id or name
  std::string png;    // a file to write the page to; "" for none
  bool json = false;
};
[[nodiscard]] int ShowCommand(const Settings& settings, const ShowOptions& options);

}  // namespace counsel::app
