// counsel-extract: reads one document from descriptor 3, writes its text, or what was asked of one page, to descriptor
// 4 (src/documents/extraction.h). The document's name is what descriptor 4 holds before: arguments are there for every
// account of the machine to read.
//
// It parses hostile bytes, so it closes a sandbox around itself before it looks at them (sandbox/sandbox.h); the daemon
// adds limits on memory, time and output. Exit status: 0 text, 2 refused with a reason, 3 a document that the other
// program reads (elsewhere.h), others are crashes.
#include <cstdio>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "extractor/command.h"
#include "extractor/elsewhere.h"
#include "extractor/sandbox/sandbox.h"
#include "extractor/zygote.h"

#if defined(__SANITIZE_ADDRESS__)
// The leak checker starts a process and traces it, which the sandbox forbids; the reader's tests look for leaks.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}
#endif

namespace counsel::extractor {
namespace {

constexpr int kUsage = 64;

// What the task's libraries read after the sandbox is closed, beside the document.
sandbox::Report EnterSandbox(const Order& order, sandbox::Policy policy) {
  policy.read_only = {kCharacterTables};
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
  const sandbox::Report report = EnterSandbox(Order(), sandbox::Policy());
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

int Main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--sandbox-report") return ReportSandbox();
  if (argc == 2 && std::string_view(argv[1]) == "--ocr-report") return ReportOcr();
  if (argc == 2 && std::string_view(argv[1]) == "--zygote") return ServeForks();
  Command command;
  Order& order = command.order;
  if (!Parse({argv + 1, argv + argc}, &command) || ::fcntl(kDocument, F_GETFD) < 0 || ::fcntl(kResult, F_GETFD) < 0) {
    std::fputs(
        "usage: counsel-extract [--max-text-bytes N] [--max-unpacked-bytes N] [--max-embedded-files N]\n"
        "                       [--max-pages N] [--from N --place N] 3<DOCUMENT 4>RESULT\n"
        "       counsel-extract --task ocr|words|image --page N [--languages eng] [--max-pixels N]\n"
        "                       [--marks LEFT,TOP,RIGHT,BOTTOM;…] 3<DOCUMENT 4>RESULT\n"
        "A RESULT that can be read (4<>RESULT) holds the document's name at first.\n"
        "       counsel-extract --sandbox-report | --ocr-report\n"
        "       counsel-extract --zygote 3<>SOCKET        forks a reader for each order\n",
        stderr);
    return kUsage;
  }
  TakeName(&order.name);
  order.page.language_data = FindLanguageData();
  LoadEarly();
  const bool confined = EnterSandbox(order, command.policy).confined;
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
