// The parts of `counsel add`.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "app/commands.h"
#include "app/files_under.h"
#include "app/settings.h"

namespace counsel::app {

// Sends the files to the daemon, which it starts where none runs, follows them to their end and says what came of them
// (commands_add.cc). The exit status: kExitFailure also when a file was not added; what concerns all is reported.
// *sent: whether all of them came to their end; otherwise the same files may be tried again.
[[nodiscard]] boost::asio::awaitable<int> AddFiles(const Settings& settings, const AddOptions& options,
                                                   const FoundFiles& found, bool* sent = nullptr);

// Says what would be added, by kind, and what not; the daemon is not asked. The exit status.
[[nodiscard]] int DryRun(const Settings& settings, const AddOptions& options, const FoundFiles& found);

// Folders that could not be read, each on stderr.
void TellUnreadable(const FoundFiles& found);
// How many files were left out, and why: on stdout.
void PrintNotAdded(const FoundFiles& found);

}  // namespace counsel::app
