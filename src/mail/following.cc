#include "mail/following.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/ids.h"
#include "base/offload.h"
#include "mail/address.h"

namespace counsel::mail {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestSecret = 16'384;
constexpr int kSavedEvery = 20;  // mails
constexpr std::chrono::seconds kFirstPause{60};
constexpr std::chrono::seconds kLongestPause{3'600};

outgoing::MailOrder OrderFor(const Address& address, const Mailbox& mailbox, std::uint64_t most_bytes) {
  outgoing::MailOrder order;
  order.host = address.host;
  order.port = address.port;
  order.secure = address.secure;
  order.user = address.user;
  order.token = !mailbox.token_command.empty();
  order.folder = address.folder;
  order.ca_file = mailbox.ca_file;
  order.validity = mailbox.validity;
  order.after = mailbox.last;
  order.size_limit = most_bytes;
  return order;
}

Result<Secret> PasswordIn(const std::string& file) {
  const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kUnauthenticated, "There is no file with a password at " + file + ".",
                "Write the password alone into a file that only you can read (chmod 600).");
  }
  if ((status.st_mode & 077) != 0) {
    return Fail(ErrorCode::kPermissionDenied, "Others can read the password in " + file + ".",
                "Keep it to yourself: chmod 600 " + file);
  }
  Result<std::string> text = ReadFile(file, kLongestSecret);
  if (!text) return Fail(std::move(text.error()));
  std::string_view line = std::string_view(*text).substr(0, text->find_first_of("\r\n"));
  Secret secret(line);
  WipeText(&*text);
  if (secret.empty())
    return Fail(ErrorCode::kUnauthenticated, "The file " + file + " holds no password.",
                "Write the password alone into its first line.");
  return secret;
}

// The server's words in a sentence for the user. `added`: it is followed already, and looked into again.
Error Explain(const Error& error, const std::string& address, bool added) {
  switch (error.code) {
    case ErrorCode::kUnauthenticated:
      return {error.code, "The mail server does not let us in to " + address + ": " + error.message + ".",
              "Check the user and the password; large providers take only tokens: --token-command."};
    case ErrorCode::kNotFound:
      return {error.code, "There is no folder " + address + ": " + error.message + ".", "Check its name."};
    case ErrorCode::kPermissionDenied:
      return {error.code, "Cannot trust the server of " + address + ": " + error.message + ".",
              "Something between here and there may read along; nothing was sent. A server with a certificate of its "
              "own is named by --ca-file."};
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCorrupt:
    case ErrorCode::kInvalidArgument:
      return {ErrorCode::kUnavailable, "Cannot read " + address + ": " + error.message + ".",
              added ? "Check the network; it is tried again by itself."
                    : "Nothing was added. Check the name of the server and the network, then try again."};
    default:
      return error;
  }
}

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

// What a look brings.
struct Following::Delivery {
  explicit Delivery(Mailbox mailbox_in) : mailbox(std::move(mailbox_in)) {}
  Mailbox mailbox;
  bool only_try = false;  // nothing is read
  std::optional<documents::Originals::Incoming> incoming;
  std::string name;
  int unsaved = 0;
};

Following::Following(asio::any_io_executor io, asio::thread_pool& threads, store::Store& store,
                     const documents::Originals& originals, FollowingOptions options)
    : io_(io),
      threads_(threads),
      store_(store),
      originals_(originals),
      options_(std::move(options)),
      wake_(io, Clock::time_point::max()) {}

Following::~Following() = default;

void Following::Start() {
  Result<std::vector<Mailbox>> read = ReadMailboxes(options_.file);
  if (!read) spdlog::error("mailboxes: {}", read.error().ToString());
  if (read) mailboxes_ = std::move(*read);
  for (const Mailbox& box : mailboxes_) due_[box.id] = Clock::now();
  asio::co_spawn(io_, Run(), [](const std::exception_ptr& thrown) {
    if (thrown) spdlog::error("mailboxes are no longer followed: out of memory; start Counsel again");
  });
}

void Following::Stop() {
  stopping_ = true;
  if (stop_look_) stop_look_->Request();
  wake_.cancel();
}

Mailbox* Following::Find(const std::string& id) {
  const auto found = std::find_if(mailboxes_.begin(), mailboxes_.end(), [&id](const Mailbox& b) { return b.id == id; });
  return found == mailboxes_.end() ? nullptr : &*found;
}

