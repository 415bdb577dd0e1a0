#include "app/folder_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/litter.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

// What brings a file to rest, and what becomes of folders.
constexpr std::uint32_t kWatched = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_ONLYDIR;

// Between two looks at the watched folders themselves: what is mounted over one tells nobody.
constexpr std::chrono::seconds kBetweenLooks{1};

// A link that leads into none of the folders.
bool LeavesAll(const std::vector<std::string>& folders, const fs::path& path) {
  std::error_code failed;
  const fs::directory_entry entry(path, failed);
  return std::all_of(folders.begin(), folders.end(),
                     [&entry](const std::string& folder) { return LeavesFolder(entry, folder); });
}

}  // namespace

FolderWatch::FolderWatch(asio::posix::stream_descriptor events, std::vector<std::string> paths, Exclusions excluded)
    : events_(std::move(events)), paths_(std::move(paths)), excluded_(std::move(excluded)) {}

std::optional<FolderWatch::Identity> FolderWatch::IdentityOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
  return Identity{status.st_dev, status.st_ino};
}

// Hidden, litter, or not wanted; so is what is in such a folder.
bool FolderWatch::Ignored(const fs::path& path) const {
  const std::string name = path.filename().string();
  if (IsHidden(name) || IsLitter(name)) return true;
  const auto within = std::find_if(paths_.begin(), paths_.end(), [&path](const std::string& root) {
    return path.string().starts_with(root.ends_with('/') ? root : root + "/");
  });
  return within != paths_.end() && excluded_.Excludes(*within, path);
}

Result<FolderWatch> FolderWatch::Open(asio::any_io_executor io, const std::vector<std::string>& paths,
                                      Exclusions excluded) {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) return Fail(ErrnoError(errno, "Folders cannot be watched"));
  std::vector<std::string> roots;
  for (const std::string& path : paths) roots.push_back(fs::absolute(path).lexically_normal().string());
  FolderWatch watch(asio::posix::stream_descriptor(std::move(io), descriptor), std::move(roots), std::move(excluded));
  Paths ignored;
  for (const std::string& path : watch.paths_) {
    Root root;
    root.path = path;
    root.is = IdentityOf(path);
    if (!root.is) {
      return Fail(ErrorCode::kInvalidArgument, "'" + path + "' is no folder; only folders can be watched.");
    }
    watch.roots_.push_back(std::move(root));
    if (Result<void> added = watch.Add(path, ignored); !added) return Fail(std::move(added.error()));
  }
  return watch;
}

Result<FoundFiles> FolderWatch::All() const {
  return FilesUnder(paths_, excluded_);
}

asio::awaitable<Result<std::vector<std::string>>> FolderWatch::Next() {
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  Paths found;
  while (found.empty()) {
    Result<std::size_t> size = co_await Read(buffer.data(), buffer.size());
    if (!size) co_return Fail(std::move(size.error()));
    if (Result<void> taken = Take(buffer.data(), *size, found); !taken) co_return Fail(std::move(taken.error()));
    if (Result<void> looked = LookAtRoots(found); !looked) co_return Fail(std::move(looked.error()));
  }
  co_return std::vector<std::string>(found.begin(), found.end());
}

// 0 when nothing has come for a while.
asio::awaitable<Result<std::size_t>> FolderWatch::Read(char* bytes, std::size_t size) {
  // The handler may be queued already when we are gone: it asks first.
  struct Bell {
    bool awaited = true;
    bool rung = false;
  };
  const auto bell = std::make_shared<Bell>();
  asio::steady_timer timer(events_.get_executor(), kBetweenLooks);
  timer.async_wait([this, bell](boost::system::error_code cancelled) {
    if (cancelled || !bell->awaited) return;
    bell->rung = true;
    events_.cancel();
  });
  boost::system::error_code failed;
  const std::size_t read =
      co_await events_.async_read_some(asio::buffer(bytes, size), asio::redirect_error(asio::use_awaitable, failed));
  bell->awaited = false;
  if (bell->rung || !failed) co_return read;
  co_return Fail(ErrorCode::kUnavailable, "Watching the folder failed: " + failed.message() + ".");
}

Result<void> FolderWatch::LookAtRoots(Paths& found) {
  for (Root& root : roots_) {
    const std::optional<Identity> now = IdentityOf(root.path);
    if (now == root.is) continue;
    const bool was = root.is.has_value();
    root.is = now;
    Forget(root.path);
    if (now) {
      if (Result<void> added = Add(root.path, found); !added) return added;
    }
    if (on_gone && now.has_value() != was) on_gone(root.path, now.has_value());
  }
  return {};
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
    for (const std::string& root : paths_) {
      if (Result<void> added = Add(root, found); !added) return added;
    }
    return {};
  }
  const auto folder = folders_.find(watch);
  if (folder == folders_.end()) return {};
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
      !LeavesAll(paths_, path)) {
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
    } else if (entry->is_regular_file(ignored) && !LeavesAll(paths_, entry->path())) {
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
