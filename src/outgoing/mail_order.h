// One look into a folder of a mailbox on another machine: the order for `counsel-remote --mail` on descriptor 3, its
// answer on 4. Pure; both sides check what they read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace counsel::outgoing {

struct MailOrder {
  MailOrder() = default;
  std::string host;
  int port = 993;
  bool secure = true;  // false: without TLS, which is for this machine's own servers
  std::string user;
  bool token = false;            // the secret is one of OAuth, not a password
  std::string folder;            // UTF-8
  std::string ca_file;           // "": the system's authorities
  std::uint32_t validity = 0;    // UIDVALIDITY of what was read before; 0: nothing was
  std::uint32_t after = 0;       // the last UID that was read
  std::uint64_t size_limit = 0;  // of a mail
};

// The text holds the secret: wipe it.
[[nodiscard]] std::string FormatMailOrder(const MailOrder& order, std::string_view secret);
[[nodiscard]] Result<MailOrder> ReadMailOrder(std::string_view text, Secret* secret);

// What stands in the frames of kind kHead: first the folder (uid 0), then each mail, whose `size` bytes follow in
// frames of kind kBytes; of one over the limit none do.
struct MailHead {
  std::uint32_t validity = 0;
  std::uint32_t uid = 0;
  std::uint64_t size = 0;
  bool too_large = false;
  std::uint64_t waiting = 0;  // mails behind it
};
[[nodiscard]] std::string FormatMailHead(const MailHead& head);
[[nodiscard]] Result<MailHead> ReadMailHead(std::string_view payload);

}  // namespace counsel::outgoing
