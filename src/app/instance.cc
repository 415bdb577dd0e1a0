#include "app/instance.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <system_error>
#include <thread>

#include <dirent.h>
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

fs::path LockOf(const fs::path& folder) {
  return folder.string() + ".lock";
}

// The lock of a runtime folder, or an invalid descriptor when another process holds it, or it is not there and not to
// be made.
FileDescriptor TryLock(const fs::path& path, bool make) {
  for (;;) {
    FileDescriptor lock(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | (make ? O_CREAT : 0), 0600));
    if (!lock.valid() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return {};
    struct stat info {};
    if (::fstat(lock.get(), &info) != 0 || info.st_uid != ::geteuid()) return {};
    // Another one may have cleared it away between the two calls: then this is nobody's lock any more.
    if (info.st_nlink > 0) return lock;
    if (!make) return {};
  }
}

// Removes the sockets in a folder of ours that nobody holds.
void RemoveSockets(const fs::path& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (opened < 0) return;
  struct stat info {};
  DIR* listing = ::fstat(opened, &info) == 0 && info.st_uid == ::geteuid() ? ::fdopendir(opened) : nullptr;
  if (listing == nullptr) {
    ::close(opened);
    return;
  }
  while (const dirent* entry = ::readdir(listing)) {
    const bool found = ::fstatat(opened, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0;
    if (found && S_ISSOCK(info.st_mode)) ::unlinkat(opened, entry->d_name, 0);
  }
  ::closedir(listing);
}

// The folders beside this one whose daemons are dead.
void RemoveFoldersOfTheDead(const fs::path& ours) {
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(ours.parent_path(), failed)) {
    fs::path folder = entry.path();
    if (folder.extension() != ".lock") continue;
    folder.replace_extension();
    if (folder == ours) continue;
    const FileDescriptor lock = TryLock(entry.path(), false);
    if (!lock.valid()) continue;
    RemoveSockets(folder);
    RemoveRuntimeFolder(folder);
  }
}

}  // namespace

Result<FileDescriptor> HoldRuntimeFolder(const fs::path& folder) {
  // Whoever clears away holds a lock for a moment.
  constexpr int kTries = 100;
  FileDescriptor lock = TryLock(LockOf(folder), true);
  for (int i = 0; i < kTries && !lock.valid(); ++i) {
    ::usleep(2000);
    lock = TryLock(LockOf(folder), true);
  }
  if (!lock.valid()) {
    return Fail(ErrorCode::kAlreadyExists, "Another Counsel has the runtime folder " + folder.string() + ".",
                "Stop it, or set XDG_RUNTIME_DIR to another folder.");
  }
  // It may have been cleared away before it was held.
  if (Result<void> made = MakeOurs(folder); !made) return Fail(std::move(made.error()));
  RemoveSockets(folder);
  RemoveFoldersOfTheDead(folder);
  return lock;
}

void RemoveRuntimeFolder(const fs::path& folder) {
  // A lock stays with a folder that holds something else.
  if (::rmdir(folder.c_str()) == 0 || errno == ENOENT) ::unlink(LockOf(folder).c_str());
}

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
  // One that was killed a moment ago holds its lock until the kernel has taken it apart.
  constexpr int kTries = 100;
  constexpr std::chrono::milliseconds kBetween{10};
  for (int tries = 0; tries < kTries; ++tries) {
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    std::this_thread::sleep_for(kBetween);
  }
  const std::optional<InstanceNote> holder = ReadInstanceNote(home);
  std::string who = "Another Counsel";
  if (holder && holder->pid > 0) who += " (process " + std::to_string(holder->pid) + ", at " + holder->url + ")";
  return Fail(ErrorCode::kAlreadyExists, who + " serves the home " + home.string() + ".",
              "Use it, stop it with 'counsel stop', or give another home with --home.");
}

void KeepPrivate(const fs::path& home) {
  ::umask(077);
  std::error_code ignored;
  constexpr fs::perms kOthers = fs::perms::group_all | fs::perms::others_all;
  for (const char* name : {"counsel.db", "counsel.db-wal", "counsel.db-shm", "counsel.log", "originals", "index",
                           ".env", "counsel.toml", "catalogue.toml", "plans.json"}) {
    const fs::file_status status = fs::symlink_status(home / name, ignored);
    if (fs::is_regular_file(status) || fs::is_directory(status)) {
      fs::permissions(home / name, kOthers, fs::perm_options::remove, ignored);
    }
  }
}

void RemoveLeftovers(const fs::path& home) {
  std::error_code failed;
  for (fs::directory_iterator entry(home, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    struct stat status {};
    if (name.find(".tmp-") == std::string::npos || ::lstat(entry->path().c_str(), &status) != 0) continue;
    if (S_ISREG(status.st_mode) && ::time(nullptr) - status.st_mtime > 60) ::unlink(entry->path().c_str());
  }
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
