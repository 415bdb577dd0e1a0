// How long work on the whole store tells how far it is.
//
// Threads: called where the work runs (a pool thread).
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"

namespace counsel::upkeep {

// `share` 0..1 of the work done, `what` is being done. false ends the work with kCancelled, soon.
using Report = std::function<bool(double share, std::string_view what)>;

[[nodiscard]] inline Result<void> Tell(const Report& report, double share, std::string_view what) {
  if (!report || report(share, what)) return {};
  return Fail(ErrorCode::kCancelled, "Stopped.");
}

}  // namespace counsel::upkeep
