// counsel record, counsel replay.
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
  int years = 0;       // with retained
  bool sign = false;   // of head
  bool now = false;    // of replay: ask again today
  int limit = 20;
  bool json = false;
};
// kExitFailure when the record is not whole.
[[nodiscard]] int RecordCommand(const Settings& settings, const RecordOptions& options);
// kExitFailure when it is not the same text, or not the same answer.
[[nodiscard]] int ReplayCommand(const Settings& settings, const RecordOptions& options);

}  // namespace counsel::app
