// A mail server's folder, read and never changed: EXAMINE and BODY.PEEK (RFC 3501), over a connection of libcurl's,
// which brings TLS and proxies. Blocks. Errors: kUnauthenticated (the password or token), kPermissionDenied (the
// certificate), kNotFound (the folder), kDeadlineExceeded, kUnavailable, kCorrupt (what the server says).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "address.h"
#include "base/result.h"
#include "base/secret.h"
#include "imap_text.h"
#include "outgoing/mail_order.h"

namespace counsel::remote {

class Imap {
 public:
  explicit Imap(const outgoing::MailOrder& order) : order_(order) {}

  [[nodiscard]] Result<void> Connect();
  [[nodiscard]] Result<void> Login(const Secret& secret);
  // The folder's UIDVALIDITY.
  [[nodiscard]] Result<std::uint32_t> Examine();
  // Of mails with a greater UID than `after`, ascending: UID and size.
  [[nodiscard]] Result<std::vector<std::pair<std::uint32_t, std::uint64_t>>> MailsAfter(std::uint32_t after);
  // The mail's bytes; "" when it has gone meanwhile.
  [[nodiscard]] Result<std::string> Fetch(std::uint32_t uid);
  void Logout();

 private:
  [[nodiscard]] Result<void> Wait(bool to_write);
  [[nodiscard]] Result<void> Send(std::string_view bytes);
  [[nodiscard]] Result<void> Receive();
  [[nodiscard]] Result<std::string> ReadLine();
  // A line with its literals.
  [[nodiscard]] Result<ImapLine> Next();
  // Sends a command and reads to its end; the lines before, in order. kInvalidArgument: the server refuses it, in its
  // words.
  [[nodiscard]] Result<std::vector<ImapLine>> Command(std::string_view text);
  [[nodiscard]] Result<std::vector<ImapLine>> Answers(const std::string& tag);
  [[nodiscard]] Result<void> Authenticate(std::string_view mechanism, std::string_view words);

  const outgoing::MailOrder& order_;
  std::unique_ptr<CURL, FreeCurl> curl_;
  char reason_[CURL_ERROR_SIZE] = "";
  std::string received_;
  int commands_ = 0;
};

}  // namespace counsel::remote
