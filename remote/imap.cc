#include "imap.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"

namespace counsel::remote {
namespace {

constexpr long kConnectSeconds = 15;
constexpr int kStallMilliseconds = 60'000;
constexpr std::size_t kLongestLine = std::size_t{16} << 20;  // a search's answer names every mail
constexpr std::uint64_t kMoreThanAMail = std::uint64_t{1} << 20;
constexpr std::size_t kMostLines = 2'000'000;

tl::unexpected<Error> Nonsense(const char* what) {
  return Fail(ErrorCode::kCorrupt, std::string("the server sent ") + what);
}

bool BeginsWith(std::string_view text, std::string_view words) {
  return text.size() >= words.size() && ::strncasecmp(text.data(), words.data(), words.size()) == 0;
}

}  // namespace

Result<void> Imap::Connect() {
  StartCurl();
  // TLS, or nothing, to that port: libcurl is asked for no more than the connection.
  const std::string host = order_.host.find(':') == std::string::npos ? order_.host : "[" + order_.host + "]";
  const std::string url = (order_.secure ? "https://" : "http://") + host + ":" + std::to_string(order_.port) + "/";
  const Address address = Judge(url);
  if (address.scheme == Scheme::kRefused) {
    return Fail(ErrorCode::kInvalidArgument, "without TLS (imap://) only servers on this machine are asked");
  }
  curl_.reset(curl_easy_init());
  CURL* curl = curl_.get();
  if (curl == nullptr) return Fail(ErrorCode::kOutOfMemory, "no memory");
  AllowOnly(curl, address);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason_);
  if (!order_.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, order_.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    const bool untrusted = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
    return Fail(untrusted                          ? ErrorCode::kPermissionDenied
                : code == CURLE_OPERATION_TIMEDOUT ? ErrorCode::kDeadlineExceeded
                                                   : ErrorCode::kUnavailable,
                reason_[0] != '\0' ? reason_ : curl_easy_strerror(code));
  }
  Result<ImapLine> greeting = Next();
  if (!greeting) return Fail(std::move(greeting.error()));
  if (!BeginsWith(greeting->text, "* OK")) return Nonsense("no greeting of a mail server");
  return {};
}

Result<void> Imap::Wait(bool to_write) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(curl_.get(), CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK || socket == CURL_SOCKET_BAD) {
    return Fail(ErrorCode::kUnavailable, "the connection is broken");
  }
  pollfd waiting{socket, static_cast<short>(to_write ? POLLOUT : POLLIN), 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, kStallMilliseconds);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return Fail(ErrorCode::kDeadlineExceeded, "the server does not answer");
  if (ready < 0) return Fail(ErrorCode::kUnavailable, "the connection is broken");
  return {};
}

Result<void> Imap::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const CURLcode code = curl_easy_send(curl_.get(), bytes.data(), bytes.size(), &sent);
    if (code == CURLE_AGAIN) {
      RETURN_IF_ERROR(Wait(true));
      continue;
    }
    if (code != CURLE_OK) return Fail(ErrorCode::kUnavailable, "the server closed the connection");
    bytes.remove_prefix(sent);
  }
  return {};
}

// More bytes.
Result<void> Imap::Receive() {
  std::string buffer(std::size_t{64} << 10, '\0');
  for (;;) {
    std::size_t size = 0;
    const CURLcode code = curl_easy_recv(curl_.get(), buffer.data(), buffer.size(), &size);
    if (code == CURLE_AGAIN) {
      RETURN_IF_ERROR(Wait(false));
      continue;
    }
    if (code != CURLE_OK || size == 0) return Fail(ErrorCode::kUnavailable, "the server closed the connection");
    received_.append(buffer, 0, size);
    return {};
  }
}

Result<std::string> Imap::ReadLine() {
  for (std::size_t looked = 0;;) {
    const std::size_t end = received_.find("\r\n", looked);
    if (end != std::string::npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + 2);
      return line;
    }
    if (received_.size() > kLongestLine) return Nonsense("a line that does not end");
    looked = received_.empty() ? 0 : received_.size() - 1;
    RETURN_IF_ERROR(Receive());
  }
}

Result<ImapLine> Imap::Next() {
  ImapLine line;
  for (;;) {
    ASSIGN_OR_RETURN(std::string piece, ReadLine());
    line.text += piece;
    const std::optional<std::uint64_t> size = LiteralSize(piece);
    if (!size) break;
    if (*size > order_.size_limit + kMoreThanAMail || line.literals.size() > 100)
      return Nonsense("more than was asked for");
    while (received_.size() < *size) RETURN_IF_ERROR(Receive());
    line.literals.push_back(received_.substr(0, static_cast<std::size_t>(*size)));
    received_.erase(0, static_cast<std::size_t>(*size));
  }
  if (BeginsWith(line.text, "* BYE")) {
    return Fail(ErrorCode::kUnavailable, "the server ended the conversation: " + line.text.substr(5, 200));
  }
  return line;
}

Result<std::vector<ImapLine>> Imap::Command(std::string_view text) {
  const std::string tag = "c" + std::to_string(++commands_);
  RETURN_IF_ERROR(Send(tag + " " + std::string(text) + "\r\n"));
  return Answers(tag);
}

Result<std::vector<ImapLine>> Imap::Answers(const std::string& tag) {
  std::vector<ImapLine> lines;
  for (;;) {
    ASSIGN_OR_RETURN(ImapLine line, Next());
    if (line.text.starts_with(tag + " ")) {
      const std::string_view end = std::string_view(line.text).substr(tag.size() + 1);
      if (BeginsWith(end, "OK")) return lines;
      return Fail(ErrorCode::kInvalidArgument, std::string(end.substr(0, 300)));
    }
    if (lines.size() >= kMostLines) return Nonsense("more than was asked for");
    lines.push_back(std::move(line));
  }
}

