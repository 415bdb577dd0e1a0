// Starting the daemon in the background, and how it reports that it is ready.
#pragma once

#include <filesystem>
#include <string_view>

#include "app/settings.h"
#include "base/result.h"

namespace counsel::app {

// Where a daemon in the background logs: log.file, else home/counsel.log.
[[nodiscard]] std::filesystem::path BackgroundLog(const Settings& settings);

// Starts `counsel serve` in a session of its own and waits (30 s at most) until it is ready. Its own error when it
// could not start. Blocking.
[[nodiscard]] Result<void> StartInBackground(const Settings& settings);

// Of the daemon: tells whoever started it, through the descriptor of --ready-fd (-1: nobody), and closes it.
void ReportReady(int ready_fd);
void ReportNotReady(int ready_fd, const Error& error);

}  // namespace counsel::app
