#include "models/page_cache.h"

#include <algorithm>
#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

namespace counsel::models {

Result<std::uint64_t> ReadIntoPageCache(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return Fail(ErrnoError(errno, "Cannot read " + path.string()));
  // The advice starts long reads; it does not wait for them, and the kernel may do less. Reading says when they are
  // there.
  (void)::posix_fadvise(file.get(), static_cast<off_t>(offset), static_cast<off_t>(bytes), POSIX_FADV_WILLNEED);
  constexpr std::size_t kBuffer = std::size_t{1} << 20;
  const auto buffer = std::make_unique<char[]>(kBuffer);
  std::uint64_t done = 0;
  while (done < bytes) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes - done, kBuffer));
    const ssize_t got = ::pread(file.get(), buffer.get(), wanted, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fail(ErrnoError(errno, "Cannot read " + path.string()));
    if (got == 0) break;
    done += static_cast<std::uint64_t>(got);
  }
  return done;
}

Result<std::uint64_t> ReadAhead(const std::filesystem::path& path, std::uint64_t most_bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts {};
  if (!file.valid() || ::fstat(file.get(), &facts) != 0) {
    return Fail(ErrnoError(errno, "Cannot read " + path.string()));
  }
  const auto bytes = static_cast<std::uint64_t>(facts.st_size);
  if (!S_ISREG(facts.st_mode) || bytes > most_bytes) return std::uint64_t{0};
  const int failed = ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_WILLNEED);
  if (failed != 0) return Fail(ErrnoError(failed, "Cannot read " + path.string() + " ahead"));
  return bytes;
}

}  // namespace counsel::models
