#include "app/examination.h"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include "app/instance.h"
#include "app/programs.h"
#include "app/terminal.h"
#include "documents/ocr.h"
#include "documents/sandbox_report.h"
#include "http/tokens.h"
#include "models/catalogue.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

Check CheckProgram(const std::string& name, const fs::path& path) {
  const bool good = ::access(path.c_str(), X_OK) == 0;
  return {name, good, good ? path.string() : path.string() + " is not there. Run: ./run setup"};
}

// A line for each layer of the document reader's sandbox.
std::vector<Check> CheckSandbox(const Settings& settings, const fs::path& extractor) {
  asio::io_context io;
  std::vector<Check> checks;
  asio::co_spawn(io, documents::AskSandbox(io.get_executor(), extractor, settings.extraction()),
                 [&checks](const std::exception_ptr&, const Result<documents::SandboxReport>& report) {
                   if (!report) return checks.push_back({"sandbox", false, report.error().ToString()});
                   for (const documents::SandboxLayer& layer : report->layers) {
                     checks.push_back({"sandbox", layer.active, layer.name + ": " + layer.detail, false});
                   }
                   if (!report->confined) {
                     checks.push_back({"sandbox", false, "not enough of it: documents are not read on this system"});
                   }
                 });
  io.run();
  return checks;
}

std::string JoinNames(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

// Is there OCR, and for every language that is asked for?
Check CheckOcr(const Settings& settings, const fs::path& extractor) {
  asio::io_context io;
  Check check{"scans (OCR)", false, "the document reader does not answer", false};
  asio::co_spawn(io, documents::AskOcr(io.get_executor(), extractor),
                 [&](const std::exception_ptr&, const Result<documents::OcrReport>& report) {
                   if (!report) {
                     check.detail = report.error().ToString();
                     return;
                   }
                   std::string missing;
                   std::istringstream wanted(settings.ocr().languages);
                   for (std::string one; std::getline(wanted, one, '+');) {
                     const auto& there = report->languages;
                     if (std::find(there.begin(), there.end(), one) == there.end()) missing += " tesseract-ocr-" + one;
                   }
                   std::replace(missing.begin(), missing.end(), '_', '-');
                   check.good = missing.empty();
                   check.detail = "tesseract " + report->version +
                                  ", languages: " + (report->languages.empty() ? "none" : JoinNames(report->languages));
                   if (!check.good) check.detail += ". Scans are not read; install it: apt-get install" + missing;
                 });
  io.run();
  return check;
}

// The folder of the search index's files: made by the daemon, and of no use where it may not write there.
Check CheckIndex(const fs::path& home) {
  const fs::path folder = home / "index";
  std::error_code failed;
  const bool there = fs::exists(fs::symlink_status(folder, failed));
  const bool usable = !there || (fs::is_directory(folder, failed) && ::access(folder.c_str(), R_OK | W_OK | X_OK) == 0);
  if (usable) return {"search index", true, there ? folder.string() : "made with the first few thousand passages"};
  return {"search index", false,
          folder.string() +
              " is no folder that this user may read and write: searches are slow. Stop Counsel, remove it, "
              "start Counsel: it is made anew",
          false};
}

}  // namespace

std::vector<Check> Examine(const Settings& settings) {
  std::vector<Check> checks;
  const Programs programs = FindPrograms();
  const std::string& own_engine = settings.Get("engine.llama_server").text;
  checks.push_back(CheckProgram(
      "model server", own_engine.empty() ? programs.folder / "engine" / "llama-server" : fs::path(own_engine)));
  checks.push_back(CheckProgram("embedder", programs.embedder));
  checks.push_back(CheckProgram("outgoing requests", programs.remote));
  checks.push_back(CheckProgram("document reader", programs.extractor));
  for (Check& check : CheckSandbox(settings, programs.extractor)) checks.push_back(std::move(check));
  checks.push_back(CheckOcr(settings, programs.extractor));
  const Result<void> home = MakePrivateDirectory(settings.home());
  const bool writable = home && ::access(settings.home().c_str(), W_OK) == 0;
  checks.push_back({"home", writable, settings.home().string() + (writable ? "" : " cannot be written")});
  checks.push_back(CheckIndex(settings.home()));
  if (!settings.loopback()) {
    checks.push_back(
        {"HTTP API", false,
         "listens on " + settings.address() + " without encryption: put a proxy with TLS before it (docs/network.md)",
         false});
  }
  if (const Result<std::string> token = http::HomeToken(settings.home()); !token) {
    checks.push_back({"token", false, token.error().ToString(), false});
  }
  std::error_code failed;
  const fs::space_info space = fs::space(settings.home(), failed);
  constexpr std::uint64_t kLittleSpace = std::uint64_t{1} << 30;
  checks.push_back({"disk", !failed && space.available >= kLittleSpace, FormatBytes(space.available) + " free"});
  const Result<fs::path> runtime = RuntimeFolder(settings.home());
  checks.push_back({"sockets", runtime.has_value(), runtime ? runtime->string() : runtime.error().ToString()});
  Result<models::Catalogue> catalogue =
      models::Catalogue::Load(programs.catalogue, settings.home() / "catalogue.toml", settings.models_folder());
  if (!catalogue) {
    checks.push_back({"catalogue", false, catalogue.error().ToString()});
    return checks;
  }
  const Result<models::Catalogue::Choice> generator = catalogue->ChooseGenerator(settings.main_model());
  checks.push_back({"generator", generator.has_value(), generator ? generator->name : generator.error().ToString()});
  const Result<models::Catalogue::Choice> embedder = catalogue->ChooseEmbedder(settings.embedding_model());
  checks.push_back({"embedding", embedder.has_value(), embedder ? embedder->name : embedder.error().ToString()});
  return checks;
}

}  // namespace counsel::app
