// One look into a folder of a mailbox, by a child (counsel-remote --mail): what is new there, and a mail at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "base/secret.h"
#include "outgoing/mail_order.h"

namespace counsel::mail {

// Takes what comes, in order. An error ends the look and is returned.
struct Receiver {
  Receiver() = default;
  // The folder: its UIDVALIDITY, and how many mails are new.
  std::function<boost::asio::awaitable<Result<void>>(outgoing::MailHead head)> begin;
  std::function<boost::asio::awaitable<Result<void>>(outgoing::MailHead head)> mail;   // one begins
  std::function<boost::asio::awaitable<Result<void>>(std::string_view bytes)> bytes;   // of it
  std::function<boost::asio::awaitable<Result<void>>(outgoing::MailHead head)> whole;  // it is all there
};

// Errors, whose messages are the server's or libcurl's: as remote/imap.h; kUnavailable also when the child ends, and
// what the receiver returns. `stop` ends it with kCancelled.
class LookStop {
 public:
  void Request() {
    requested_ = true;
    if (kill) kill();
  }
  [[nodiscard]] bool requested() const { return requested_; }
  std::function<void()> kill;

 private:
  bool requested_ = false;
};

[[nodiscard]] boost::asio::awaitable<Result<void>> Look(boost::asio::any_io_executor io, std::filesystem::path program,
                                                        outgoing::MailOrder order, Secret secret, Receiver receiver,
                                                        std::shared_ptr<LookStop> stop);

// The first line that a command of the user's prints: kUnauthenticated when it prints none, fails, or takes longer than
// a minute.
[[nodiscard]] boost::asio::awaitable<Result<Secret>> TokenOf(boost::asio::any_io_executor io, std::string command);

}  // namespace counsel::mail