Result<void> Imap::Authenticate(std::string_view mechanism, std::string_view words) {
  const std::string tag = "c" + std::to_string(++commands_);
  RETURN_IF_ERROR(Send(tag + " AUTHENTICATE " + std::string(mechanism) + "\r\n"));
  for (bool sent = false;;) {
    ASSIGN_OR_RETURN(ImapLine line, Next());
    if (line.text.starts_with(tag + " ")) {
      if (BeginsWith(line.text.substr(tag.size() + 1), "OK")) return {};
      return Fail(ErrorCode::kUnauthenticated, line.text.substr(tag.size() + 1, 300));
    }
    if (!line.text.starts_with("+")) continue;
    // Asked once more it wants to be told that we have seen why not.
    std::string reply = sent ? "\r\n" : EncodeBase64(words) + "\r\n";
    sent = true;
    Result<void> done = Send(reply);
    WipeText(&reply);
    if (!done) return done;
  }
}

Result<void> Imap::Login(const Secret& secret) {
  ASSIGN_OR_RETURN(const std::vector<ImapLine> lines, Command("CAPABILITY"));
  std::string can;
  for (const ImapLine& line : lines) {
    if (BeginsWith(line.text, "* CAPABILITY ")) can += line.text.substr(12) + " ";
  }
  const auto has = [&can](const char* word) { return strcasestr(can.c_str(), word) != nullptr; };
  if (order_.token) {
    if (!has(" AUTH=XOAUTH2 ")) return Fail(ErrorCode::kUnauthenticated, "the server takes no tokens (XOAUTH2)");
    std::string words = "user=" + order_.user + "\x01" + "auth=Bearer " + std::string(secret.view()) + "\x01\x01";
    Result<void> done = Authenticate("XOAUTH2", words);
    WipeText(&words);
    return done;
  }
  if (has(" AUTH=PLAIN ")) {
    std::string words = std::string(1, '\0') + order_.user + std::string(1, '\0') + std::string(secret.view());
    Result<void> done = Authenticate("PLAIN", words);
    WipeText(&words);
    return done;
  }
  const std::optional<std::string> user = ImapQuoted(order_.user);
  std::optional<std::string> password = ImapQuoted(secret.view());
  if (has(" LOGINDISABLED ") || !user || !password) {
    return Fail(ErrorCode::kUnauthenticated, "the server takes no password");
  }
  std::string command = "LOGIN " + *user + " " + *password;
  Result<std::vector<ImapLine>> done = Command(command);
  WipeText(&command);
  WipeText(&*password);
  if (done) return {};
  if (done.error().code != ErrorCode::kInvalidArgument) return Fail(std::move(done.error()));
  return Fail(ErrorCode::kUnauthenticated, done.error().message);
}

Result<std::uint32_t> Imap::Examine() {
  const std::optional<std::string> folder = ImapQuoted(ImapFolderName(order_.folder));
  if (!folder) return Fail(ErrorCode::kNotFound, "there is no such folder");
  Result<std::vector<ImapLine>> lines = Command("EXAMINE " + *folder);
  if (!lines && lines.error().code == ErrorCode::kInvalidArgument) {
    return Fail(ErrorCode::kNotFound, lines.error().message);
  }
  if (!lines) return Fail(std::move(lines.error()));
  for (const ImapLine& line : *lines) {
    const std::optional<std::uint64_t> validity = NumberBehind(line.text, "UIDVALIDITY");
    if (validity && *validity > 0 && *validity <= UINT32_MAX) return static_cast<std::uint32_t>(*validity);
  }
  return Nonsense("no UIDVALIDITY: its mails have no lasting numbers");
}

Result<std::vector<std::pair<std::uint32_t, std::uint64_t>>> Imap::MailsAfter(std::uint32_t after) {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> mails;
  if (after == UINT32_MAX) return mails;
  const std::string range = std::to_string(after + 1) + ":*";
  ASSIGN_OR_RETURN(const std::vector<ImapLine> found, Command("UID SEARCH UID " + range));
  const bool any = std::any_of(found.begin(), found.end(), [after](const ImapLine& line) {
    const std::vector<std::uint32_t> numbers = SearchedNumbers(line.text);
    return std::any_of(numbers.begin(), numbers.end(), [after](std::uint32_t uid) { return uid > after; });
  });
  if (!any) return mails;
  ASSIGN_OR_RETURN(const std::vector<ImapLine> lines, Command("UID FETCH " + range + " (UID RFC822.SIZE)"));
  for (const ImapLine& line : lines) {
    const std::optional<std::uint64_t> uid = NumberBehind(line.text, "UID");
    const std::optional<std::uint64_t> size = NumberBehind(line.text, "RFC822.SIZE");
    // "n:*" is the last mail where there is none from n on.
    if (uid && size && *uid > after && *uid <= UINT32_MAX) mails.emplace_back(static_cast<std::uint32_t>(*uid), *size);
  }
  std::sort(mails.begin(), mails.end());
  mails.erase(std::unique(mails.begin(), mails.end()), mails.end());
  return mails;
}

Result<std::string> Imap::Fetch(std::uint32_t uid) {
  ASSIGN_OR_RETURN(std::vector<ImapLine> lines, Command("UID FETCH " + std::to_string(uid) + " (UID BODY.PEEK[])"));
  for (ImapLine& line : lines) {
    if (NumberBehind(line.text, "UID") == uid && !line.literals.empty()) return std::move(line.literals.front());
  }
  return std::string();
}

void Imap::Logout() {
  (void)Send("c" + std::to_string(++commands_) + " LOGOUT\r\n");
}

}  // namespace counsel::remote
