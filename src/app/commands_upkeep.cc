// counsel check, backup, restore, export.
#include <cstdio>
#include <filesystem>
#include <utility>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/instance.h"
#include "app/long_work.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "upkeep/backup.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

std::string Absolute(const std::string& path) {
  std::error_code ignored;
  return fs::absolute(path, ignored).lexically_normal().string();
}

Error Broken() {
  return {ErrorCode::kUnavailable, "The daemon ended before this did.", "Try again."};
}

void PrintFindings(const Json& report) {
  std::printf("%lld documents, %lld passages, %s of originals checked.\n",
              static_cast<long long>(report.value("documents", std::int64_t{0})),
              static_cast<long long>(report.value("chunks", std::int64_t{0})),
              FormatBytes(report.value("original_bytes", std::uint64_t{0})).c_str());
  bool repairable = false;
  for (const Json& finding : report["findings"]) {
    const bool repaired = finding.value("repaired", false);
    repairable = repairable || (finding.value("repairable", false) && !repaired);
    const std::string name = Printable(finding.value("name", ""));
    const std::string next_step = finding.value("next_step", "");
    std::printf("%s %s%s%s\n", repaired ? "✓" : "✗", name.empty() ? "" : (name + ": ").c_str(),
                Printable(finding.value("what", "")).c_str(), repaired ? " Repaired." : "");
    if (!next_step.empty()) std::printf("  %s\n", Printable(next_step).c_str());
  }
  if (report["findings"].empty()) std::printf("All is whole.\n");
  if (repairable) std::printf("Repair what can be made again from the originals: counsel check --repair\n");
}

asio::awaitable<int> Check(const Settings& settings, const UpkeepOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const Json body = {{"repair", options.repair}};
  const Error broken = Broken();
  const Result<Json> report = co_await FollowWork(*daemon, "/api/check", body, broken);
  if (!report) co_return ReportError(report.error());
  if (options.json) {
    PrintJson(*report);
  } else {
    PrintFindings(*report);
  }
  for (const Json& finding : (*report)["findings"]) {
    if (!finding.value("repaired", false)) co_return kExitFailure;
  }
  co_return kExitOk;
}

// "211 documents", "211 documents, 1 of them without its original".
std::string Documents(std::int64_t documents, std::size_t without_original) {
  std::string text = std::to_string(documents) + " documents";
  if (without_original == 0) return text;
  return text + ", " + std::to_string(without_original) + " of them without " +
         (without_original == 1 ? "its original" : "their originals");
}

asio::awaitable<int> Backup(const Settings& settings, const UpkeepOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const Json body = {{"path", Absolute(options.path)}};
  const Error broken = Broken();
  const Result<Json> done = co_await FollowWork(*daemon, "/api/backup", body, broken);
  if (!done) co_return ReportError(done.error());
  const Json missing = done->value("without_original", Json::array());
  if (options.json) {
    PrintJson(*done);
  } else {
    const std::string documents = Documents(done->value("documents", std::int64_t{0}), missing.size());
    std::printf("%s (%s) are in %s.\nMake a home of it with: counsel --home NEW restore %s\n", documents.c_str(),
                FormatBytes(done->value("bytes", std::uint64_t{0})).c_str(), done->value("path", "").c_str(),
                done->value("path", "").c_str());
  }
  // The rest is there: the status says that it is not all.
  if (missing.empty()) co_return kExitOk;
  for (const Json& name : missing) {
    std::fprintf(stderr, "counsel: The original of '%s' is missing or damaged, and is not in the backup.\n",
                 Printable(name.get<std::string>()).c_str());
  }
  std::fprintf(stderr, "See: counsel check. Add the file again, and make another backup.\n");
  co_return kExitFailure;
}

asio::awaitable<int> Export(const Settings& settings, const UpkeepOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const Json body = {{"path", Absolute(options.path)}, {"matter", options.matter}};
  const Error broken = Broken();
  const Result<Json> done = co_await FollowWork(*daemon, "/api/export", body, broken);
  if (!done) co_return ReportError(done.error());
  if (options.json) {
    PrintJson(*done);
    co_return kExitOk;
  }
  std::printf("%lld documents of the matter '%s' (%s) are in %s; index.csv lists them.\n",
              static_cast<long long>(done->value("documents", std::int64_t{0})), Printable(options.matter).c_str(),
              FormatBytes(done->value("bytes", std::uint64_t{0})).c_str(), done->value("path", "").c_str());
  for (const Json& note : (*done)["notes"]) std::printf("  %s\n", Printable(note.get<std::string>()).c_str());
  co_return kExitOk;
}

}  // namespace

int CheckCommand(const Settings& settings, const UpkeepOptions& options) {
  return RunCommand(Check(settings, options));
}

int BackupCommand(const Settings& settings, const UpkeepOptions& options) {
  return RunCommand(Backup(settings, options));
}

int ExportCommand(const Settings& settings, const UpkeepOptions& options) {
  return RunCommand(Export(settings, options));
}

int RestoreCommand(const Settings& settings, const UpkeepOptions& options) {
  if (Result<void> made = MakePrivateDirectory(settings.home()); !made) return ReportError(made.error());
  const Result<FileDescriptor> lock = LockHome(settings.home());
  if (!lock) return ReportError(lock.error());
  ProgressBar bar;
  const upkeep::Report report = [&bar](double share, std::string_view what) {
    bar.Show(share, std::string(what));
    return true;
  };
  const Result<upkeep::BackupReport> done = upkeep::Restore(Absolute(options.path), settings.home(), report);
  bar.Clear();
  if (!done) return ReportError(done.error());
  if (options.json) {
    PrintJson({{"home", settings.home().string()},
               {"documents", done->documents},
               {"bytes", done->bytes},
               {"created", done->created},
               {"without_original", done->without_original}});
  } else {
    std::printf("%s, as of %s, are in %s.\n", Documents(done->documents, done->without_original.size()).c_str(),
                FormatTime(done->created).c_str(), settings.home().c_str());
  }
  for (const std::string& name : done->without_original) {
    std::fprintf(stderr, "counsel: The original of '%s' was not in the backup: its text is here, the file is not.\n",
                 Printable(name).c_str());
  }
  if (!done->without_original.empty()) std::fprintf(stderr, "Add them again: counsel add FILE\n");
  return kExitOk;
}

}  // namespace counsel::app
