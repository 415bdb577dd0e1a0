#include "app/folder_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/inotify.h>

#include "base/file.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

// What brings a file to rest, and what becomes of folders.
constexpr std::uint32_t kWatched =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

bool Ignored(const fs::path& path) {
  const std::string name = path.filename().string();
  return IsHidden(name) || IsLeftByPrograms(name);
}

// A link that leads into none of the folders.
bool LeavesAll(const std::vector<std::string>& folders, const fs::path& path) {
  std::error_code failed;
  const fs::directory_entry entry(path, failed);
  return std::all_of(folders.begin(), folders.end(),
                     [&entry](const std::string& folder) { return LeavesFolder(entry, folder); });
}

}  // namespace

Result<FolderWatch> FolderWatch::Open(asio::any_io_executor io, const std::vector<std::string>& paths) {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) return Fail(ErrnoError(errno, "Folders cannot be watched"));
  std::vector<std::string> roots;
  for (const std::string& path : paths) roots.push_back(fs::absolute(path).lexically_normal().string());
  FolderWatch watch(asio::posix::stream_descriptor(std::move(io), descriptor), std::move(roots));
  Paths ignored;
  for (const std::string& root : watch.roots_) {
    std::error_code failed;
    if (!fs::is_directory(root, failed)) {
      return Fail(ErrorCode::kInvalidArgument, "'" + root + "' is no folder; only folders can be watched.");
    }
    if (Result<void> added = watch.Add(root, ignored); !added) return Fail(std::move(added.error()));
  }
  return watch;
}

Result<FoundFiles> FolderWatch::All() const {
  return FilesUnder(roots_);
}

asio::awaitable<Result<std::vector<std::string>>> FolderWatch::Next() {
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  Paths found;
  while (found.empty()) {
    boost::system::error_code failed;
    const std::size_t size =
        co_await events_.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return Fail(ErrorCode::kUnavailable, "Watching the folder failed: " + failed.message() + ".");
    if (Result<void> taken = Take(buffer.data(), size, found); !taken) co_return Fail(std::move(taken.error()));
  }
  co_return std::vector<std::string>(found.begin(), found.end());
}

Result<void> FolderWatch::Take(const char* bytes, std::size_t size, Paths& found) {
  for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
    inotify_event event{};
    std::memcpy(&event, bytes + at, sizeof event);
    const std::string name(bytes + at + sizeof event, ::strnlen(bytes + at + sizeof event, event.len));
    at += sizeof event + event.len;
    if (Result<void> taken = TakeOne(event.wd, event.mask, name, found); !taken) return taken;
  }
  return {};
}

Result<void> FolderWatch::TakeOne(int watch, std::uint32_t what, const std::string& name, Paths& found) {
  if ((what & IN_Q_OVERFLOW) != 0) {
    for (const std::string& root : roots_) {
      if (Result<void> added = Add(root, found); !added) return added;
    }
    return {};
  }
  const auto folder = folders_.find(watch);
  if (folder == folders_.end()) return {};
  if ((what & (IN_DELETE_SELF | IN_MOVE_SELF)) != 0) {
    const std::string path = folder->second.string();
    if (std::find(roots_.begin(), roots_.end(), path) == roots_.end()) return {};
    return Fail(ErrorCode::kNotFound, "The folder '" + path + "' is no longer there.");
  }
  if ((what & IN_IGNORED) != 0) {
    folders_.erase(folder);
    return {};
  }
  const fs::path path = folder->second / name;
  if (Ignored(path)) return {};
  const bool is_folder = (what & IN_ISDIR) != 0;
  if (is_folder && (what & IN_MOVED_FROM) != 0) Forget(path);
  if (is_folder && (what & (IN_CREATE | IN_MOVED_TO)) != 0) return Add(path, found);
  std::error_code failed;
  if (!is_folder && (what & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0 && fs::is_regular_file(path, failed) &&
      !LeavesAll(roots_, path)) {
    found.insert(RealPath(path));
  }
  return {};
}

Result<void> FolderWatch::Add(const fs::path& folder, Paths& found) {
  const int watch = ::inotify_add_watch(events_.native_handle(), folder.c_str(), kWatched);
  if (watch < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) return {};  // gone already, or not ours
  if (watch < 0 && errno == ENOSPC) {
    return Fail(ErrorCode::kOverloaded, "The system allows no more folders to be watched.",
                "Raise fs.inotify.max_user_watches, or watch a smaller folder.");
  }
  if (watch < 0) return Fail(ErrnoError(errno, "Cannot watch the folder " + folder.string()));
  folders_[watch] = folder;
  // Listed after it is watched: what comes meanwhile is seen twice rather than never.
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    if (Ignored(entry->path())) continue;
    std::error_code ignored;
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
      if (Result<void> added = Add(entry->path(), found); !added) return added;
    } else if (entry->is_regular_file(ignored) && !LeavesAll(roots_, entry->path())) {
      found.insert(RealPath(entry->path()));
    }
  }
  return {};
}

// A folder that was moved away, and those in it.
void FolderWatch::Forget(const fs::path& folder) {
  const std::string inside = folder.string() + "/";
  for (auto it = folders_.begin(); it != folders_.end();) {
    if (it->second == folder || it->second.string().starts_with(inside)) {
      ::inotify_rm_watch(events_.native_handle(), it->first);
      it = folders_.erase(it);
    } else {
      ++it;
    }
  }
}

}  // namespace counsel::app
