// One daemon per home: the lock, the runtime folder of sockets, and the note that tells the command line where it is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace counsel::app {

// Where a running daemon can be reached; home/daemon.json.
struct InstanceNote {
  std::int64_t pid = 0;
  std::string socket;
  std::string url;
};
[[nodiscard]] std::optional<InstanceNote> ReadInstanceNote(const std::filesystem::path& home);
[[nodiscard]] Result<void> WriteInstanceNote(const std::filesystem::path& home, const InstanceNote& note);
void RemoveInstanceNote(const std::filesystem::path& home);

// Holds home/daemon.lock until destroyed (or the process dies). kAlreadyExists says who holds it.
[[nodiscard]] Result<FileDescriptor> LockHome(const std::filesystem::path& home);

// What this process makes from now on is its user's alone, and so is what is in the home already: libraries make their
// files readable to all (SQLite, the log), and a home that was made by hand may be open.
void KeepPrivate(const std::filesystem::path& home);

// Removes the temporary files that WriteFileAtomically of a killed process left in the home, when they are older than a
// minute.
void RemoveLeftovers(const std::filesystem::path& home);

// A short folder of mode 0700, ours alone, for this home's sockets: under $XDG_RUNTIME_DIR, else /tmp. Created if need
// be. kPermissionDenied when somebody else's file is in its place.
[[nodiscard]] Result<std::filesystem::path> RuntimeFolder(const std::filesystem::path& home);

// Takes a runtime folder for as long as the result lives, and clears away what daemons that were killed have left: the
// sockets in it, and whole folders beside it. A folder belongs to whoever holds the lock FOLDER.lock, which the kernel
// lets go of with the process; one without a lock file is left alone. Links are never followed, and nothing but sockets
// and our own empty folders is removed. kAlreadyExists when another daemon has it (one home seen from two containers).
[[nodiscard]] Result<FileDescriptor> HoldRuntimeFolder(const std::filesystem::path& folder);
// At an orderly end, while it is still held.
void RemoveRuntimeFolder(const std::filesystem::path& folder);

}  // namespace counsel::app