asio::awaitable<void> Following::Run() {
  while (!stopping_) {
    const auto next =
        std::min_element(due_.begin(), due_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (next != due_.end() && next->second <= Clock::now()) {
      std::string id = next->first;
      auto looking = LookInto(std::move(id));
      co_await std::move(looking);
      continue;
    }
    wake_.expires_at(next == due_.end() ? Clock::time_point::max() : next->second);
    boost::system::error_code ignored;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> Following::LookInto(std::string id) {
  const Mailbox* box = Find(id);
  if (box == nullptr) {
    due_.erase(id);
    co_return;
  }
  auto delivery = std::make_shared<Delivery>(*box);
  looking_into_ = id;
  due_[id] = Clock::time_point::max();  // unless somebody asks meanwhile
  auto looking = LookOnce(delivery);
  Result<void> done = co_await std::move(looking);
  looking_into_.clear();
  Mailbox* now = Find(id);
  if (now == nullptr || stopping_) co_return;
  *now = delivery->mailbox;
  now->error = done ? "" : done.error().ToString();
  if (done) now->looked_at = UnixNow();
  if (!done) spdlog::warn("mail: {}", now->error);
  const int failures = done ? 0 : ++failures_[id];
  if (done) failures_.erase(id);
  // A password that is refused again and again may lock the account.
  const bool refused = !done && done.error().code == ErrorCode::kUnauthenticated;
  const auto pause = done      ? std::chrono::duration_cast<std::chrono::seconds>(kBetweenLooks)
                     : refused ? kLongestPause
                               : std::min(kFirstPause * (1 << std::min(failures - 1, 6)), kLongestPause);
  if (due_[id] == Clock::time_point::max()) due_[id] = Clock::now() + pause;
  Result<void> saved = co_await Save();
  if (!saved) spdlog::error("mailboxes: {}", saved.error().ToString());
}

asio::awaitable<Result<Secret>> Following::SecretOf(Mailbox mailbox) {
  if (!mailbox.token_command.empty()) {
    auto asking = TokenOf(io_, mailbox.token_command);
    co_return co_await std::move(asking);
  }
  auto read = [file = mailbox.password_file] { return PasswordIn(file); };
  co_return co_await Offload(threads_, read);
}

asio::awaitable<Result<void>> Following::LookOnce(std::shared_ptr<Delivery> delivery) {
  const Result<Address> address = ParseAddress(delivery->mailbox.address);
  if (!address) co_return Fail(address.error());
  auto asking = SecretOf(delivery->mailbox);
  Result<Secret> secret = co_await std::move(asking);
  if (!secret && !delivery->mailbox.token_command.empty()) {
    co_return Fail(Explain(secret.error(), delivery->mailbox.address, !delivery->only_try));
  }
  if (!secret) co_return Fail(std::move(secret.error()));
  outgoing::MailOrder order = OrderFor(*address, delivery->mailbox, options_.most_bytes());
  auto stop = std::make_shared<LookStop>();
  if (!delivery->only_try) stop_look_ = stop;
  auto looking = Look(io_, options_.program, std::move(order), std::move(*secret), Receive(delivery), stop);
  Result<void> done = co_await std::move(looking);
  if (!delivery->only_try) stop_look_.reset();
  // A mail that had begun is dropped, on the pool: that is work of the disk.
  auto drop = [delivery] { delivery->incoming.reset(); };
  auto dropping = Offload(threads_, [drop] {
    drop();
    return true;
  });
  (void)co_await std::move(dropping);
  if (!done && delivery->only_try && done.error().code == ErrorCode::kAlreadyExists) co_return Result<void>();
  if (!done && done.error().code == ErrorCode::kCancelled) co_return done;
  if (!done) co_return Fail(Explain(done.error(), delivery->mailbox.address, !delivery->only_try));
  co_return done;
}

Receiver Following::Receive(const std::shared_ptr<Delivery>& delivery) {
  Receiver receiver;
  receiver.begin = [delivery](outgoing::MailHead head) -> asio::awaitable<Result<void>> {
    // The folder is there; that is all that was to be known.
    if (delivery->only_try) co_return Fail(ErrorCode::kAlreadyExists, "it is there");
    if (head.validity != delivery->mailbox.validity) delivery->mailbox.last = 0;
    delivery->mailbox.validity = head.validity;
    co_return Result<void>();
  };
  receiver.mail = [delivery](outgoing::MailHead) -> asio::awaitable<Result<void>> {
    delivery->incoming.reset();
    co_return Result<void>();
  };
  receiver.bytes = [this, delivery](std::string_view bytes) -> asio::awaitable<Result<void>> {
    auto write = [this, delivery, bytes]() -> Result<void> {
      if (!delivery->incoming) {
        Result<documents::Originals::Incoming> begun = originals_.Begin(options_.most_bytes());
        if (!begun) return Fail(std::move(begun.error()));
        delivery->incoming.emplace(std::move(*begun));
        delivery->name = NameOfMail(bytes.substr(0, std::size_t{64} << 10));
      }
      return delivery->incoming->Write(bytes);
    };
    co_return co_await Offload(threads_, write);
  };
  receiver.whole = [this, delivery](outgoing::MailHead head) -> asio::awaitable<Result<void>> {
    if (head.too_large) {
      ++delivery->mailbox.skipped;
      spdlog::warn("mail: one of {} bytes in {} is over the limit extraction.max_file_mb", head.size,
                   delivery->mailbox.address);
    } else if (delivery->incoming) {
      auto taking = TakeMail(delivery);
      Result<void> taken = co_await std::move(taking);
      if (!taken) co_return taken;
    }
    delivery->mailbox.last = head.uid;
    Mailbox* box = Find(delivery->mailbox.id);
    if (box == nullptr) co_return Fail(ErrorCode::kCancelled, "The mailbox is no longer followed.");
    *box = delivery->mailbox;
    if (++delivery->unsaved < kSavedEvery) co_return Result<void>();
    delivery->unsaved = 0;
    co_return co_await Save();
  };
  return receiver;
}

asio::awaitable<Result<void>> Following::TakeMail(std::shared_ptr<Delivery> delivery) {
  auto finish = [delivery] {
    Result<documents::Originals::Incoming::Stored> stored = delivery->incoming->Finish();
    delivery->incoming.reset();
    return stored;
  };
  Result<documents::Originals::Incoming::Stored> stored = co_await Offload(threads_, finish);
  if (!stored) co_return Fail(std::move(stored.error()));
  auto work = [&](store::Connection& db) {
    return documents::AddDocument(db, delivery->mailbox.matter, delivery->name, "", stored->sha256, stored->bytes,
                                  documents::Priority::kOneOfMany);
  };
  Result<documents::Added> added = co_await store_.Write(work);
  if (!added) co_return Fail(std::move(added.error()));
  ++delivery->mailbox.mails;
  options_.added();
  co_return Result<void>();
}

asio::awaitable<Result<void>> Following::Save() {
  auto write = [file = options_.file, mailboxes = mailboxes_] { return WriteMailboxes(file, mailboxes); };
  co_return co_await Offload(threads_, write);
}

asio::awaitable<Result<Mailbox>> Following::Add(Mailbox mailbox) {
  const Result<Address> address = ParseAddress(mailbox.address);
  if (!address) co_return Fail(address.error());
  mailbox.address = address->ToString();
  if (Result<void> checked = documents::CheckMatterName(mailbox.matter); !checked) co_return Fail(checked.error());
  if (mailbox.password_file.empty() == mailbox.token_command.empty()) {
    co_return Fail(ErrorCode::kInvalidArgument, "A mailbox needs a password or a token.",
                   "Name one of them: --password-file FILE, or --token-command COMMAND.");
  }
  const auto same = [&mailbox](const Mailbox& other) {
    return other.address == mailbox.address && other.matter == mailbox.matter;
  };
  if (std::any_of(mailboxes_.begin(), mailboxes_.end(), same)) {
    co_return Fail(ErrorCode::kAlreadyExists, mailbox.address + " is followed already.", "See: counsel mail list");
  }
  if (mailboxes_.size() >= kMostMailboxes) {
    co_return Fail(ErrorCode::kTooLarge, "At most " + std::to_string(kMostMailboxes) + " folders are followed.");
  }
  mailbox.id = NewId();
  auto delivery = std::make_shared<Delivery>(mailbox);
  delivery->only_try = true;
  auto looking = LookOnce(delivery);
  Result<void> there = co_await std::move(looking);
  if (!there) co_return Fail(std::move(there.error()));
  mailboxes_.push_back(mailbox);
  Result<void> saved = co_await Save();
  if (!saved) {
    mailboxes_.erase(std::remove_if(mailboxes_.begin(), mailboxes_.end(),
                                    [&mailbox](const Mailbox& other) { return other.id == mailbox.id; }),
                     mailboxes_.end());
    co_return Fail(std::move(saved.error()));
  }
  due_[mailbox.id] = Clock::now();
  wake_.cancel();
  co_return mailbox;
}

asio::awaitable<Result<Mailbox>> Following::Remove(std::string id) {
  const Mailbox* found = Find(id);
  if (found == nullptr)
    co_return Fail(ErrorCode::kNotFound, "No mailbox has the id '" + id + "'.", "See: counsel mail list");
  Mailbox removed = *found;
  mailboxes_.erase(std::remove_if(mailboxes_.begin(), mailboxes_.end(), [&id](const Mailbox& b) { return b.id == id; }),
                   mailboxes_.end());
  due_.erase(id);
  if (looking_into_ == id && stop_look_) stop_look_->Request();
  Result<void> saved = co_await Save();
  if (!saved) co_return Fail(std::move(saved.error()));
  co_return removed;
}

Result<void> Following::Now(const std::string& id) {
  if (!id.empty() && Find(id) == nullptr) {
    return Fail(ErrorCode::kNotFound, "No mailbox has the id '" + id + "'.", "See: counsel mail list");
  }
  for (auto& [other, due] : due_) {
    if (id.empty() || other == id) due = Clock::now();
  }
  wake_.cancel();
  return {};
}

}  // namespace counsel::mail
