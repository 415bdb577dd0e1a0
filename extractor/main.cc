// counsel-extract: reads one document from descriptor 3, writes its text, or what was asked of one page, to descriptor
// 4 (src/documents/extraction.h).
//
// It parses hostile bytes, so it closes a sandbox around itself before it looks at them (sandbox/sandbox.h); the daemon
// adds limits on memory, time and output. Exit status: 0 text, 2 refused with a reason, others are crashes.
#include <algorithm>
#include <array>
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
#include "extractor/page.h"
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

enum class Task { kText, kOcr, kWords, kImage };

struct Arguments {
  Arguments() = default;
  Task task = Task::kText;
  std::string name = "document";
  Limits limits;
  PageRequest page;
};

// What the task's libraries read after the sandbox is closed, beside the document.
sandbox::Report EnterSandbox(const Arguments& arguments) {
  sandbox::Policy policy;
  // poppler's tables of East Asian characters, looked up by the names that a document gives.
  policy.read_only = {"/usr/share/poppler"};
  if (arguments.task == Task::kOcr && arguments.page.language_data) {
    policy.read_only.push_back(*arguments.page.language_data);
  }
  // Fonts that a PDF names and does not hold. To read it needs none.
  if (arguments.task == Task::kImage) {
    for (const char* folder : {"/usr/share/fonts", "/etc/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig"}) {
      policy.read_only.emplace_back(folder);
    }
  }
  return sandbox::Enter(policy);
}

// One line of JSON for `counsel doctor`.
int ReportSandbox() {
  const sandbox::Report report = EnterSandbox(Arguments());
  nlohmann::json layers = nlohmann::json::array();
  for (const sandbox::LayerState& layer : report.layers) {
    layers.push_back({{"layer", layer.name}, {"active", layer.active}, {"detail", layer.detail}});
  }
  std::printf("%s\n", nlohmann::json({{"confined", report.confined}, {"layers", layers}}).dump().c_str());
  return 0;
}

// Likewise: what OCR there is.
int ReportOcr() {
  const std::optional<std::filesystem::path> data = FindLanguageData();
  const nlohmann::json report = {
      {"version", OcrVersion()}, {"folder", data ? data->string() : ""}, {"languages", InstalledLanguages()}};
  std::printf("%s\n", report.dump().c_str());
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

// `read` of the document's bytes, whatever a library throws.
template <class Read>
auto ReadWithoutThrowing(const std::string& name, Read read) -> decltype(read(std::string())) {
  try {
    Result<std::string> bytes = ReadAll();
    if (!bytes) return Fail(std::move(bytes.error()));
    return read(*bytes);
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kOutOfMemory, "'" + name + "' needs more memory than reading a document may take.",
                "Split the document into smaller files.");
  } catch (const std::exception&) {
    return Fail(ErrorCode::kCorrupt, "'" + name + "' could not be read: it is damaged.",
                "Open it in a viewer and save it anew, or get another copy.");
  }
}

tl::unexpected<Error> Unconfined() {
  return Fail(ErrorCode::kUnsupported, "No document is read here: this system offers no way to confine the reader.",
              "Use a Linux kernel with seccomp; counsel doctor shows what is missing.");
}

// The exit status. Each task's answer, or why there is none.
int Answer(const Arguments& arguments, bool confined) {
  const std::string& name = arguments.name;
  const PageRequest& request = arguments.page;
  if (arguments.task == Task::kText) {
    const auto read = [&](const std::string& bytes) { return ReadDocument(bytes, name, arguments.limits); };
    const Result<Document> document = confined ? ReadWithoutThrowing(name, read) : Result<Document>(Unconfined());
    return WriteResult(document) ? (document ? 0 : kRefused) : 1;
  }
  if (arguments.task == Task::kImage) {
    const auto read = [&](const std::string& bytes) { return ShowPage(bytes, name, request); };
    const Result<std::string> png = confined ? ReadWithoutThrowing(name, read) : Result<std::string>(Unconfined());
    return WriteAll(FrameImage(png)) ? (png ? 0 : kRefused) : 1;
  }
  const auto read = [&](const std::string& bytes) {
    return arguments.task == Task::kOcr ? ReadPageByOcr(bytes, name, request) : PlaceWords(bytes, name, request);
  };
  const Result<PlacedPage> page = confined ? ReadWithoutThrowing(name, read) : Result<PlacedPage>(Unconfined());
  return WriteAll(FramePage(page)) ? (page ? 0 : kRefused) : 1;
}

