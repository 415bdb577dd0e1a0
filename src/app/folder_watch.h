// Which files of folders change (inotify).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "app/files_under.h"
#include "base/result.h"

namespace counsel::app {

// Threads: that of `io`.
class FolderWatch {
 public:
  // kInvalidArgument when a path is no folder; kOverloaded when the system allows no more watches.
  [[nodiscard]] static Result<FolderWatch> Open(boost::asio::any_io_executor io, const std::vector<std::string>& paths);

  // Every file there is now.
  [[nodiscard]] Result<FoundFiles> All() const;
  // Suspends until files have come to rest (written and closed, or moved there), and returns them, each once. After an
  // overflow of the kernel's queue: every file there is. kNotFound once a watched folder itself has gone.
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<std::string>>> Next();

 private:
  using Paths = std::set<std::string>;

  FolderWatch(boost::asio::posix::stream_descriptor events, std::vector<std::string> roots)
      : events_(std::move(events)), roots_(std::move(roots)) {}
  // Watches a folder and those in it; the files there are added to `found`.
  [[nodiscard]] Result<void> Add(const std::filesystem::path& folder, Paths& found);
  [[nodiscard]] Result<void> Take(const char* bytes, std::size_t size, Paths& found);
  [[nodiscard]] Result<void> TakeOne(int watch, std::uint32_t what, const std::string& name, Paths& found);
  void Forget(const std::filesystem::path& folder);

  boost::asio::posix::stream_descriptor events_;
  std::vector<std::string> roots_;
  std::map<int, std::filesystem::path> folders_;  // by inotify's watch
};

}  // namespace counsel::app
