#include "extractor/zygote.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "extractor/command.h"
#include "extractor/elsewhere.h"

namespace counsel::extractor {
namespace {

constexpr int kSocket = 3;
constexpr int kNoSandbox = 5;  // exit status
constexpr std::size_t kLongestOrder = 4096;
constexpr int kFree = 16;  // numbers from here on are nobody's

struct Descriptors {
  int document = -1;
  int answer = -1;
  int words = -1;
};

struct Received {
  std::vector<std::string> arguments;
  Descriptors descriptors;
};

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> arguments;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    arguments.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return arguments;
}

// Nothing: nobody orders any more, or not in our language.
std::optional<Received> Receive() {
  std::array<char, kLongestOrder> text = {};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(Descriptors))> control = {};
  iovec place = {text.data(), text.size()};
  msghdr message = {};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t size = -1;
  do {
    size = ::recvmsg(kSocket, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  const cmsghdr* with = size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (with == nullptr || with->cmsg_type != SCM_RIGHTS || with->cmsg_len != CMSG_LEN(sizeof(Descriptors)) ||
      (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    return std::nullopt;
  }
  Received received;
  received.arguments = Split({text.data(), static_cast<std::size_t>(size)});
  std::memcpy(&received.descriptors, CMSG_DATA(with), sizeof(Descriptors));
  return received;
}

// Puts the descriptors where a reader has them, and closes all others: the socket too, since only we take orders.
bool PlaceDescriptors(const Descriptors& received) {
  const int document = ::fcntl(received.document, F_DUPFD, kFree);
  const int answer = ::fcntl(received.answer, F_DUPFD, kFree);
  const int words = ::fcntl(received.words, F_DUPFD, kFree);
  if (document < 0 || answer < 0 || words < 0) return false;
  if (::dup2(document, kDocument) < 0 || ::dup2(answer, kResult) < 0) return false;
  if (::dup2(words, STDOUT_FILENO) < 0 || ::dup2(words, STDERR_FILENO) < 0) return false;
  ::close(STDIN_FILENO);
  for (int fd = kResult + 1; fd <= words; ++fd) ::close(fd);
  return true;
}

// The fork's whole life; its exit status.
int Read(const Received& received, const sandbox::Shared& shared) {
  constexpr int kCannotBegin = 127;  // as a program that could not be loaded: no fault of the document
  Command command;
  if (!PlaceDescriptors(received.descriptors) || !Parse(received.arguments, &command)) return kCannotBegin;
  // Whoever ordered us may have died before we asked to die with it: then nobody listens to our words.
  pollfd listener = {STDERR_FILENO, 0, 0};
  if (::poll(&listener, 1, 0) != 0) return kCannotBegin;
  if (command.nice != 0 && ::setpriority(PRIO_PROCESS, 0, command.nice) != 0) return kCannotBegin;
  if (command.order.task != Task::kText) return kCannotBegin;  // the others need files that are not in sight here
  TakeName(&command.order.name);
  command.policy.read_only = {kCharacterTables};
  if (!shared.Enter(command.policy).confined) return kCannotBegin;
  try {
    return Answer(command.order, true);
  } catch (const ReadElsewhere&) {
    return kReadElsewhere;
  }
}

}  // namespace

int ServeForks() {
  LoadEarly();
  const sandbox::Shared shared({kCharacterTables});
  if (!shared.whole()) return kNoSandbox;
  while (const std::optional<Received> received = Receive()) {
    const pid_t pid = shared.Fork();
    // Without what runs at a program's end: nothing of it is ours.
    if (pid == 0) ::_exit(Read(*received, shared));
    const int reply = pid < 0 ? -errno : pid;
    const Descriptors& descriptors = received->descriptors;
    for (const int fd : {descriptors.document, descriptors.answer, descriptors.words}) ::close(fd);
    if (::write(kSocket, &reply, sizeof reply) != sizeof reply) break;
  }
  return 0;
}

}  // namespace counsel::extractor
