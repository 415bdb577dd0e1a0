#include "mail/address.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <arpa/inet.h>
#include <strings.h>

#include "base/base64.h"
#include "base/utf8.h"
#include "net/http.h"

namespace counsel::mail {
namespace {

constexpr std::size_t kLongestSubject = 100;

tl::unexpected<Error> Bad(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message),
              "Write it so: imaps://ann@firm.example@mail.example/INBOX");
}

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  return host == "localhost" || host == "::1" ||
         (::inet_pton(AF_INET, host.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127);
}

bool IsHost(const std::string& host) {
  return !host.empty() && host.size() < 256 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ':';
  });
}

bool HasControls(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// "mail.example:993", "[::1]:143"
bool TakeHost(std::string_view place, Address* address) {
  std::string_view port;
  if (place.starts_with("[")) {
    const std::size_t end = place.find(']');
    if (end == std::string_view::npos) return false;
    address->host = place.substr(1, end - 1);
    port = place.substr(end + 1);
  } else {
    const std::size_t colon = std::min(place.find(':'), place.size());
    address->host = place.substr(0, colon);
    port = place.substr(colon);
  }
  if (port.empty()) return true;
  if (!port.starts_with(":")) return false;
  port.remove_prefix(1);
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), address->port);
  return failed == std::errc() && end == port.data() + port.size() && address->port > 0 && address->port < 65'536;
}

// "=?utf-8?Q?caf=C3=A9?=", of UTF-8 alone; others stay as they are.
std::optional<std::string> DecodedWord(std::string_view word) {
  if (word.size() < 12 || ::strncasecmp(word.data(), "=?utf-8?", 8) != 0 || word[9] != '?' || !word.ends_with("?=")) {
    return std::nullopt;
  }
  const std::string_view held = word.substr(10, word.size() - 12);
  if (word[8] == 'B' || word[8] == 'b') return DecodeBase64(held);
  std::string text;
  for (std::size_t i = 0; i < held.size(); ++i) {
    int code = 0;
    if (held[i] == '=' && i + 2 < held.size() &&
        std::from_chars(held.data() + i + 1, held.data() + i + 3, code, 16).ec == std::errc()) {
      text += static_cast<char>(code);
      i += 2;
    } else {
      text += held[i] == '_' ? ' ' : held[i];
    }
  }
  return text;
}

// The value of the header, its lines joined.
std::string Subject(std::string_view mail) {
  for (std::size_t at = 0; at < mail.size();) {
    std::size_t end = std::min(mail.find('\n', at), mail.size());
    const std::string_view line = mail.substr(at, end - at);
    if (line.empty() || line == "\r") break;
    if (line.size() > 8 && ::strncasecmp(line.data(), "subject:", 8) == 0) {
      while (end + 1 < mail.size() && (mail[end + 1] == ' ' || mail[end + 1] == '\t')) {
        end = std::min(mail.find('\n', end + 1), mail.size());
      }
      return std::string(mail.substr(at + 8, end - at - 8));
    }
    at = end + 1;
  }
  return "";
}

}  // namespace

std::string Address::ToString() const {
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  const bool usual = port == (secure ? 993 : 143);
  std::string folders;
  for (const char c : folder) folders += c == '/' ? "/" : net::PercentEncode(std::string(1, c));
  return (secure ? "imaps://" : "imap://") + net::PercentEncode(user) + "@" + shown +
         (usual ? "" : ":" + std::to_string(port)) + "/" + folders;
}

Result<Address> ParseAddress(std::string_view text) {
  Address address;
  if (text.starts_with("imap://")) address.secure = false;
  if (!text.starts_with("imaps://") && address.secure) return Bad("That is no address of a mailbox.");
  if (HasControls(text) || !ValidUtf8(text) || text.size() > 2'000) return Bad("That is no address of a mailbox.");
  text.remove_prefix(address.secure ? 8 : 7);
  address.port = address.secure ? 993 : 143;
  // Of a user with an '@' in it the last one counts, unless it stands in the folder.
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view place = text.substr(0, slash);
  const std::size_t at = place.rfind('@');
  if (at == std::string_view::npos || at == 0) return Bad("The address names no user.");
  if (place.substr(0, at).find(':') != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidArgument, "A password does not belong into the address.",
                "Put it into a file that only you can read (chmod 600) and name that: --password-file FILE");
  }
  const std::optional<std::string> user = net::PercentDecode(place.substr(0, at), false);
  const std::optional<std::string> folder =
      net::PercentDecode(slash < text.size() ? text.substr(slash + 1) : std::string_view(), false);
  if (!user || !folder || HasControls(*user) || HasControls(*folder) || !ValidUtf8(*user) || !ValidUtf8(*folder)) {
    return Bad("That is no address of a mailbox.");
  }
  if (!TakeHost(place.substr(at + 1), &address) || !IsHost(address.host)) return Bad("The address names no server.");
  if (!address.secure && !IsLoopback(address.host)) {
    return Fail(ErrorCode::kInvalidArgument, "Without TLS the password and the mails could be read on the way.",
                "Use imaps:// (imap:// is for a server on this machine).");
  }
  address.user = *user;
  address.folder = folder->empty() ? "INBOX" : *folder;
  return address;
}

std::string NameOfMail(std::string_view first_bytes) {
  const std::string subject = Subject(first_bytes);
  std::string decoded;
  std::string_view rest = subject;
  bool after_word = false;
  while (!rest.empty()) {
    const std::size_t blank = std::min(rest.find_first_of(" \t\r\n"), rest.size());
    const std::string_view word = rest.substr(0, blank);
    rest.remove_prefix(std::min(blank + 1, rest.size()));
    if (word.empty()) continue;
    const std::optional<std::string> plain = DecodedWord(word);
    if (!decoded.empty() && !(plain && after_word)) decoded += ' ';
    decoded += plain ? *plain : std::string(word);
    after_word = plain.has_value();
  }
  std::string name;
  const std::string whole = RepairUtf8(decoded);
  std::size_t letters = 0;
  for (std::size_t i = 0; i < whole.size() && letters < kLongestSubject; ++letters) {
    const char32_t c = NextCodePoint(whole, &i);
    AppendUtf8(c < 0x20 || c == 0x7F || c == U'/' ? U' ' : c, &name);
  }
  return (name.empty() ? "mail" : name) + ".eml";
}

}  // namespace counsel::mail
