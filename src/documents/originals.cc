#include <algorithm>
#include <cerrno>
#include <exception>
#include <functional>
#include <iterator>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mail_store.h"
#include "documents/documents.h"
#include "documents/statements.h"

namespace counsel::documents {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::string_view kTemporaryPrefix = "incoming-";
constexpr std::size_t kDigestCharacters = 64;

// Its names are on the disk.
Result<void> SyncFolder(const fs::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid() && ::fsync(fd.get()) == 0) return {};
  return Fail(ErrnoError(errno, "The file cannot be stored"));
}

}  // namespace

// How many hold each digest's bytes.
struct Originals::Holds {
  struct Held {
    int count = 0;
    bool look = false;  // whether a document refers to them, once nobody holds them
  };
  std::mutex mutex;
  std::unordered_map<std::string, Held> held;  // guarded by mutex, as what follows
  int all = 0;                                 // that hold every one
  std::unordered_set<std::string> left;        // that Remove had to leave, until it comes again
  std::function<void(std::string)> told;

  // The next one to bring these bytes would take them for stored; who has brought them meanwhile keeps them.
  void Undo(const std::string& sha256, const fs::path& path) {
    const std::lock_guard lock(mutex);
    if (held[sha256].count == 1) ::unlink(path.c_str());
  }

  static std::shared_ptr<const void> Take(const std::shared_ptr<Holds>& holds, const std::string& sha256, bool look) {
    {
      const std::lock_guard lock(holds->mutex);
      Held& held = holds->held[sha256];
      ++held.count;
      held.look |= look;
    }
    return {holds.get(), [holds, sha256](const void*) { holds->LetGo(sha256); }};
  }

  void LetGo(const std::string& sha256) noexcept {
    std::unique_lock lock(mutex);
    const auto found = held.find(sha256);
    if (--found->second.count > 0) return;
    const bool look = found->second.look;
    held.erase(found);
    if (!look && all == 0) left.erase(sha256);
    if (!look || (all > 0 && left.contains(sha256))) return;
    try {
      if (told) left.insert(sha256);  // so that no check takes them for left over before they have been looked at
      Tell({sha256}, lock);
    } catch (const std::exception&) {
      // No memory: the next start looks.
    }
  }

  void LetAllGo() noexcept {
    std::unique_lock lock(mutex);
    if (--all > 0) return;
    try {
      std::vector<std::string> free;
      std::copy_if(left.begin(), left.end(), std::back_inserter(free),
                   [this](const std::string& sha256) { return !held.contains(sha256); });
      Tell(free, lock);
    } catch (const std::exception&) {
      // Likewise.
    }
  }

  void Tell(const std::vector<std::string>& digests, std::unique_lock<std::mutex>& lock) const {
    const std::function<void(std::string)> tell = told;
    lock.unlock();
    if (!tell) return;
    for (const std::string& sha256 : digests) tell(sha256);
  }
};

Originals::Originals(fs::path folder) : folder_(std::move(folder)), holds_(std::make_shared<Holds>()) {}

Originals::Incoming::Incoming(Incoming&& other) noexcept
    : home_(other.home_),
      temporary_(std::exchange(other.temporary_, fs::path())),
      fd_(std::move(other.fd_)),
      sha_(std::move(other.sha_)),
      bytes_(other.bytes_),
      limit_(other.limit_),
      of_mails_(other.of_mails_) {}

Originals::Incoming::~Incoming() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> Originals::Incoming::Write(std::string_view bytes) {
  if (bytes.size() > limit_ - bytes_) return FileTooLarge("The file", limit_, of_mails_);
  bytes_ += bytes.size();
  sha_.Update(bytes);
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_.get(), bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return Fail(ErrnoError(errno, "The file cannot be stored"));
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<Originals::Incoming::Stored> Originals::Incoming::Finish() {
  Stored stored;
  stored.sha256 = sha_.FinishHex();
  stored.bytes = bytes_;
  if (bytes_ == 0) return stored;
  // Held before we look whether the bytes are there: from here on nobody removes them.
  stored.hold = Holds::Take(home_->holds_, stored.sha256, true);
  const fs::path path = home_->PathOf(stored.sha256);
  std::error_code failed;
  if (fs::exists(path, failed)) return stored;
  if (::fsync(fd_.get()) != 0) return Fail(ErrnoError(errno, "The file cannot be stored"));
  if (Result<void> made = MakePrivateDirectory(path.parent_path()); !made) return Fail(std::move(made.error()));
  if (::rename(temporary_.c_str(), path.c_str()) != 0) return Fail(ErrnoError(errno, "The file cannot be stored"));
  temporary_.clear();
  Result<void> synced = SyncFolder(path.parent_path());
  if (synced) synced = SyncFolder(home_->folder_);
  if (!synced) {
    home_->holds_->Undo(stored.sha256, path);
    return Fail(std::move(synced.error()));
  }
  return stored;
}

Result<Originals::Incoming> Originals::Begin(std::uint64_t limit_bytes, bool of_mails) const {
  std::error_code ignored;
  if (!fs::exists(folder_, ignored)) {
    if (Result<void> made = MakePrivateDirectory(folder_); !made) return Fail(std::move(made.error()));
    if (Result<void> synced = SyncFolder(folder_.parent_path()); !synced) {
      ::rmdir(folder_.c_str());  // or the next one would take it for kept
      return Fail(std::move(synced.error()));
    }
  }
  Incoming incoming;
  incoming.home_ = this;
  incoming.limit_ = limit_bytes;
  incoming.of_mails_ = of_mails;
  const fs::path temporary = folder_ / (std::string(kTemporaryPrefix) + NewId());
  incoming.fd_ = FileDescriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!incoming.fd_.valid()) return Fail(ErrnoError(errno, "Cannot create " + temporary.string()));
  incoming.temporary_ = temporary;
  return incoming;
}

