#include "base/file.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ids.h"

namespace counsel {
namespace {

Result<void> WriteAll(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return Fail(ErrnoError(errno, "Cannot write " + path.string()));
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = other.Release();
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  Close();
}

int FileDescriptor::Release() {
  return std::exchange(fd_, -1);
}

void FileDescriptor::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t limit) {
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot open " + path.string()));
  std::string out;
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0) {
      if (errno == EINTR) continue;
      return Fail(ErrnoError(errno, "Cannot read " + path.string()));
    }
    if (n == 0) return out;
    if (out.size() + static_cast<std::size_t>(n) > limit) {
      return Fail(ErrorCode::kTooLarge, path.string() + " is larger than " + std::to_string(limit) + " bytes.");
    }
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

void RaiseDescriptorLimit() {
  constexpr rlim_t kWanted = 4096;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kWanted) return;
  limit.rlim_cur = std::min(kWanted, limit.rlim_max);
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path temporary = path.string() + ".tmp-" + NewId();
  FileDescriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot create " + temporary.string()));
  Result<void> written = WriteAll(fd.get(), bytes, temporary);
  if (written && ::fsync(fd.get()) != 0) written = Fail(ErrnoError(errno, "Cannot sync " + temporary.string()));
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = Fail(ErrnoError(errno, "Cannot replace " + path.string()));
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.valid()) ::fsync(directory.get());
  return {};
}

Result<void> MakePrivateDirectory(const std::filesystem::path& path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) return {};
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  if (failed) return Fail(ErrnoError(failed.value(), "Cannot create " + path.parent_path().string()));
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  const int why = errno;
  if (why != EEXIST) return Fail(ErrnoError(why, "Cannot create " + path.string()));
  if (std::filesystem::is_directory(path, failed)) return {};  // somebody else has made it
  return Fail(ErrorCode::kAlreadyExists, path.string() + " is no folder.", "Move it away, then try again.");
}

}  // namespace counsel
