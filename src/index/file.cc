#include "index/file.h"

#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace counsel::index {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 18;

int WriteAll(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return 0;
}

int SyncFolder(const std::filesystem::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.valid() && ::fsync(fd.get()) == 0 ? 0 : errno;
}

}  // namespace

void Checksum::Add(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), size);
    state_ = std::rotl(state_ ^ (word * 0xBF58476D1CE4E5B9ULL), 29) * 0x94D049BB133111EBULL + size;
    bytes = bytes.subspan(size);
  }
}

Result<FileWriter> FileWriter::Create(const std::filesystem::path& path) {
  FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot create " + path.string()));
  return FileWriter(path, std::move(fd));
}

FileWriter::FileWriter(std::filesystem::path path, FileDescriptor fd) : path_(std::move(path)), fd_(std::move(fd)) {
  buffer_.reserve(kBuffer);
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      fd_(std::move(other.fd_)),
      buffer_(std::move(other.buffer_)),
      offset_(other.offset_),
      checksum_(other.checksum_),
      failed_(other.failed_) {}

FileWriter::~FileWriter() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

void FileWriter::Append(std::span<const std::byte> bytes) {
  offset_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kBuffer - buffer_.size());
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes = bytes.subspan(size);
    if (buffer_.size() == kBuffer) Flush();
  }
}

void FileWriter::Align() {
  constexpr std::byte kZeros[8] = {};
  Append(std::span(kZeros).first((8 - offset_ % 8) % 8));
}

void FileWriter::Flush() {
  checksum_.Add(buffer_);
  if (failed_ == 0) failed_ = WriteAll(fd_.get(), buffer_);
  buffer_.clear();
}

Result<Written> FileWriter::Finish() {
  Flush();
  if (failed_ == 0 && ::fsync(fd_.get()) != 0) failed_ = errno;
  if (failed_ == 0) failed_ = SyncFolder(path_.parent_path());
  if (failed_ != 0) return Fail(ErrnoError(failed_, "Cannot write " + path_.string()));
  path_.clear();
  return Written{offset_, checksum_.value()};
}

Result<MappedFile> MappedFile::Open(const std::filesystem::path& path, std::uint64_t bytes) {
  // What is no file (somebody's FIFO) must not hold up who asks.
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot open " + path.string()));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return Fail(ErrnoError(errno, "Cannot read " + path.string()));
  if (bytes == 0 || static_cast<std::uint64_t>(status.st_size) != bytes) {
    return Fail(ErrorCode::kCorrupt, path.string() + " has another size than it was written with.");
  }
  void* data = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (data == MAP_FAILED) return Fail(ErrnoError(errno, "Cannot map " + path.string()));
  return MappedFile(std::move(fd), static_cast<const std::byte*>(data), bytes);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      guard_(std::move(other.guard_)) {}

MappedFile::~MappedFile() {
  guard_.reset();
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

bool MappedFile::whole() const {
  // The size too: of the page in which a file ends now, the rest reads as zeros without a signal.
  struct stat status {};
  return !guard_->lost() && ::fstat(fd_.get(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) == size_;
}

std::uint64_t MappedFile::checksum() const {
  Checksum sum;
  sum.Add(bytes());
  return sum.value();
}

std::span<const std::byte> MappedFile::Part(std::uint64_t from, std::uint64_t size) const {
  if (from > size_ || size > size_ - from) return {};
  return bytes().subspan(from, size);
}

}  // namespace counsel::index
