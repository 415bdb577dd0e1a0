#include "app/instance.h"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ids.h"

namespace counsel::app {
namespace fs = std::filesystem;
namespace {

// A unix socket's path holds 107 bytes; our names below the base need about 50.
constexpr std::size_t kLongestBase = 50;

Result<void> RequireOurs(const fs::path& folder) {
  struct stat info {};
  if (::lstat(folder.c_str(), &info) != 0) return Fail(ErrnoError(errno, "Cannot look at " + folder.string()));
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid() || (info.st_mode & 077) != 0) {
    return Fail(ErrorCode::kPermissionDenied, folder.string() + " is not a private folder of this user.",
                "Remove it, or set XDG_RUNTIME_DIR to a folder of your own.");
  }
  return {};
}

Result<void> MakeOurs(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return Fail(ErrnoError(errno, "Cannot create " + folder.string()));
  }
  return RequireOurs(folder);
}

}  // namespace

std::optional<InstanceNote> ReadInstanceNote(const fs::path& home) {
  const Result<std::string> text = ReadFile(home / "daemon.json", 64 * 1024);
  if (!text) return std::nullopt;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  InstanceNote note;
  note.pid = json.value("pid", std::int64_t{0});
  note.socket = json.value("socket", "");
  note.url = json.value("url", "");
  return note;
}

Result<void> WriteInstanceNote(const fs::path& home, const InstanceNote& note) {
  const nlohmann::json json = {{"pid", note.pid}, {"socket", note.socket}, {"url", note.url}};
  return WriteFileAtomically(home / "daemon.json", json.dump() + "\n");
}

void RemoveInstanceNote(const fs::path& home) {
  std::error_code ignored;
  fs::remove(home / "daemon.json", ignored);
}

Result<FileDescriptor> LockHome(const fs::path& home) {
  const fs::path path = home / "daemon.lock";
  FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.valid()) return Fail(ErrnoError(errno, "Cannot write in the home " + home.string()));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  const std::optional<InstanceNote> holder = ReadInstanceNote(home);
  std::string who = "Another Counsel";
  if (holder && holder->pid > 0) who += " (process " + std::to_string(holder->pid) + ", at " + holder->url + ")";
  return Fail(ErrorCode::kAlreadyExists, who + " serves the home " + home.string() + ".",
              "Use it, stop it with 'counsel stop', or give another home with --home.");
}

Result<fs::path> RuntimeFolder(const fs::path& home) {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  fs::path base;
  if (runtime != nullptr && runtime[0] == '/' && std::string_view(runtime).size() <= kLongestBase) {
    std::error_code ignored;
    if (fs::is_directory(runtime, ignored) && ::access(runtime, W_OK) == 0) base = fs::path(runtime) / "counsel";
  }
  if (base.empty()) base = "/tmp/counsel-" + std::to_string(::geteuid());
  if (Result<void> made = MakeOurs(base); !made) return Fail(std::move(made.error()));
  std::error_code failed;
  const fs::path canonical = fs::weakly_canonical(home, failed);
  const fs::path folder = base / Sha256Hex((failed ? home : canonical).string()).substr(0, 12);
  if (Result<void> made = MakeOurs(folder); !made) return Fail(std::move(made.error()));
  return folder;
}

}  // namespace counsel::app