Result<FileDescriptor> Originals::Scratch() const {
  if (Result<void> made = MakePrivateDirectory(folder_); !made) return Fail(std::move(made.error()));
  const fs::path path = folder_ / (std::string(kTemporaryPrefix) + NewId());
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return Fail(ErrnoError(errno, "A file for what does not fit into memory cannot be made"));
  ::unlink(path.c_str());
  return fd;
}

Result<Originals::Incoming::Stored> Originals::Add(const fs::path& file, const ExtractionLimits& limits) const {
  // O_NONBLOCK: a pipe given as a document must not hold a thread for ever.
  const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot open " + file.string()));
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0) return Fail(ErrnoError(errno, "Cannot read " + file.string()));
  if (!S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kInvalidArgument, file.string() + " is not a file.", "Name a file that holds a document.");
  }
  const bool of_mails = LooksLikeMailStore(FirstBytes(fd.get()));
  const std::uint64_t most = of_mails ? std::max(limits.mail_store_bytes, limits.input_bytes) : limits.input_bytes;
  if (static_cast<std::uint64_t>(status.st_size) > most) return FileTooLarge("The file", most, of_mails);
  Result<Incoming> incoming = Begin(most, of_mails);
  if (!incoming) return Fail(std::move(incoming.error()));
  std::string buffer(std::size_t{256} << 10, '\0');
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail(ErrnoError(errno, "Cannot read " + file.string()));
    if (n == 0) return incoming->Finish();
    Result<void> written = incoming->Write(std::string_view(buffer).substr(0, static_cast<std::size_t>(n)));
    if (!written) return Fail(std::move(written.error()));
  }
}

fs::path Originals::PathOf(std::string_view sha256) const {
  return folder_ / sha256.substr(0, 2) / sha256;
}

std::shared_ptr<const void> Originals::Hold(const std::string& sha256) const {
  return Holds::Take(holds_, sha256, false);
}

void Originals::OnLetGo(std::function<void(std::string)> told) {
  const std::lock_guard lock(holds_->mutex);
  holds_->told = std::move(told);
}

std::shared_ptr<const void> Originals::HoldAll() const {
  {
    const std::lock_guard lock(holds_->mutex);
    ++holds_->all;
  }
  return {holds_.get(), [holds = holds_](const void*) { holds->LetAllGo(); }};
}

bool Originals::Held(const std::string& sha256) const {
  const std::lock_guard lock(holds_->mutex);
  return holds_->all > 0 || holds_->held.contains(sha256) || holds_->left.contains(sha256);
}

Result<void> Originals::Remove(std::string_view sha256) const {
  const std::lock_guard lock(holds_->mutex);
  std::string digest(sha256);
  const auto held = holds_->held.find(digest);
  if (held == holds_->held.end() && holds_->all == 0) {
    holds_->left.erase(digest);
    if (::unlink(PathOf(sha256).c_str()) == 0 || errno == ENOENT) return {};
    return Fail(ErrnoError(errno, "The file of a document that is deleted cannot be removed"));
  }
  if (held != holds_->held.end()) held->second.look = true;
  holds_->left.insert(std::move(digest));
  return {};
}

asio::awaitable<void> RemoveLetGo(store::Store& store, const Originals& originals, std::string sha256) {
  auto look = [&sha256](store::Connection& db) {
    return Number(db, "SELECT count(*) FROM documents WHERE sha256 = ?", sha256);
  };
  const Result<std::int64_t> count = co_await store.Read(look);
  if (count && *count > 0) {
    (void)originals.Hold(sha256);  // they have been looked at
    co_return;
  }
  auto remove = [&](store::Connection& db) { return RemoveUnreferenced(db, originals, sha256); };
  const Result<void> removed = co_await store.WriteOutside(remove);
  if (!removed) spdlog::warn("an original without a document was not removed: {}", removed.error().ToString());
}

void Originals::Sweep() const {
  std::error_code failed;
  for (fs::directory_iterator entry(folder_, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    if (entry->path().filename().string().starts_with(kTemporaryPrefix)) ::unlink(entry->path().c_str());
  }
}

std::vector<std::string> Originals::List() const {
  std::vector<std::string> digests;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder_, failed); !failed && entry != fs::recursive_directory_iterator();
       entry.increment(failed)) {
    std::string name = entry->path().filename().string();
    if (entry.depth() == 1 && name.size() == kDigestCharacters) digests.push_back(std::move(name));
  }
  return digests;
}

}  // namespace counsel::documents
