// Is everything in place that Counsel needs? What `counsel doctor` and the page tell.
#pragma once

#include <vector>

#include "app/settings.h"
#include "http/finding.h"

namespace counsel::app {

using Check = http::Finding;

// Starts the document reader twice and waits for it: never on the io thread.
[[nodiscard]] std::vector<Check> Examine(const Settings& settings);

}  // namespace counsel::app
