#include "outgoing/outgoing.h"

#include <filesystem>
#include <optional>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <strings.h>

#include "outgoing/transfer.h"

namespace counsel::outgoing {
namespace {

constexpr std::size_t kMostHeaders = 200;
constexpr const char* kLibraryName = "libcounsel_outgoing.so";

struct Library {
  CounselRunTransfer run_transfer = nullptr;
  CounselRunExchange run_exchange = nullptr;
  std::string problem;
};

// Beside the program, or in ../lib of an installed one.
void* OpenBesideProgram(std::string* problem) {
  std::error_code failed;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  for (const std::filesystem::path& path : {folder / kLibraryName, folder / "../lib" / kLibraryName}) {
    void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) return handle;
    const char* reason = ::dlerror();
    if (problem->empty() && reason != nullptr) *problem = reason;
  }
  return nullptr;
}

Library OpenLibrary() {
  Library library;
  void* handle = OpenBesideProgram(&library.problem);
  if (handle == nullptr) return library;
  const auto version = reinterpret_cast<CounselTransferVersion>(::dlsym(handle, "counsel_transfer_version"));
  const auto transfer = reinterpret_cast<CounselRunTransfer>(::dlsym(handle, "counsel_run_transfer"));
  const auto exchange = reinterpret_cast<CounselRunExchange>(::dlsym(handle, "counsel_run_exchange"));
  if (version == nullptr || transfer == nullptr || exchange == nullptr || version() != COUNSEL_TRANSFER_VERSION) {
    library.problem = std::string(kLibraryName) + " belongs to another version of Counsel";
    return library;
  }
  library.run_transfer = transfer;
  library.run_exchange = exchange;
  return library;
}

// Opened once; never closed, because libcurl's TLS library must not be unloaded.
Result<const Library*> TheLibrary() {
  static const Library library = OpenLibrary();
  if (library.run_transfer != nullptr) return &library;
  return Fail(ErrorCode::kUnsupported, "Counsel cannot use the network: " + library.problem + ".", "Run: ./run setup");
}

// The C callbacks' way back to the request, and what one of them returned as an error.
struct Context {
  const DownloadRequest& request;
  std::optional<Error> error;

  int Keep(const Result<void>& result) {
    if (!result) error = result.error();
    return result ? 1 : 0;
  }
};

int OnBegin(void* context, std::uint64_t start, std::uint64_t total) {
  auto* self = static_cast<Context*>(context);
  return self->request.begin ? self->Keep(self->request.begin(start, total)) : 1;
}
int OnWrite(void* context, const char* bytes, std::size_t size) {
  auto* self = static_cast<Context*>(context);
  return self->request.write ? self->Keep(self->request.write(std::string_view(bytes, size))) : 1;
}
int OnGoOn(void* context) {
  const auto* self = static_cast<Context*>(context);
  return !self->request.go_on || self->request.go_on() ? 1 : 0;
}

// An address without what may be secret in it.
std::string Shown(const std::string& url) {
  std::string shown = url.substr(0, url.find_first_of("?#"));
  const std::size_t host = shown.find("://");
  const std::size_t at = host == std::string::npos ? host : shown.find('@', host);
  if (at != std::string::npos && at < shown.find('/', host + 3)) shown.erase(host + 3, at + 1 - (host + 3));
  return shown;
}

Error StatusError(long status, const std::string& url) {
  const std::string text = std::to_string(status);
  if (status == 404 || status == 410) {
    return {ErrorCode::kNotFound, "There is nothing at " + url + " (status " + text + ").", "Check the address."};
  }
  if (status == 401 || status == 403) {
    return {ErrorCode::kPermissionDenied, url + " does not give this to us (status " + text + ").",
            "It may ask for an account: download it with a browser."};
  }
  return {ErrorCode::kUnavailable, url + " answered with status " + text + ".", "Try again later."};
}

Error Explain(CounselTransferEnd end, const std::string& shown_url, const char* message, std::uint64_t size_limit) {
  switch (end) {
    case kTransferBadAddress:
      return {ErrorCode::kInvalidArgument, "'" + shown_url + "' is not an https address that can be used.",
              "Give one that begins with https:// and has no password in it."};
    case kTransferTimedOut:
      return {ErrorCode::kDeadlineExceeded, shown_url + " does not answer, or no longer sends.", "Try again later."};
    case kTransferTooLarge:
      return {ErrorCode::kTooLarge,
              "What " + shown_url + " sends is larger than " + std::to_string(size_limit) + " bytes."};
    case kTransferStopped:
      return {ErrorCode::kCancelled, "The download was stopped."};
    case kTransferUntrusted:
      return {ErrorCode::kPermissionDenied, "Cannot trust " + shown_url + ": " + message + ".",
              "Something between here and there may read along; nothing was sent."};
    default:
      return {ErrorCode::kUnavailable, "Cannot get " + shown_url + ": " + message + ".",
              "Check the network, then try again."};
  }
}

// As Context, for one request.
struct Running {
  const Request& request;
  CounselExchange exchange{};
  Reply reply;
  std::optional<Error> error;
};

int OnReplyHeader(void* context, const char* line, std::size_t size) {
  Reply& reply = static_cast<Running*>(context)->reply;
  const std::string_view text(line, size);
  if (text.starts_with("HTTP/")) reply.headers.clear();  // an interim reply, or a proxy's, came before this one
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || reply.headers.size() >= kMostHeaders) return 1;
  const std::size_t value = text.find_first_not_of(" \t", colon + 1);
  reply.headers.emplace_back(text.substr(0, colon), value == std::string_view::npos ? "" : text.substr(value));
  return 1;
}
int OnReplyGoOn(void* context) {
  const auto* self = static_cast<Running*>(context);
  return !self->request.go_on || self->request.go_on() ? 1 : 0;
}
void OnRedirect(void* context, const char* url) {
  static_cast<Running*>(context)->reply.redirect = url;
}

