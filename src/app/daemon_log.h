#pragma once

#include "app/settings.h"
#include "base/result.h"

namespace counsel::app {

// Makes the process's logger as log.file and log.level say. kPermissionDenied: that file cannot be written.
[[nodiscard]] Result<void> StartLog(const Settings& settings);

// What machine this is, in one line of the log.
void LogHardware();

// No core file; and where a handler of the system is given the core all the same, the page of the environment that
// holds the register's key is left out.
void KeepKeyOutOfCoreDumps();

}  // namespace counsel::app
