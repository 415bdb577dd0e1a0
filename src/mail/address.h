// The address of a folder on a mail server: imaps://USER@HOST[:PORT]/FOLDER (RFC 5092, as much of it). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace counsel::mail {

struct Address {
  Address() = default;
  bool secure = true;
  std::string host;
  int port = 993;
  std::string user;
  std::string folder;  // UTF-8; INBOX where the address names none

  // As it was given, put in order: "imaps://ann%40firm.example@mail.example/INBOX".
  [[nodiscard]] std::string ToString() const;
};

// kInvalidArgument with what to write; also for an address with a password in it, and for one without TLS (imap://) of
// another machine.
[[nodiscard]] Result<Address> ParseAddress(std::string_view text);

// What a mail's document is called: its subject.
[[nodiscard]] std::string NameOfMail(std::string_view first_bytes);

}  // namespace counsel::mail