int OnReplyBytes(void* context, const char* bytes, std::size_t size) {
  auto* self = static_cast<Running*>(context);
  if (!self->request.write || self->exchange.status != 200) {
    self->reply.body.append(bytes, size);
    return 1;
  }
  const Result<void> written = self->request.write(std::string_view(bytes, size));
  if (!written) self->error = written.error();
  return written ? 1 : 0;
}

}  // namespace

Result<void> Download(const DownloadRequest& request) {
  const Result<const Library*> library = TheLibrary();
  if (!library) return Fail(library.error());
  Context context{request, std::nullopt};
  CounselTransfer transfer{};
  transfer.url = request.url.c_str();
  transfer.user_agent = COUNSEL_USER_AGENT;
  transfer.offset = request.offset;
  transfer.size_limit = request.size_limit;
  transfer.connect_seconds = request.connect_timeout.count();
  transfer.stall_seconds = request.stall_timeout.count();
  transfer.begin = OnBegin;
  transfer.write = OnWrite;
  transfer.go_on = OnGoOn;
  transfer.context = &context;
  const CounselTransferEnd end = (*library)->run_transfer(&transfer);
  if (context.error) return Fail(std::move(*context.error));
  if (end == kTransferDone) return {};
  const std::string shown = Shown(request.url);
  if (end == kTransferBadStatus) return Fail(StatusError(transfer.status, shown));
  return Fail(Explain(end, shown, transfer.message, request.size_limit));
}

std::optional<std::string_view> FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [header, value] : headers) {
    if (header.size() == name.size() && ::strncasecmp(header.data(), name.data(), name.size()) == 0) return value;
  }
  return std::nullopt;
}

Result<Reply> Send(const Request& request) {
  const Result<const Library*> library = TheLibrary();
  if (!library) return Fail(library.error());
  std::vector<std::string> lines;
  for (const auto& [name, value] : request.headers) {
    lines.push_back(name + ": ");
    lines.back() += value;
  }
  std::vector<const char*> headers;
  for (const std::string& line : lines) headers.push_back(line.c_str());
  headers.push_back(nullptr);
  Running running{request, {}, Reply(), std::nullopt};
  CounselExchange& exchange = running.exchange;
  exchange.url = request.url.c_str();
  exchange.user_agent = COUNSEL_USER_AGENT;
  exchange.headers = headers.data();
  exchange.user = request.user;
  exchange.ca_file = request.ca_file.empty() ? nullptr : request.ca_file.c_str();
  exchange.size_limit = request.size_limit;
  exchange.connect_seconds = request.connect_timeout.count();
  exchange.stall_seconds = request.stall_timeout.count();
  exchange.total_seconds = request.total_timeout.count();
  exchange.header = OnReplyHeader;
  exchange.write = OnReplyBytes;
  exchange.go_on = OnReplyGoOn;
  exchange.redirect = OnRedirect;
  exchange.context = &running;
  const CounselTransferEnd end = (*library)->run_exchange(&exchange);
  if (running.error) return Fail(std::move(*running.error));
  if (end != kTransferDone) return Fail(Explain(end, Shown(request.url), exchange.message, request.size_limit));
  running.reply.status = static_cast<int>(exchange.status);
  return std::move(running.reply);
}

bool IsUsableAddress(std::string_view url) {
  const bool https = url.starts_with("https://");
  if (!https && !url.starts_with("http://")) return false;
  url.remove_prefix(https ? 8 : 7);
  const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (authority.empty() || authority.find_first_of("@\\ ") != std::string_view::npos) return false;
  if (https) return true;
  const std::string host(authority.front() == '[' ? authority.substr(0, authority.find(']') + 1)
                                                  : authority.substr(0, authority.rfind(':')));
  in_addr v4{};
  return host == "localhost" || host == "[::1]" ||
         (::inet_pton(AF_INET, host.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127);
}

}  // namespace counsel::outgoing
