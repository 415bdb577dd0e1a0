// One thing that Counsel needs, and whether it is in place.
#pragma once

#include <string>

namespace counsel::http {

struct Finding {
  std::string what;
  bool good = false;
  std::string detail;
  bool needed = true;  // else something stands in for it
};

}  // namespace counsel::http
