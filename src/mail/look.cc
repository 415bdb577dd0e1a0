#include "mail/look.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "child/child.h"
#include "outgoing/messages.h"
#include "outgoing/outgoing.h"

namespace counsel::mail {
namespace {

namespace asio = boost::asio;
using outgoing::Frame;
using outgoing::FrameKind;

constexpr int kOrderInChild = 3;
constexpr int kAnswerInChild = 4;
constexpr std::chrono::seconds kTokenPatience{60};

struct Pipe {
  Pipe() = default;
  FileDescriptor read;
  FileDescriptor write;
};

Result<Pipe> MakePipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return Fail(ErrnoError(errno, "No pipe for mails"));
  Pipe pipe;
  pipe.read = FileDescriptor(ends[0]);
  pipe.write = FileDescriptor(ends[1]);
  return pipe;
}

// A file without a name that holds the order: no argument shows it, and it ends with its descriptors.
Result<FileDescriptor> WriteOrder(const outgoing::MailOrder& order, const Secret& secret) {
  FileDescriptor file(::memfd_create("counsel-mail-order", MFD_CLOEXEC));
  if (!file.valid()) return Fail(ErrnoError(errno, "No place for an order"));
  std::string text = outgoing::FormatMailOrder(order, secret.view());
  const ssize_t n = ::pwrite(file.get(), text.data(), text.size(), 0);
  const bool whole = n == static_cast<ssize_t>(text.size());
  WipeText(&text);
  if (!whole) return Fail(ErrnoError(errno, "No place for an order"));
  return file;
}

Error ChildLost() {
  return {ErrorCode::kUnavailable, "the program that fetches mail ended in the midst of it"};
}

// Frames from the pipe, told to the receiver.
class Reading {
 public:
  Reading(asio::any_io_executor io, FileDescriptor pipe, Receiver receiver)
      : pipe_(std::move(io), pipe.Release()), receiver_(std::move(receiver)) {}

  // Up to the end frame.
  asio::awaitable<Result<void>> Run() {
    for (;;) {
      Result<std::optional<Frame>> frame = frames_.Next();
      if (!frame) co_return Fail(std::move(frame.error()));
      if (*frame) {
        if ((*frame)->kind == FrameKind::kEnd) {
          const Result<void> end = outgoing::ReadEnd((*frame)->payload);
          if (end && left_ > 0) co_return Fail(ChildLost());
          co_return end;
        }
        auto taking = Take(**frame);
        Result<void> taken = co_await std::move(taking);
        if (!taken) co_return taken;
        continue;
      }
      boost::system::error_code failed;
      buffer_.resize(std::size_t{256} << 10);
      const std::size_t size =
          co_await pipe_.async_read_some(asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, failed));
      if (failed) co_return Fail(ChildLost());
      frames_.Feed(std::string_view(buffer_).substr(0, size));
    }
  }

 private:
  asio::awaitable<Result<void>> Take(const Frame& frame) {
    if (frame.kind == FrameKind::kBytes) {
      if (frame.payload.size() > left_) co_return Fail(ChildLost());
      left_ -= frame.payload.size();
      auto giving = receiver_.bytes(frame.payload);
      Result<void> given = co_await std::move(giving);
      if (!given || left_ > 0) co_return given;
      auto ending = receiver_.whole(head_);
      co_return co_await std::move(ending);
    }
    Result<outgoing::MailHead> head = outgoing::ReadMailHead(frame.payload);
    if (!head) co_return Fail(std::move(head.error()));
    if (left_ > 0) co_return Fail(ChildLost());
    head_ = *head;
    if (head_.uid == 0) {
      auto beginning = receiver_.begin(head_);
      co_return co_await std::move(beginning);
    }
    left_ = head_.too_large ? 0 : head_.size;
    auto telling = receiver_.mail(head_);
    Result<void> told = co_await std::move(telling);
    if (!told || left_ > 0) co_return told;
    auto ending = receiver_.whole(head_);
    co_return co_await std::move(ending);
  }

  asio::posix::stream_descriptor pipe_;
  Receiver receiver_;
  outgoing::FrameReader frames_;
  std::string buffer_;
  outgoing::MailHead head_;
  std::uint64_t left_ = 0;  // of the mail's bytes
};

}  // namespace

asio::awaitable<Result<void>> Look(asio::any_io_executor io, std::filesystem::path program, outgoing::MailOrder order,
                                   Secret secret, Receiver receiver, std::shared_ptr<LookStop> stop) {
  Result<FileDescriptor> written = WriteOrder(order, secret);
  secret = Secret();
  if (!written) co_return Fail(std::move(written.error()));
  Result<Pipe> pipe = MakePipe();
  if (!pipe) co_return Fail(std::move(pipe.error()));
  child::ChildOptions options;
  options.argv = {program.string(), "--mail"};
  options.environment = outgoing::ProxyVariables();
  options.environment.emplace_back("LC_ALL=C.UTF-8");
  options.descriptors = {{written->get(), kOrderInChild}, {pipe->write.get(), kAnswerInChild}};
  Result<std::unique_ptr<child::Child>> spawned = child::Child::Spawn(io, std::move(options));
  if (!spawned) co_return Fail(std::move(spawned.error()));
  const std::unique_ptr<child::Child> child = std::move(*spawned);
  pipe->write.Close();
  written->Close();
  stop->kill = [&child] { child->Kill(); };
  Reading reading(io, std::move(pipe->read), std::move(receiver));
  auto running = reading.Run();
  Result<void> done = co_await std::move(running);
  stop->kill = nullptr;
  child->Kill();
  if (stop->requested()) co_return Fail(ErrorCode::kCancelled, "Looking for mail was stopped.");
  co_return done;
}

asio::awaitable<Result<Secret>> TokenOf(asio::any_io_executor io, std::string command) {
  const auto no_token = [](const std::string& why) {
    return Fail(ErrorCode::kUnauthenticated, "the command that prints a token " + why);
  };
  struct Printed {
    Secret token;
  };
  const auto printed = std::make_shared<Printed>();
  child::ChildOptions options;
  options.argv = {"/bin/sh", "-c", std::move(command)};
  for (const char* name : {"HOME", "PATH", "USER", "LOGNAME", "LANG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
                           "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME"}) {
    if (const char* value = std::getenv(name)) options.environment.push_back(std::string(name) + "=" + value);
  }
  options.on_stdout_line = [printed](std::string_view line) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
    if (printed->token.empty() && !line.empty()) printed->token = Secret(line);
  };
  Result<std::unique_ptr<child::Child>> spawned = child::Child::Spawn(io, std::move(options));
  if (!spawned) co_return Fail(std::move(spawned.error()));
  const std::shared_ptr<child::Child> child = std::move(*spawned);
  child->CloseStdin();
  asio::steady_timer patience(io, kTokenPatience);
  patience.async_wait([weak = std::weak_ptr<child::Child>(child)](boost::system::error_code cancelled) {
    const std::shared_ptr<child::Child> late = weak.lock();
    if (!cancelled && late) late->Kill();
  });
  const child::Exit exit = co_await child->Wait();
  patience.cancel();
  if (exit.kind != child::ExitKind::kExited || exit.status != 0) co_return no_token(exit.ToString());
  if (printed->token.empty()) co_return no_token("printed none");
  co_return std::move(printed->token);
}

}  // namespace counsel::mail
