#include "models/pull.h"

#include <array>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ids.h"
#include "outgoing/outgoing.h"

namespace counsel::models {
namespace fs = std::filesystem;
namespace {

// One file on its way.
class FilePull {
 public:
  FilePull(const ModelFile& file, fs::path path, const std::function<bool(const PullProgress&)>& progress)
      : file_(file), path_(std::move(path)), partial_(path_.string() + ".partial"), progress_(progress) {
    shown_.file = path_.filename().string();
    shown_.total = file.bytes;
  }

  Result<void> Run() {
    if (file_.url.empty()) {
      return Fail(ErrorCode::kUnsupported, path_.filename().string() + " is installed by Counsel's own set-up.",
                  "Run: ./run setup");
    }
    if (Result<void> opened = Open(); !opened) return opened;
    if (Result<void> room = RequireSpace(); !room) return room;
    if (done_ < file_.bytes || file_.bytes == 0) {
      if (Result<void> fetched = Download(); !fetched) return fetched;
    }
    return Finish();
  }

 private:
  Result<void> Open() {
    std::error_code failed;
    fs::create_directories(path_.parent_path(), failed);
    fd_ = FileDescriptor(::open(partial_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!fd_.valid()) return Fail(ErrnoError(errno, "Cannot write " + partial_.string()));
    if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
      return Fail(ErrorCode::kAlreadyExists, shown_.file + " is being downloaded already.", "Wait for that to end.");
    }
    struct stat info {};
    ::fstat(fd_.get(), &info);
    done_ = static_cast<std::uint64_t>(info.st_size);
    if (file_.bytes > 0 && done_ > file_.bytes) return Restart();
    ::lseek(fd_.get(), 0, SEEK_END);
    return {};
  }

  Result<void> RequireSpace() {
    std::error_code failed;
    const fs::space_info space = fs::space(path_.parent_path(), failed);
    const std::uint64_t needed = file_.bytes - std::min(done_, file_.bytes);
    if (failed || space.available >= needed) return {};
    return Fail(ErrorCode::kNoSpace,
                shown_.file + " needs " + std::to_string(needed >> 20) + " MiB, and " +
                    std::to_string(space.available >> 20) + " MiB are free in " + path_.parent_path().string() + ".",
                "Free some disk space, then try again.");
  }

  Result<void> Restart() {
    done_ = 0;
    if (::ftruncate(fd_.get(), 0) != 0) return Fail(ErrnoError(errno, "Cannot empty " + partial_.string()));
    ::lseek(fd_.get(), 0, SEEK_SET);
    return {};
  }

  Result<void> Append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return Fail(ErrnoError(errno, "Cannot write " + partial_.string()));
      bytes.remove_prefix(static_cast<std::size_t>(n));
      done_ += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  Result<void> Download() {
    // More than any model's file has: for one of a user's own catalogue that does not state its size.
    constexpr std::uint64_t kLargest = std::uint64_t{1} << 40;
    outgoing::DownloadRequest request;
    request.url = file_.url;
    request.offset = done_;
    request.size_limit = file_.bytes > 0 ? file_.bytes : kLargest;
    request.begin = [this](std::uint64_t start, std::uint64_t total) -> Result<void> {
      if (file_.bytes == 0) shown_.total = total;
      if (start == done_) return {};
      return Restart();
    };
    request.write = [this](std::string_view bytes) { return Append(bytes); };
    request.go_on = [this] {
      shown_.done = done_;
      return progress_(shown_);
    };
    return outgoing::Download(request);
  }

  // Size and digest, then the final name.
  Result<void> Finish() {
    if (file_.bytes > 0 && done_ != file_.bytes) {
      return Fail(
          ErrorCode::kUnavailable,
          shown_.file + " ended after " + std::to_string(done_) + " of " + std::to_string(file_.bytes) + " bytes.",
          "Try again; it goes on from there.");
    }
    if (::fsync(fd_.get()) != 0) return Fail(ErrnoError(errno, "Cannot sync " + partial_.string()));
    if (!file_.sha256.empty()) {
      Result<std::string> digest = Digest();
      if (!digest) return Fail(std::move(digest.error()));
      if (*digest != file_.sha256) {
        ::unlink(partial_.c_str());
        return Fail(ErrorCode::kCorrupt,
                    shown_.file + " is not the file that the catalogue records (its SHA-256 differs).",
                    "It was removed; try again. If it repeats, the file at its source has changed: do not use it.");
      }
    }
    if (::rename(partial_.c_str(), path_.c_str()) != 0) {
      return Fail(ErrnoError(errno, "Cannot rename " + partial_.string()));
    }
    return {};
  }

  Result<std::string> Digest() {
    Sha256 sha;
    std::string buffer(std::size_t{1} << 20, '\0');
    shown_.checking = true;
    for (std::uint64_t at = 0;;) {
      const ssize_t n = ::pread(fd_.get(), buffer.data(), buffer.size(), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return Fail(ErrnoError(errno, "Cannot read " + partial_.string()));
      if (n == 0) return sha.FinishHex();
      sha.Update(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
      at += static_cast<std::uint64_t>(n);
      shown_.done = at;
      if (!progress_(shown_)) return Fail(ErrorCode::kCancelled, "Stopped while checking; the download is kept.");
    }
  }

  const ModelFile& file_;
  const fs::path path_;
  const fs::path partial_;
  const std::function<bool(const PullProgress&)>& progress_;
  PullProgress shown_;
  FileDescriptor fd_;
  std::uint64_t done_ = 0;
};

}  // namespace

Result<void> Pull(const Catalogue& catalogue, const ModelEntry& entry,
                  const std::function<bool(const PullProgress&)>& progress) {
  for (const ModelFile& file : entry.files) {
    const fs::path path = catalogue.PathOf(file);
    std::error_code failed;
    const bool there = fs::is_regular_file(path, failed);
    if (there && (file.bytes == 0 || fs::file_size(path, failed) == file.bytes)) continue;
    if (Result<void> pulled = FilePull(file, path, progress).Run(); !pulled) return pulled;
  }
  return {};
}

}  // namespace counsel::models
