#include "outgoing/outgoing.h"

#include <filesystem>
#include <optional>

#include <dlfcn.h>

#include "outgoing/transfer.h"

namespace counsel::outgoing {
namespace {

constexpr const char* kLibraryName = "libcounsel_outgoing.so";

struct Library {
  CounselRunTransfer run = nullptr;
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
  const auto run = reinterpret_cast<CounselRunTransfer>(::dlsym(handle, "counsel_run_transfer"));
  if (version == nullptr || run == nullptr || version() != COUNSEL_TRANSFER_VERSION) {
    library.problem = std::string(kLibraryName) + " belongs to another version of Counsel";
    return library;
  }
  library.run = run;
  return library;
}

// Opened once; never closed, because libcurl's TLS library must not be unloaded.
const Library& TheLibrary() {
  static const Library library = OpenLibrary();
  return library;
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

Error Explain(CounselTransferEnd end, const CounselTransfer& transfer, const DownloadRequest& request) {
  const std::string url = Shown(request.url);
  switch (end) {
    case kTransferBadAddress:
      return {ErrorCode::kInvalidArgument, "'" + url + "' is not an https address that can be used.",
              "Give one that begins with https:// and has no password in it."};
    case kTransferBadStatus:
      return StatusError(transfer.status, url);
    case kTransferTimedOut:
      return {ErrorCode::kDeadlineExceeded, url + " does not answer, or no longer sends.", "Try again later."};
    case kTransferTooLarge:
      return {ErrorCode::kTooLarge,
              "What " + url + " sends is larger than " + std::to_string(request.size_limit) + " bytes."};
    case kTransferStopped:
      return {ErrorCode::kCancelled, "The download was stopped."};
    default:
      return {ErrorCode::kUnavailable, "Cannot get " + url + ": " + transfer.message + ".",
              "Check the network, then try again."};
  }
}

}  // namespace

Result<void> Download(const DownloadRequest& request) {
  const Library& library = TheLibrary();
  if (library.run == nullptr) {
    return Fail(ErrorCode::kUnsupported, "Counsel cannot use the network: " + library.problem + ".",
                "Run: ./run setup");
  }
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
  const CounselTransferEnd end = library.run(&transfer);
  if (context.error) return Fail(std::move(*context.error));
  if (end == kTransferDone) return {};
  return Fail(Explain(end, transfer, request));
}

}  // namespace counsel::outgoing
