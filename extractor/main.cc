// counsel-extract: reads one document from descriptor 3, writes its text, or what was asked of one page, to descriptor
// 4 (src/documents/extraction.h). The document's name is what descriptor 4 holds before: arguments are there for every
// account of the machine to read.
//
// It parses hostile bytes, so it closes a sandbox around itself before it looks at them (sandbox/sandbox.h); the daemon
// adds limits on memory, time and output. Exit status: 0 text, 2 refused with a reason, 3 a document that the other
// program reads (elsewhere.h), others are crashes.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "extractor/answer.h"
#include "extractor/elsewhere.h"
#include "extractor/sandbox/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)
// The leak checker starts a process and traces it, which the sandbox forbids; the reader's tests look for leaks.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}
#endif

namespace counsel::extractor {
namespace {

constexpr int kUsage = 64;
constexpr std::size_t kLongestName = std::size_t{64} << 10;

// What the task's libraries read after the sandbox is closed, beside the document.
sandbox::Report EnterSandbox(const Order& order) {
  sandbox::Policy policy;
  // poppler's tables of East Asian characters, looked up by the names that a document gives.
  policy.read_only = {"/usr/share/poppler"};
  if (order.task == Task::kOcr && order.page.language_data) {
    policy.read_only.push_back(*order.page.language_data);
  }
  // Fonts that a PDF names and does not hold. To read it needs none.
  if (order.task == Task::kImage) {
    for (const char* folder : {"/usr/share/fonts", "/etc/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig"}) {
      policy.read_only.emplace_back(folder);
    }
  }
  return sandbox::Enter(policy);
}

// One line of JSON for `counsel doctor`.
int ReportSandbox() {
  const sandbox::Report report = EnterSandbox(Order());
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

bool Parse(int argc, char** argv, Order* order) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::string_view value = argv[i + 1];
    bool good = true;
    if (option == "--task") good = ParseTask(value, &order->task);
    if (option == "--max-text-bytes") good = ParseNumber(value, &order->limits.text_bytes);
    if (option == "--max-unpacked-bytes") good = ParseNumber(value, &order->limits.unpacked_bytes);
    if (option == "--max-embedded-files") good = ParseNumber(value, &order->limits.embedded_files);
    if (option == "--max-pages") good = ParseNumber(value, &order->limits.pages);
    if (option == "--from") good = ParseNumber(value, &order->batch.from);
    if (option == "--place") good = ParseNumber(value, &order->batch.place);
    if (option == "--page") good = ParseNumber(value, &order->page.page);
    if (option == "--max-pixels") good = ParseNumber(value, &order->page.most_pixels);
    if (option == "--languages") order->page.languages = value;
    if (option == "--marks") good = ParseMarks(value, &order->page.marks);
    if (!good) return false;
  }
  return argc % 2 == 1;
}

// Takes the name out of the file that the answer goes to; where there is none, or only writing, it stays "document".
void TakeName(std::string* name) {
  std::string held(kLongestName, '\0');
  const ssize_t n = ::pread(kResult, held.data(), held.size(), 0);
  if (n <= 0 || ::ftruncate(kResult, 0) != 0) return;
  *name = held.substr(0, static_cast<std::size_t>(n));
}

int Main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--sandbox-report") return ReportSandbox();
  if (argc == 2 && std::string_view(argv[1]) == "--ocr-report") return ReportOcr();
  Order order;
  if (!Parse(argc, argv, &order) || ::fcntl(kDocument, F_GETFD) < 0 || ::fcntl(kResult, F_GETFD) < 0) {
    std::fputs(
        "usage: counsel-extract [--max-text-bytes N] [--max-unpacked-bytes N] [--max-embedded-files N]\n"
        "                       [--max-pages N] [--from N --place N] 3<DOCUMENT 4>RESULT\n"
        "       counsel-extract --task ocr|words|image --page N [--languages eng] [--max-pixels N]\n"
        "                       [--marks LEFT,TOP,RIGHT,BOTTOM;…] 3<DOCUMENT 4>RESULT\n"
        "A RESULT that can be read (4<>RESULT) holds the document's name at first.\n"
        "       counsel-extract --sandbox-report | --ocr-report\n",
        stderr);
    return kUsage;
  }
  TakeName(&order.name);
  order.page.language_data = FindLanguageData();
  LoadEarly();
  const bool confined = EnterSandbox(order).confined;
  try {
    return Answer(order, confined);
  } catch (const ReadElsewhere&) {
    return kReadElsewhere;
  }
}

}  // namespace
}  // namespace counsel::extractor

int main(int argc, char** argv) {
  return counsel::extractor::Main(argc, argv);
}