template <class Number>
bool ParseNumber(std::string_view text, Number* number) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return failed == std::errc() && end == text.data() + text.size();
}

// "left,top,right,bottom;…"
bool ParseMarks(std::string_view text, std::vector<Box>* marks) {
  std::vector<double> numbers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;"), text.size());
    double number = 0;
    if (!ParseNumber(text.substr(0, end), &number)) return false;
    numbers.push_back(number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (std::size_t i = 0; i + 3 < numbers.size(); i += 4) {
    marks->push_back({numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3]});
  }
  return numbers.size() % 4 == 0;
}

bool ParseTask(std::string_view text, Task* task) {
  constexpr std::array<std::pair<std::string_view, Task>, 4> kTasks = {
      {{"text", Task::kText}, {"ocr", Task::kOcr}, {"words", Task::kWords}, {"image", Task::kImage}}};
  const auto* found = std::find_if(kTasks.begin(), kTasks.end(), [text](const auto& one) { return one.first == text; });
  if (found == kTasks.end()) return false;
  *task = found->second;
  return true;
}

bool Parse(int argc, char** argv, Arguments* arguments) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::string_view value = argv[i + 1];
    bool good = true;
    if (option == "--name") arguments->name = value;
    if (option == "--task") good = ParseTask(value, &arguments->task);
    if (option == "--max-text-bytes") good = ParseNumber(value, &arguments->limits.text_bytes);
    if (option == "--max-unpacked-bytes") good = ParseNumber(value, &arguments->limits.unpacked_bytes);
    if (option == "--max-embedded-files") good = ParseNumber(value, &arguments->limits.embedded_files);
    if (option == "--max-pages") good = ParseNumber(value, &arguments->limits.pages);
    if (option == "--page") good = ParseNumber(value, &arguments->page.page);
    if (option == "--max-pixels") good = ParseNumber(value, &arguments->page.most_pixels);
    if (option == "--languages") arguments->page.languages = value;
    if (option == "--marks") good = ParseMarks(value, &arguments->page.marks);
    if (!good) return false;
  }
  return argc % 2 == 1;
}

int Main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--sandbox-report") return ReportSandbox();
  if (argc == 2 && std::string_view(argv[1]) == "--ocr-report") return ReportOcr();
  Arguments arguments;
  if (!Parse(argc, argv, &arguments) || ::fcntl(kDocument, F_GETFD) < 0 || ::fcntl(kResult, F_GETFD) < 0) {
    std::fputs(
        "usage: counsel-extract --name NAME [--max-text-bytes N] [--max-unpacked-bytes N] [--max-embedded-files N]\n"
        "                       [--max-pages N] 3<DOCUMENT 4>RESULT\n"
        "       counsel-extract --name NAME --task ocr|words|image --page N [--languages eng] [--max-pixels N]\n"
        "                       [--marks LEFT,TOP,RIGHT,BOTTOM;…] 3<DOCUMENT 4>RESULT\n"
        "       counsel-extract --sandbox-report | --ocr-report\n",
        stderr);
    return kUsage;
  }
  arguments.page.language_data = FindLanguageData();
  LoadEarly();
  return Answer(arguments, EnterSandbox(arguments).confined);
}

}  // namespace
}  // namespace counsel::extractor

int main(int argc, char** argv) {
  return counsel::extractor::Main(argc, argv);
}
