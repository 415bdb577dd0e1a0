// Files and descriptors. Everything here blocks: never call it on the io thread for a file of unknown size.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace counsel {

// Owns one descriptor and closes it. Move-only.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.Release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  // Gives the descriptor to the caller, who must close it.
  [[nodiscard]] int Release();
  void Close();

 private:
  int fd_ = -1;
};

// The whole file. kTooLarge over `limit` bytes, checked before and while reading.
[[nodiscard]] Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t limit);

// As many descriptors as the system lets this process have, up to 4096: systems start programs with 1,024.
void RaiseDescriptorLimit();

// Replaces `path` by `bytes`: a temporary file beside it, fsync, rename, fsync of the folder. The old content or the
// new, never a mixture; mode 0600.
[[nodiscard]] Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

// Creates `path` and its parents (0700 for the last one) unless it is there.
[[nodiscard]] Result<void> MakePrivateDirectory(const std::filesystem::path& path);

}  // namespace counsel
