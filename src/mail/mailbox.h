// The folders of mailboxes that are followed, as they are kept in the home's mailboxes.json (mode 0600; no secrets).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace counsel::mail {

struct Mailbox {
  Mailbox() = default;
  std::string id;
  std::string address;        // imaps://…
  std::string matter;         // its mails' documents are of this one
  std::string password_file;  // one of these two
  std::string token_command;  // prints a token of OAuth (XOAUTH2)
  std::string ca_file;        // certificates to trust instead of the system's; "": the system's

  // How far it was read: up to this number, as long as UIDVALIDITY stays.
  std::uint32_t validity = 0;
  std::uint32_t last = 0;

  std::int64_t mails = 0;      // that became documents, or were documents before
  std::int64_t skipped = 0;    // too large
  std::int64_t looked_at = 0;  // unix seconds of the last look that succeeded; 0: none has
  std::string error;           // of the last look; "": it succeeded
};

// Those in the file; none when there is no file. kCorrupt: it cannot be understood.
[[nodiscard]] Result<std::vector<Mailbox>> ReadMailboxes(const std::filesystem::path& file);
[[nodiscard]] Result<void> WriteMailboxes(const std::filesystem::path& file, const std::vector<Mailbox>& mailboxes);

}  // namespace counsel::mail
