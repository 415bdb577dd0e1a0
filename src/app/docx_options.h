// --docx of `counsel ask` and `counsel record show`.
#pragma once

#include <string>

namespace counsel::app {

struct DocxOptions {
  std::string file;  // that is not there yet; "": none is written
  bool checked_only = false;
  bool conversation = false;  // all questions of the one that the answer belongs to
};

}  // namespace counsel::app
