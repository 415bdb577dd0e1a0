// Which files of folders change (inotify).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/types.h>

#include "app/files_under.h"
#include "base/result.h"

namespace counsel::app {

// Threads: that of `io`.
class FolderWatch {
 public:
  // kInvalidArgument when a path is no folder; kOverloaded when the system allows no more watches.
  [[nodiscard]] static Result<FolderWatch> Open(boost::asio::any_io_executor io, const std::vector<std::string>& paths,
                                                Exclusions excluded);

  // Every file there is now.
  [[nodiscard]] Result<FoundFiles> All() const;
  // Suspends until files have come to rest (written and closed, or moved there), and returns them, each once. After an
  // overflow of the kernel's queue: every file there is. A watched folder that goes (renamed, deleted, its disk
  // unmounted) is told of by `on_gone` and looked for; once there is one by its name again: every file in it.
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<std::string>>> Next();

  // Told with the folder's path; `there`: it is back.
  std::function<void(const std::string& folder, bool there)> on_gone;

 private:
  using Paths = std::set<std::string>;

  // Which folder it is: another disk mounted at the same path is another one.
  struct Identity {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const Identity& other) const { return device == other.device && number == other.number; }
  };
  struct Root {
    Root() = default;
    std::string path;
    std::optional<Identity> is;  // nothing: it is gone
  };

  FolderWatch(boost::asio::posix::stream_descriptor events, std::vector<std::string> paths, Exclusions excluded);
  [[nodiscard]] boost::asio::awaitable<Result<std::size_t>> Read(char* bytes, std::size_t size);
  // Compares each root with what is there now.
  [[nodiscard]] Result<void> LookAtRoots(Paths& found);
  [[nodiscard]] bool Ignored(const std::filesystem::path& path) const;
  static std::optional<Identity> IdentityOf(const std::string& path);
  // Watches a folder and those in it; the files there are added to `found`.
  [[nodiscard]] Result<void> Add(const std::filesystem::path& folder, Paths& found);
  [[nodiscard]] Result<void> Take(const char* bytes, std::size_t size, Paths& found);
  [[nodiscard]] Result<void> TakeOne(int watch, std::uint32_t what, const std::string& name, Paths& found);
  void Forget(const std::filesystem::path& folder);

  boost::asio::posix::stream_descriptor events_;
  std::vector<std::string> paths_;
  std::vector<Root> roots_;  // as paths_
  Exclusions excluded_;
  std::map<int, std::filesystem::path> folders_;  // by inotify's watch
};

}  // namespace counsel::app
