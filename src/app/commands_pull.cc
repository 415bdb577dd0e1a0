// counsel pull: a model of the catalogue, or any of the hub's.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "app/commands.h"
#include "app/model_text.h"
#include "app/programs.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "base/file.h"
#include "host/host.h"
#include "models/catalogue.h"
#include "models/hub.h"
#include "models/pull.h"

namespace counsel::app {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;

std::string HubAddress() {
  const char* other = std::getenv("HF_ENDPOINT");  // as the hub's own clients read it
  std::string hub = other != nullptr && *other != '\0' ? other : std::string(models::kHub);
  while (hub.ends_with('/')) hub.pop_back();
  return hub;
}

// Downloads with a progress line. `again`: the command that goes on.
int PullShown(const models::Catalogue& catalogue, const models::ModelEntry& entry, const std::string& again) {
  std::signal(SIGINT, [](int) { g_interrupted = 1; });
  ProgressBar bar;
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t first = 0;
  bool started = false;
  const Result<void> pulled = models::Pull(catalogue, entry, [&](const models::PullProgress& progress) {
    if (!started) first = progress.done;
    started = true;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const double rate =
        seconds > 0.5 ? static_cast<double>(progress.done - std::min(first, progress.done)) / seconds : 0;
    std::string text = (progress.checking ? "checking " : "") + progress.file + " " + FormatBytes(progress.done) +
                       " of " + FormatBytes(progress.total);
    if (!progress.checking && rate > 0 && progress.total > progress.done) {
      text += ", " + FormatBytes(static_cast<std::uint64_t>(rate)) + "/s, " +
              FormatSeconds(static_cast<double>(progress.total - progress.done) / rate) + " left";
    }
    bar.Show(progress.total > 0 ? static_cast<double>(progress.done) / static_cast<double>(progress.total) : 0, text);
    return g_interrupted == 0;
  });
  bar.Clear();
  if (g_interrupted != 0) {
    std::fprintf(stderr, "Stopped; what came so far is kept. Go on with: %s\n", again.c_str());
    return kExitInterrupted;
  }
  if (!pulled) return ReportError(pulled.error());
  return kExitOk;
}

// What it will cost, before the first byte of it comes.
void PrintOffer(const models::ModelEntry& entry, const models::HubModel& model) {
  std::uint64_t bytes = 0;
  for (const models::ModelFile& file : entry.files) bytes += file.bytes;
  const host::Memory memory = host::CheckHardware().memory;
  std::printf("%s: %s in %zu %s\n", Printable(entry.title).c_str(), FormatBytes(bytes).c_str(), entry.files.size(),
              entry.files.size() == 1 ? "file" : "files");
  std::printf("  licence: %s\n", model.licence.empty() ? "the hub tells none: read its page before you use it"
                                                       : Printable(model.licence).c_str());
  for (const models::ModelFile& file : entry.files) {
    std::printf("  SHA-256 as the hub tells it: %s\n",
                file.sha256.empty() ? "none, so that the file cannot be checked" : file.sha256.c_str());
  }
  std::printf("  memory: about %s with a context of %u tokens; this machine has %s, of which %s are free\n",
              FormatBytes(entry.planned_bytes).c_str(), entry.context_tokens, FormatBytes(memory.total_bytes).c_str(),
              FormatBytes(memory.available_bytes).c_str());
  if (entry.planned_bytes > memory.total_bytes) {
    std::printf("  That is more than this machine has: it will not be loaded here. A smaller kind may be.\n");
  }
  std::fflush(stdout);
}

// Into the user's own catalogue, so that it is a model like the others.
Result<void> Enter(const Settings& settings, const models::ModelEntry& entry) {
  constexpr std::size_t kLargestCatalogue = std::size_t{1} << 20;
  const std::filesystem::path path = settings.home() / "catalogue.toml";
  std::string text;
  std::error_code failed;
  if (std::filesystem::exists(path, failed)) {
    Result<std::string> there = ReadFile(path, kLargestCatalogue);
    if (!there) return Fail(std::move(there.error()));
    text = std::move(*there);
  }
  if (Result<void> made = MakePrivateDirectory(settings.home()); !made) return made;
  return WriteFileAtomically(path, text + models::TomlOf(entry));
}

int PullFromHub(const Settings& settings, const models::Catalogue& catalogue, const std::string& name) {
  const Result<models::HubName> wanted = models::ReadHubName(name);
  if (!wanted) return ReportError(wanted.error());
  const Result<models::HubModel> model = models::FindOnHub(*wanted, HubAddress());
  if (!model) return ReportError(model.error());
  const models::ModelEntry entry = models::EntryOf(*wanted, *model);
  const Result<const models::ModelEntry*> known = catalogue.Find(entry.name);
  if (known && (*known)->source != entry.source) {
    return ReportError(
        Error(ErrorCode::kAlreadyExists,
              "The catalogue has another model of the name " + entry.name + ", from " + (*known)->source + ".",
              "Give that one another name in catalogue.toml, or pull it: counsel pull " + entry.name));
  }
  PrintOffer(entry, *model);
  if (catalogue.Installed(entry)) {
    std::printf("%s is installed.\n", entry.name.c_str());
  } else if (const int status = PullShown(catalogue, entry, "counsel pull " + name); status != kExitOk) {
    return status;
  }
  if (!known) {
    if (const Result<void> entered = Enter(settings, entry); !entered) return ReportError(entered.error());
  }
  std::printf("%s is installed. It writes answers once it is named: counsel config set MAIN_MODEL %s\n",
              entry.name.c_str(), entry.name.c_str());
  return kExitOk;
}

}  // namespace

int PullCommand(const Settings& settings, const std::string& name) {
  const Result<models::Catalogue> catalogue =
      models::Catalogue::Load(FindPrograms().catalogue, settings.home() / "catalogue.toml", settings.models_folder());
  if (!catalogue) return ReportError(catalogue.error());
  if (models::IsHubName(name)) return PullFromHub(settings, *catalogue, name);
  const Result<const models::ModelEntry*> entry = catalogue->Find(name);
  if (!entry) {
    Error error = entry.error();
    error.next_step += " Or any GGUF of the hub: counsel pull hf.co/OWNER/REPO:QUANT";
    return ReportError(error);
  }
  if ((*entry)->remote) {
    std::printf("%s is served by %s: there is nothing to pull.\n", name.c_str(), (*entry)->remote->host().c_str());
    return kExitOk;
  }
  if (catalogue->Installed(**entry)) {
    std::printf("%s is installed.\n", name.c_str());
    return kExitOk;
  }
  if (const int status = PullShown(*catalogue, **entry, "counsel pull " + name); status != kExitOk) return status;
  std::printf("%s is installed.\n", name.c_str());
  return kExitOk;
}

}  // namespace counsel::app
