#include "ingest/vector_file.h"

#include <cerrno>
#include <utility>

#include <unistd.h>

namespace counsel::ingest {

Result<void> VectorFile::Write(std::size_t first, std::span<const float> values) {
  const std::span<const std::byte> bytes = std::as_bytes(values);
  const std::size_t at = first * dimensions_ * sizeof(float);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::pwrite(file_.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Fail(ErrnoError(n < 0 ? errno : EIO, "The vectors of a document cannot be kept"));
    done += static_cast<std::size_t>(n);
  }
  return {};
}

Result<void> VectorFile::Read(std::size_t first, std::span<float> values) const {
  const std::span<std::byte> bytes = std::as_writable_bytes(values);
  const std::size_t at = first * dimensions_ * sizeof(float);
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::pread(file_.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Fail(ErrnoError(n < 0 ? errno : EIO, "The vectors of a document cannot be read back"));
    done += static_cast<std::size_t>(n);
  }
  return {};
}

}  // namespace counsel::ingest
