// counsel record.
#pragma once

#include <string>

#include "app/docx_options.h"
#include "app/settings.h"

namespace counsel::app {

struct RecordOptions {
  std::string action;  // list, show, verify, export, head, held, released, reviewed, corrected, signed_off
  std::string number;  // of an entry
  std::string words;
  std::string matter;  // "": of all; with held and released: which
  std::string head;    // with verify: one that was noted, SIZE:ROOT
  std::string file;    // of export
  DocxOptions docx;    // with show
  int limit = 20;
  bool json = false;
};
// kExitFailure when the record is not whole.
[[nodiscard]] int RecordCommand(const Settings& settings, const RecordOptions& options);

}  // namespace counsel::app
