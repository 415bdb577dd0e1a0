// Downloads of model files: resumed, checked, never a half file under the final name.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "models/catalogue.h"

namespace counsel::models {

struct PullProgress {
  std::string file;        // its name
  std::uint64_t done = 0;  // bytes
  std::uint64_t total = 0;
  bool checking = false;  // the digest is being computed
};

// Fetches those of the model's files that are missing or have another size than recorded. Each arrives under
// NAME.partial, is resumed from there, must have its recorded size and SHA-256, and is renamed. `progress` returning
// false stops (kCancelled; the partial file is kept). Errors: kUnsupported (no url: ./run setup installs it), kCorrupt
// (wrong digest: the partial file is removed), kNoSpace, kAlreadyExists (another pull of the same file runs), and those
// of outgoing::Download. Blocking.
[[nodiscard]] Result<void> Pull(const Catalogue& catalogue, const ModelEntry& entry,
                                const std::function<bool(const PullProgress&)>& progress);

}  // namespace counsel::models
