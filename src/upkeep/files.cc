#include "upkeep/files.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ids.h"

namespace counsel::upkeep {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

// Calls `take` with the file's bytes, piece by piece.
template <class Take>
Result<void> ReadPieces(const std::filesystem::path& file, Take take) {
  const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot open " + file.string()));
  std::string buffer(kPiece, '\0');
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail(ErrnoError(errno, "Cannot read " + file.string()));
    if (n == 0) return {};
    Result<void> taken = take(std::string_view(buffer).substr(0, static_cast<std::size_t>(n)));
    if (!taken) return taken;
  }
}

}  // namespace

Result<void> WriteAll(int fd, std::string_view bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail(ErrnoError(errno, "Cannot write " + file.string()));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<Digest> DigestOf(const std::filesystem::path& file) {
  Sha256 sha;
  Digest digest;
  Result<void> read = ReadPieces(file, [&](std::string_view bytes) -> Result<void> {
    sha.Update(bytes);
    digest.bytes += bytes.size();
    return {};
  });
  if (!read) return Fail(std::move(read.error()));
  digest.sha256 = sha.FinishHex();
  return digest;
}

Result<Digest> CopySynced(const std::filesystem::path& from, const std::filesystem::path& to) {
  const FileDescriptor fd(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot create " + to.string()));
  Sha256 sha;
  Digest digest;
  Result<void> copied = ReadPieces(from, [&](std::string_view bytes) {
    sha.Update(bytes);
    digest.bytes += bytes.size();
    return WriteAll(fd.get(), bytes, to);
  });
  if (!copied) return Fail(std::move(copied.error()));
  if (::fsync(fd.get()) != 0) return Fail(ErrnoError(errno, "Cannot write " + to.string()));
  digest.sha256 = sha.FinishHex();
  return digest;
}

Result<void> CheckOutside(const std::filesystem::path& home, const std::filesystem::path& target) {
  std::error_code ignored;
  const std::filesystem::path inside = std::filesystem::weakly_canonical(target, ignored);
  const std::filesystem::path around = std::filesystem::weakly_canonical(home, ignored);
  const auto [left, unused] = std::mismatch(around.begin(), around.end(), inside.begin(), inside.end());
  if (around.empty() || left != around.end()) return {};
  return Fail(ErrorCode::kInvalidArgument,
              target.string() + " is inside the home " + home.string() + ", where it would be lost with it.",
              "Name a folder elsewhere, best on another disk.");
}

}  // namespace counsel::upkeep
