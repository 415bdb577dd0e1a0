// counsel-extract: reads one document from descriptor 3, writes its text to descriptor 4 (src/documents/extraction.h).
//
// It parses hostile bytes, so it closes a sandbox around itself before it looks at them (sandbox/sandbox.h); the daemon
// adds limits on memory, time and output. Exit status: 0 text, 2 refused with a reason, others are crashes.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <new>

#include <fcntl.h>
#include <iconv.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "extractor/document.h"
#include "extractor/sandbox/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)
// The leak checker starts a process and traces it, which the sandbox forbids; the reader's tests look for leaks.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}
#endif

namespace counsel::extractor {
namespace {

constexpr int kDocument = 3;
constexpr int kResult = 4;
constexpr int kRefused = 2;
constexpr int kUsage = 64;
constexpr std::size_t kMaxInput = std::size_t{1} << 30;

// What libraries load from files when they first need it, which is after the sandbox is closed.
void LoadEarly() {
  ::tzset();
  PrepareMail();
  // poppler converts through iconv. A converter stays loaded as long as it is open: for good.
  ::iconv_open("UTF-8", "UTF-16");
}

sandbox::Report EnterSandbox() {
  sandbox::Policy policy;
  // poppler's tables of East Asian characters, looked up by the names that a document gives.
  policy.read_only = {"/usr/share/poppler"};
  return sandbox::Enter(policy);
}

// One line of JSON for `counsel doctor`.
int ReportSandbox() {
  const sandbox::Report report = EnterSandbox();
  nlohmann::json layers = nlohmann::json::array();
  for (const sandbox::LayerState& layer : report.layers) {
    layers.push_back({{"layer", layer.name}, {"active", layer.active}, {"detail", layer.detail}});
  }
  std::printf("%s\n", nlohmann::json({{"confined", report.confined}, {"layers", layers}}).dump().c_str());
  return 0;
}

Result<std::string> ReadAll() {
  std::string bytes;
  std::string buffer(std::size_t{1} << 20, '\0');
  for (;;) {
    const ssize_t n = ::read(kDocument, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail(ErrnoError(errno, "The document cannot be read"));
    if (n == 0) return bytes;
    if (bytes.size() + static_cast<std::size_t>(n) > kMaxInput) {
      return Fail(ErrorCode::kTooLarge, "The document is larger than 1 GiB.", "Split it into smaller files.");
    }
    bytes.append(buffer, 0, static_cast<std::size_t>(n));
  }
}

bool WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(kResult, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool WriteResult(const Result<Document>& document) {
  if (!WriteAll(Frame(document))) return false;
  return !document || std::all_of(document->embedded.begin(), document->embedded.end(),
                                  [](const Embedded& file) { return WriteAll(file.bytes); });
}

Result<Document> Read(const std::string& name, std::size_t max_text_bytes) {
  Result<std::string> bytes = ReadAll();
  if (!bytes) return Fail(std::move(bytes.error()));
  return ReadDocument(*bytes, name, max_text_bytes);
}

Result<Document> ReadWithoutThrowing(const std::string& name, std::size_t max_text_bytes) {
  try {
    return Read(name, max_text_bytes);
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kOutOfMemory, "'" + name + "' needs more memory than reading a document may take.",
                "Split the document into smaller files.");
  } catch (const std::exception&) {
    return Fail(ErrorCode::kCorrupt, "'" + name + "' could not be read: it is damaged.",
                "Open it in a viewer and save it anew, or get another copy.");
  }
}

Result<Document> Unconfined() {
  return Fail(ErrorCode::kUnsupported, "No document is read here: this system offers no way to confine the reader.",
              "Use a Linux kernel with seccomp; counsel doctor shows what is missing.");
}

int Main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--sandbox-report") return ReportSandbox();
  std::string name = "document";
  std::size_t max_text_bytes = std::size_t{64} << 20;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::string_view value = argv[i + 1];
    if (option == "--name") name = value;
    if (option == "--max-text-bytes") std::from_chars(value.data(), value.data() + value.size(), max_text_bytes);
  }
  if (argc % 2 == 0 || ::fcntl(kDocument, F_GETFD) < 0 || ::fcntl(kResult, F_GETFD) < 0) {
    std::fputs(
        "usage: counsel-extract --name NAME [--max-text-bytes N] 3<DOCUMENT 4>RESULT\n       counsel-extract "
        "--sandbox-report\n",
        stderr);
    return kUsage;
  }
  LoadEarly();
  const bool confined = EnterSandbox().confined;
  const Result<Document> document = confined ? ReadWithoutThrowing(name, max_text_bytes) : Unconfined();
  return WriteResult(document) ? (document ? 0 : kRefused) : 1;
}

}  // namespace
}  // namespace counsel::extractor

int main(int argc, char** argv) {
  return counsel::extractor::Main(argc, argv);
}
