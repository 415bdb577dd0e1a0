// counsel review.
#pragma once

#include <string>

#include "app/settings.h"

namespace counsel::app {

struct ReviewOptions {
  std::string
      action;  // create, list, show, run, cancel, verified, corrected, assigned, commented, export, delete, columns
  std::string name;  // of a review, or its number
  std::string matter;
  std::string columns;   // of create: a file, or a set's name
  std::string document;  // of an act: an id or name
  std::string column;
  std::string words;
  std::string file;  // of export
  std::string grade;
  std::string state;
  bool no_wait = false;
  bool json = false;
};
[[nodiscard]] int ReviewCommand(const Settings& settings, const ReviewOptions& options);

}  // namespace counsel::app
