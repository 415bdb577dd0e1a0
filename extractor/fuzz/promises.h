// What every reader promises, whatever it is given. A broken promise ends the program.
#pragma once

#include <memory>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "extractor/document.h"

namespace counsel::fuzz {

void Require(bool holds, const char* what);

// Small, so that inputs reach them.
[[nodiscard]] extractor::Limits SmallLimits();

// Text within the limits, spans and pages within the text; an error is a sentence; the daemon takes the answer as it
// is.
void CheckDocument(const Result<extractor::Document>& document);

// What `reader` writes to its descriptor, as the daemon finds it.
class Answer {
 public:
  explicit Answer(std::string_view bytes);
  [[nodiscard]] const std::shared_ptr<const FileDescriptor>& file() const { return file_; }

 private:
  std::shared_ptr<const FileDescriptor> file_;
};

}  // namespace counsel::fuzz
