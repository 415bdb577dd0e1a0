// The small private files of the home that say who may call: `token`, `tokens`, `sessions`. They are looked at whenever
// something is checked against them, so that what another process changes holds at once.
//
// Threads: each object one. Functions block for a small file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/stat.h>

#include "base/file.h"
#include "base/result.h"

namespace counsel::http {

// Of a SHA-256 in hexadecimal.
inline constexpr std::size_t kDigestLength = 64;

// Takes as long wherever they differ. Digests have one length, so that of a secret is not told either.
[[nodiscard]] bool SameDigest(std::string_view a, std::string_view b);

// Without white space around it.
[[nodiscard]] std::string_view Trimmed(std::string_view text);

// "" for a file that is not there; kPermissionDenied when others can read it; at most 256 KiB.
[[nodiscard]] Result<std::string> ReadPrivate(const std::filesystem::path& file);

// One change at a time: the home's folder is locked while the descriptor lives. The home is made when it is not there.
[[nodiscard]] Result<FileDescriptor> LockForChange(const std::filesystem::path& home);

// A file as it was read last.
class SeenFile {
 public:
  // Has it changed since this was asked last? A file that is not there has inode 0.
  [[nodiscard]] bool HasChanged(const std::filesystem::path& file);

 private:
  ino_t inode_ = 0;
  std::int64_t changed_ = 0;  // nanoseconds
};

}  // namespace counsel::http
