// counsel add: which files, once or for as long as somebody watches.
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/adding.h"
#include "app/commands.h"
#include "app/files_under.h"
#include "app/folder_watch.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "documents/documents.h"

namespace counsel::app {

namespace asio = boost::asio;

void TellUnreadable(const FoundFiles& found) {
  for (const std::string& folder : found.unreadable) {
    std::fprintf(stderr, "  %s: the folder cannot be read\n", Printable(folder).c_str());
  }
  for (const std::string& link : found.broken) {
    std::fprintf(stderr, "  %s: the link leads nowhere\n", Printable(link).c_str());
  }
  for (const std::string& glob : found.fits_none) {
    std::fprintf(stderr, "--exclude '%s' fits nothing here.\n", Printable(glob).c_str());
  }
}

void PrintNotAdded(const FoundFiles& found) {
  if (!found.unreadable.empty()) {
    std::printf("%zu folder%s could not be read: see above\n", found.unreadable.size(),
                found.unreadable.size() == 1 ? "" : "s");
  }
  if (found.hidden + found.no_files > 0) {
    std::printf("Not looked at: %zu hidden, %zu that are no files (pipes, sockets)\n", found.hidden, found.no_files);
  }
  if (found.links_outside > 0) {
    std::printf("Not followed: %zu link%s that lead%s out of the folder; add what they point to by its own path\n",
                found.links_outside, found.links_outside == 1 ? "" : "s", found.links_outside == 1 ? "s" : "");
  }
  if (found.passed_over > 0) {
    std::string names;
    for (const std::string& name : found.examples) names += (names.empty() ? "" : ", ") + name;
    if (found.passed_over > found.examples.size()) names += ", …";
    std::printf("Passed over: %zu file%s that programs leave beside documents (%s)\n", found.passed_over,
                found.passed_over == 1 ? "" : "s", Printable(names).c_str());
  }
  if (found.excluded > 0) {
    std::printf("Left out by --exclude: %zu file%s or folder%s\n", found.excluded, found.excluded == 1 ? "" : "s",
                found.excluded == 1 ? "" : "s");
  }
}

namespace {

// While no daemon can be had (it is being replaced, the disk is full), the same files are tried again after so long,
// and after twice that, up to the last.
constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLastPause{60};

// Until the files were sent, whatever becomes of each; or Ctrl-C.
asio::awaitable<void> AddPatiently(const Settings& settings, const AddOptions& options, const FoundFiles& found) {
  const asio::any_io_executor io = co_await asio::this_coro::executor;
  for (std::chrono::seconds pause = kFirstPause;; pause = std::min(pause * 2, kLastPause)) {
    bool sent = false;
    co_await AddFiles(settings, options, found, &sent);
    if (sent) co_return;
    std::fprintf(stderr, "Trying again in %lld s.\n", static_cast<long long>(pause.count()));
    asio::steady_timer timer(io, pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// What is there, then what changes, until Ctrl-C.
asio::awaitable<int> Watch(const Settings& settings, const AddOptions& options) {
  const asio::any_io_executor io = co_await asio::this_coro::executor;
  // Watched first, so that nothing comes unseen.
  Result<FolderWatch> watch = FolderWatch::Open(io, options.paths, Exclusions(options.exclude));
  if (!watch) co_return ReportError(watch.error());
  watch->on_gone = [](const std::string& folder, bool there) {
    std::fprintf(stderr, "%s %s\n", Printable(PathInUtf8(folder)).c_str(),
                 there ? "is there again." : "is no longer there; it is watched again once it is back.");
  };
  Result<FoundFiles> all = watch->All();
  if (!all) co_return ReportError(all.error());
  FoundFiles found = std::move(*all);
  TellUnreadable(found);
  for (;;) {
    if (!found.files.empty()) {
      co_await AddPatiently(settings, options, found);
      std::fflush(stdout);
    }
    std::fprintf(stderr, "Watching %s. Ctrl-C ends it.\n", Printable(PathInUtf8(options.paths.front())).c_str());
    Result<std::vector<std::string>> changed = co_await watch->Next();
    if (!changed) co_return ReportError(changed.error());
    found = FoundFiles();
    found.files = std::move(*changed);
  }
}

}  // namespace

int AddCommand(const Settings& settings, const AddOptions& options) {
  if (Result<void> checked = documents::CheckMatterName(options.matter); !checked) return ReportError(checked.error());
  if (options.watch) {
    const int status = RunCommand(Watch(settings, options));
    return status == kExitInterrupted ? kExitOk : status;
  }
  Result<FoundFiles> found = FilesUnder(options.paths, Exclusions(options.exclude));
  if (found) TellUnreadable(*found);
  if (found && options.dry_run) return DryRun(settings, options, *found);
  if (found && found->files.empty()) found = Fail(ErrorCode::kNotFound, "There are no files there.");
  if (!found) return ReportError(found.error());
  const int status = RunCommand(AddFiles(settings, options, *found));
  if (status == kExitInterrupted) {
    std::fprintf(stderr, "\nStopped waiting. What was queued goes on in the background; see: counsel documents\n");
  }
  return status;
}

}  // namespace counsel::app
