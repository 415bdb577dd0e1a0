#include "child/zygote.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"

namespace counsel::child {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int kSocketInZygote = 3;
constexpr std::size_t kMostDescriptors = 8;

tl::unexpected<Error> Gone(const std::string& program) {
  return Fail(ErrorCode::kUnavailable, program + " has ended, and forks nothing any more.", "Try again.");
}

// One packet. 0, or an errno value.
int Send(int socket, const std::vector<std::string>& arguments, const std::vector<int>& descriptors) {
  std::string text;
  for (const std::string& argument : arguments) text.append(argument).push_back('\0');
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> control = {};
  const std::size_t size = descriptors.size() * sizeof(int);
  if (descriptors.size() > kMostDescriptors) return E2BIG;
  iovec place = {text.data(), text.size()};
  msghdr message = {};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(size);
  cmsghdr* with = CMSG_FIRSTHDR(&message);
  with->cmsg_level = SOL_SOCKET;
  with->cmsg_type = SCM_RIGHTS;
  with->cmsg_len = CMSG_LEN(size);
  std::memcpy(CMSG_DATA(with), descriptors.data(), size);
  return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? errno : 0;
}

}  // namespace

// Kept alive by those who wait for a fork.
struct Zygote::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& io_in, std::string program_in, std::unique_ptr<Child> child_in, FileDescriptor end,
        std::chrono::milliseconds patience_in)
      : io(io_in),
        program(std::move(program_in)),
        patience(patience_in),
        child(std::move(child_in)),
        socket(io_in, end.Release()) {}

  // An order that was sent; they are answered in their order.
  struct Order {
    Order(const asio::any_io_executor& io, std::chrono::milliseconds patience) : answered(io, patience) {}
    std::optional<int> answer;
    asio::steady_timer answered;  // cancelled when the answer is there
  };

  void Listen() {
    socket.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](error_code error) {
      if (error || !self->socket.is_open()) return;
      if (self->TakeAnswer()) {
        self->Listen();
      } else {
        self->End();
      }
    });
  }

  bool TakeAnswer() {
    int answer = 0;
    const ssize_t size = ::recv(socket.native_handle(), &answer, sizeof answer, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size != sizeof answer || answer == 0 || orders.empty()) return false;
    Answer(answer);
    return true;
  }

  void Answer(int answer) {
    orders.front()->answer = answer;
    orders.front()->answered.cancel();
    orders.pop_front();
  }

  void End() {
    error_code ignored;
    socket.close(ignored);
    child.reset();
    while (!orders.empty()) Answer(-ESRCH);
  }

  const asio::any_io_executor io;
  const std::string program;
  const std::chrono::milliseconds patience;
  std::unique_ptr<Child> child;
  asio::posix::stream_descriptor socket;
  std::deque<std::shared_ptr<Order>> orders;
};

Result<std::unique_ptr<Zygote>> Zygote::Start(const asio::any_io_executor& io, ChildOptions options,
                                              std::chrono::milliseconds patience) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return Fail(ErrnoError(errno, "Cannot create a socket"));
  }
  FileDescriptor ours(ends[0]);
  const FileDescriptor its(ends[1]);
  options.descriptors = {{its.get(), kSocketInZygote}};
  const std::string program = options.argv.empty() ? "" : options.argv[0];
  ASSIGN_OR_RETURN(std::unique_ptr<Child> child, Child::Spawn(io, std::move(options)));
  try {
    auto state = std::make_shared<State>(io, program, std::move(child), std::move(ours), patience);
    state->Listen();
    return std::unique_ptr<Zygote>(new Zygote(std::move(state)));
  } catch (const boost::system::system_error& error) {
    return Fail(ErrnoError(error.code().value(), "Cannot watch " + program));
  }
}

Zygote::Zygote(std::shared_ptr<State> state) : state_(std::move(state)) {}

Zygote::~Zygote() {
  state_->End();
}

asio::awaitable<Result<std::unique_ptr<Child>>> Zygote::Fork(std::vector<std::string> arguments,
                                                             std::vector<int> descriptors) {
  const std::shared_ptr<State> state = state_;
  if (!state->socket.is_open()) co_return Gone(state->program);
  int words[2];
  if (::pipe2(words, O_CLOEXEC) != 0) co_return Fail(ErrnoError(errno, "Cannot create a pipe"));
  FileDescriptor ours(words[0]);
  FileDescriptor its(words[1]);
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  descriptors.push_back(its.get());
  auto order = std::make_shared<State::Order>(state->io, state->patience);
  if (const int error = Send(state->socket.native_handle(), arguments, descriptors); error != 0) {
    co_return Fail(ErrorCode::kUnavailable,
                   "Cannot give " + state->program + " an order: " + std::strerror(error) + ".", "Try again.");
  }
  its.Close();
  state->orders.push_back(order);
  // Whoever leaves now would leave a process that nobody waits for.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (!order->answer) {
    error_code cancelled;
    co_await order->answered.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (!cancelled && !order->answer) state->End();  // it hangs
  }
  const int answer = *order->answer;
  if (answer == -ESRCH) co_return Gone(state->program);
  if (answer < 0) {
    co_return Fail(ErrorCode::kUnavailable, state->program + " cannot fork: " + std::strerror(-answer) + ".",
                   "Try again.");
  }
  co_return Child::Adopt(state->io, answer, std::move(ours), state->program);
}

}  // namespace counsel::child
