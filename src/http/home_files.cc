#include "http/home_files.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

namespace counsel::http {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kFileLimit = 256 * 1024;

}  // namespace

bool SameDigest(std::string_view a, std::string_view b) {
  unsigned char difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  return text;
}

Result<std::string> ReadPrivate(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return errno == ENOENT ? Result<std::string>("") : Fail(ErrnoError(errno, "Cannot look at " + file.string()));
  }
  if ((status.st_mode & 077) != 0) {
    return Fail(ErrorCode::kPermissionDenied, "Others can read " + file.string() + ".",
                "Remove it, and give out new tokens; or, if nobody has read it, run: chmod 600 " + file.string());
  }
  return ReadFile(file, kFileLimit);
}

Result<FileDescriptor> LockForChange(const fs::path& home) {
  if (Result<void> made = MakePrivateDirectory(home); !made) return Fail(std::move(made.error()));
  FileDescriptor folder(::open(home.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || ::flock(folder.get(), LOCK_EX) != 0) {
    return Fail(ErrnoError(errno, "Cannot lock the home " + home.string()));
  }
  return folder;
}

bool SeenFile::HasChanged(const fs::path& file) {
  struct stat status {};
  ino_t inode = 0;
  std::int64_t changed = 0;
  if (::stat(file.c_str(), &status) == 0) {
    inode = status.st_ino;
    // A change of its mode counts: it may have become readable for others.
    changed = std::int64_t{status.st_ctim.tv_sec} * 1'000'000'000 + status.st_ctim.tv_nsec;
  }
  if (inode == inode_ && changed == changed_) return false;
  inode_ = inode;
  changed_ = changed;
  return true;
}

}  // namespace counsel::http
