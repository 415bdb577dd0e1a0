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

// A short folder of mode 0700, ours alone, for this home's sockets: under $XDG_RUNTIME_DIR, else /tmp. Created if need
// be. kPermissionDenied when somebody else's file is in its place.
[[nodiscard]] Result<std::filesystem::path> RuntimeFolder(const std::filesystem::path& home);

}  // namespace counsel::app
