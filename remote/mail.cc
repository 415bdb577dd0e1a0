#include "mail.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>

#include <unistd.h>

#include "imap.h"
#include "outgoing/mail_order.h"
#include "outgoing/messages.h"

namespace counsel::remote {
namespace {

using outgoing::FormatFrame;
using outgoing::FrameKind;

constexpr int kOrder = 3;
constexpr int kAnswer = 4;
constexpr std::size_t kPiece = std::size_t{256} << 10;

Result<void> Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(kAnswer, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Fail(ErrorCode::kCancelled, "nobody listens");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<outgoing::MailOrder> TakeOrder(Secret* secret) {
  std::string text(std::size_t{64} << 10, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(kOrder, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    size += static_cast<std::size_t>(n);
  }
  ::close(kOrder);
  Result<outgoing::MailOrder> order = outgoing::ReadMailOrder(std::string_view(text).substr(0, size), secret);
  WipeText(&text);
  return order;
}

Result<void> Tell(const outgoing::MailHead& head) {
  return Write(FormatFrame(FrameKind::kHead, outgoing::FormatMailHead(head)));
}

Result<void> Fetch(const outgoing::MailOrder& order, const Secret& secret) {
  Imap imap(order);
  RETURN_IF_ERROR(imap.Connect());
  RETURN_IF_ERROR(imap.Login(secret));
  outgoing::MailHead head;
  ASSIGN_OR_RETURN(head.validity, imap.Examine());
  // Another UIDVALIDITY: the numbers mean other mails.
  const std::uint32_t after = head.validity == order.validity ? order.after : 0;
  ASSIGN_OR_RETURN(const auto mails, imap.MailsAfter(after));
  head.waiting = mails.size();
  RETURN_IF_ERROR(Tell(head));
  for (const auto& [uid, size] : mails) {
    head.uid = uid;
    head.waiting -= 1;
    head.too_large = size > order.size_limit;
    std::string mail;
    if (!head.too_large) {
      ASSIGN_OR_RETURN(mail, imap.Fetch(uid));
    }
    head.too_large = head.too_large || mail.size() > order.size_limit;
    head.size = head.too_large ? size : mail.size();
    RETURN_IF_ERROR(Tell(head));
    if (head.too_large) continue;
    for (std::size_t at = 0; at < mail.size(); at += kPiece) {
      RETURN_IF_ERROR(Write(FormatFrame(FrameKind::kBytes, std::string_view(mail).substr(at, kPiece))));
    }
  }
  imap.Logout();
  return {};
}

}  // namespace

int FetchMail() {
  std::signal(SIGPIPE, SIG_IGN);
  Secret secret;
  const Result<outgoing::MailOrder> order = TakeOrder(&secret);
  const Result<void> done = order ? Fetch(*order, secret) : Result<void>(Fail(order.error()));
  return Write(outgoing::FormatEnd(done)) ? 0 : 1;
}

}  // namespace counsel::remote
