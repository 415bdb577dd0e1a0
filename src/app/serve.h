// The daemon: its parts made in the order hardware check → document store → Companies House client → ready, and ended
// in the opposite one.
#pragma once

#include "app/settings.h"
#include "base/result.h"

namespace counsel::app {

// Runs until SIGTERM, SIGINT or POST /api/stop. `ready_fd`: see background.h.
[[nodiscard]] Result<void> Serve(const Settings& settings, int ready_fd);

}  // namespace counsel::app
