#include "models/read_ahead.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"

namespace counsel::models {

Result<std::uint64_t> ReadAhead(const std::filesystem::path& file, std::uint64_t most_bytes) {
  const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts {};
  if (opened.get() < 0 || ::fstat(opened.get(), &facts) != 0) {
    return Fail(ErrnoError(errno, "Cannot read " + file.string()));
  }
  const auto bytes = static_cast<std::uint64_t>(facts.st_size);
  if (!S_ISREG(facts.st_mode) || bytes > most_bytes) return std::uint64_t{0};
  const int failed = ::posix_fadvise(opened.get(), 0, 0, POSIX_FADV_WILLNEED);
  if (failed != 0) return Fail(ErrnoError(failed, "Cannot read " + file.string() + " ahead"));
  return bytes;
}

}  // namespace counsel::models
