// Files that are written once, from end to end, and then only mapped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "index/mapping_guard.h"

namespace counsel::index {

// Of bytes that may have come in pieces; no protection from whoever means harm.
class Checksum {
 public:
  // All pieces but the last have a multiple of 8 bytes.
  void Add(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15ULL;
};

// Asked now and then by what takes seconds; its error ends that.
using MayGoOn = std::function<Result<void>()>;

struct Written {
  std::uint64_t bytes = 0;
  std::uint64_t checksum = 0;
};

// A new file. Ended before Finish, it is removed.
class FileWriter {
 public:
  [[nodiscard]] static Result<FileWriter> Create(const std::filesystem::path& path);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;
  ~FileWriter();

  // The first failure is what Finish returns.
  void Append(std::span<const std::byte> bytes);
  template <class T>
  void AppendAll(const std::vector<T>& values) {
    Append(std::as_bytes(std::span(values)));
  }
  // Zeros up to a multiple of 8.
  void Align();
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  // On the disk, and so is its name.
  [[nodiscard]] Result<Written> Finish();

 private:
  FileWriter(std::filesystem::path path, FileDescriptor fd);
  void Flush();

  std::filesystem::path path_;
  FileDescriptor fd_;
  std::vector<std::byte> buffer_;
  std::uint64_t offset_ = 0;
  Checksum checksum_;
  int failed_ = 0;  // errno
};

// Read-only, as long as it lives, also when its name is gone. Zeros stand where the file no longer has what it had.
class MappedFile {
 public:
  // kCorrupt when it has another size, kNotFound when it is not there.
  [[nodiscard]] static Result<MappedFile> Open(const std::filesystem::path& path, std::uint64_t bytes);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }
  // What was read up to now is what the file had: nobody has cut it off, and the disk could read it. Any thread.
  [[nodiscard]] bool whole() const;
  [[nodiscard]] std::uint64_t checksum() const;
  // Empty when they are not all within the file.
  [[nodiscard]] std::span<const std::byte> Part(std::uint64_t from, std::uint64_t size) const;
  // `count` values that begin at a multiple of 8.
  template <class T>
  [[nodiscard]] std::span<const T> Values(std::uint64_t from, std::uint64_t count) const {
    if (from % 8 != 0 || count > size_) return {};
    const std::span<const std::byte> part = Part(from, count * sizeof(T));
    return {reinterpret_cast<const T*>(part.data()), part.size() / sizeof(T)};
  }

 private:
  MappedFile(FileDescriptor fd, const std::byte* data, std::size_t size)
      : fd_(std::move(fd)), data_(data), size_(size), guard_(std::in_place, data, size) {}
  FileDescriptor fd_;
  const std::byte* data_;
  std::size_t size_;
  std::optional<MappingGuard> guard_;  // ends before the mapping
};

}  // namespace counsel::index
