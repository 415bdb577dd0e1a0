// counsel add.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/folder_watch.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

// More than so many files at once let others go first.
constexpr std::size_t kMany = 10;

struct Passages {
  std::int64_t done = 0;
  std::int64_t all = 0;  // 0: not known yet
};

// What `add` follows: the documents it queued and how far each is.
struct Following {
  std::map<std::string, Passages> passages;  // of each unfinished or finished document
  std::set<std::string> unfinished;
  std::size_t total = 0;
  std::string reading;    // ", page 3 of 9 by OCR"
  double per_second = 0;  // passages of late, by the daemon's word; 0: not known
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

// Passages of all that is followed. A document that is not read yet is taken to have as many as those that are have on
// average.
struct Work {
  double done = 0;
  double all = 0;  // 0: it cannot be told yet
};
Work WorkOf(const Following& following) {
  Work work;
  double documents = 0;
  for (const auto& [id, passages] : following.passages) {
    work.done += static_cast<double>(passages.done);
    work.all += static_cast<double>(passages.all);
    documents += passages.all > 0 ? 1 : 0;
  }
  if (documents > 0) work.all *= static_cast<double>(following.total) / documents;
  return work;
}

void ShowProgress(ProgressBar& bar, const Following& following) {
  const Work work = WorkOf(following);
  const std::size_t finished = following.total - following.unfinished.size();
  std::string text = std::to_string(finished) + "/" + std::to_string(following.total) + " documents, " +
                     std::to_string(static_cast<std::int64_t>(work.done)) + " passages";
  if (following.per_second >= 1) text += ", " + std::to_string(static_cast<std::int64_t>(following.per_second)) + "/s";
  text += following.reading;
  const double left = following.per_second > 0 ? (work.all - work.done) / following.per_second : 0;
  if (left >= 2) text += ", about " + FormatSeconds(left) + " left";
  bar.Show(work.all > 0 ? std::min(1.0, work.done / work.all) : 0, text);
}

bool IsFinal(const std::string& state) {
  return state == "ready" || state == "failed";
}

// Follows the daemon's events until every queued document is ready or failed.
asio::awaitable<Result<void>> Follow(EventReader& events, Following& following, ProgressBar& bar) {
  while (!following.unfinished.empty()) {
    ShowProgress(bar, following);
    Result<std::optional<net::Event>> event = co_await events.Next();
    if (!event) co_return Fail(std::move(event.error()));
    if (!*event) {
      co_return Fail(ErrorCode::kUnavailable, "The daemon has stopped; what was queued is kept.",
                     "Start it again with: counsel serve");
    }
    if ((*event)->name != "document") continue;
    const Json json = Json::parse((*event)->data, nullptr, false);
    if (!json.is_object()) continue;
    const std::string id = json.value("id", "");
    const auto followed = following.passages.find(id);
    if (followed == following.passages.end()) continue;
    followed->second = {json.value("chunks_done", std::int64_t{0}), json.value("chunks", std::int64_t{0})};
    if (json.contains("chunks_per_second") && json["chunks_per_second"].is_number()) {
      following.per_second = json["chunks_per_second"];
    }
    const std::int64_t pages = json.value("pages", std::int64_t{0});
    const bool reading = json.value("state", "") == "extracting" && pages > 0;
    following.reading = !reading ? ""
                                 : ", page " + std::to_string(json.value("pages_done", std::int64_t{0})) + " of " +
                                       std::to_string(pages) + " by OCR";
    if (IsFinal(json.value("state", ""))) following.unfinished.erase(id);
  }
  co_return Result<void>();
}

// Follows them, then what was found inside them (a mail's attachments), and so on. The documents as they are at the
// end.
asio::awaitable<Result<Json>> FollowAll(DaemonClient& daemon, EventReader& events, Following& following,
                                        ProgressBar& bar) {
  Json documents = Json::array();
  std::set<std::string> looked_at;
  while (looked_at.size() < following.passages.size()) {
    Result<void> followed = co_await Follow(events, following, bar);
    if (!followed) co_return Fail(std::move(followed.error()));
    std::vector<std::string> next;
    for (const auto& [id, passages] : following.passages) {
      if (looked_at.count(id) == 0) next.push_back(id);
    }
    for (const std::string& id : next) {
      looked_at.insert(id);
      Result<Json> document = co_await daemon.Call("GET", "/api/documents/" + id, Json());
      if (!document) continue;
      // One that is not at its end when we look tells of it later, on the stream we read.
      if (!IsFinal((*document)["state"])) {
        looked_at.erase(id);
        following.unfinished.insert(id);
        continue;
      }
      for (const Json& held : (*document)["embedded"]) {
        const std::string inside = held["id"];
        if (following.passages.emplace(inside, Passages()).second) ++following.total;
      }
      documents.push_back(std::move(*document));
    }
  }
  co_return documents;
}

void PrintAdded(const Json& documents, std::size_t already, std::size_t refused, double seconds) {
  std::size_t failed = 0;
  std::int64_t chunks = 0;
  for (const Json& document : documents) {
    if (document["state"] == "failed") {
      ++failed;
      std::fprintf(stderr, "  %s: %s\n", Printable(document["name"].get<std::string>()).c_str(),
                   Printable(document["reason"].get<std::string>()).c_str());
    }
    for (const Json& note : document["notes"]) {
      std::fprintf(stderr, "  %s: %s\n", Printable(document["name"].get<std::string>()).c_str(),
                   Printable(note.get<std::string>()).c_str());
    }
    chunks += document["chunks"].get<std::int64_t>();
  }
  const std::size_t ready = documents.size() - failed;
  std::printf("%zu document%s ready to be searched (%lld passages)", ready, ready == 1 ? "" : "s",
              static_cast<long long>(chunks));
  if (already > 0) std::printf(", %zu of them known before", already);
  if (failed + refused > 0) std::printf("; %zu not added", failed + refused);
  std::printf(", in %s\n", FormatSeconds(seconds).c_str());
}

asio::awaitable<int> Add(const Settings& settings, const AddOptions& options, const std::vector<fs::path> files) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  // Listening first, so that no event is missed.
  Result<net::ReplyStream> stream = co_await daemon->Stream("GET", "/api/events", Json());
  if (!stream) co_return ReportError(stream.error());
  EventReader events(std::move(*stream));

  Following following;
  ProgressBar bar;
  std::set<std::string> ids;
  std::size_t already = 0;
  std::size_t refused = 0;
  for (const fs::path& file : files) {
    const Json body = {{"path", file.string()}, {"matter", options.matter}, {"one_of_many", files.size() > kMany}};
    Result<Json> added = co_await daemon->Call("POST", "/api/documents/local", body);
    if (!added) {
      // One bad file does not keep the others out; a bad matter or a full disk does.
      if (added.error().message.find("matter") != std::string::npos || added.error().code == ErrorCode::kNoSpace) {
        bar.Clear();
        co_return ReportError(added.error());
      }
      ++refused;
      bar.Clear();
      std::fprintf(stderr, "  %s: %s\n", Printable(file.string()).c_str(), Printable(added.error().ToString()).c_str());
      continue;
    }
    const std::string id = (*added)["id"];
    if (!ids.insert(id).second) continue;
    already += (*added)["already_there"].get<bool>() ? 1 : 0;
    following.passages[id] = {(*added)["chunks"], (*added)["chunks"]};
    if (!IsFinal((*added)["state"])) following.unfinished.insert(id);
    following.total = ids.size();
    ShowProgress(bar, following);
  }
  Result<Json> finished = co_await FollowAll(*daemon, events, following, bar);
  bar.Clear();
  if (!finished) co_return ReportError(finished.error());
  const Json documents = std::move(*finished);
  const bool failed = refused > 0 || std::any_of(documents.begin(), documents.end(),
                                                 [](const Json& document) { return document["state"] == "failed"; });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - following.began).count();
  if (options.json) {
    const Json json = {
        {"documents", documents}, {"already_there", already}, {"refused", refused}, {"seconds", seconds}};
    PrintJson(json);
  } else {
    PrintAdded(documents, already, refused, seconds);
  }
  co_return failed ? kExitFailure : kExitOk;
}

// What is there, then what changes, until Ctrl-C.
asio::awaitable<int> Watch(const Settings& settings, const AddOptions& options) {
  const asio::any_io_executor io = co_await asio::this_coro::executor;
  // Watched first, so that nothing comes unseen.
  Result<FolderWatch> watch = FolderWatch::Open(io, options.paths);
  if (!watch) co_return ReportError(watch.error());
  std::vector<fs::path> files = watch->All();
  for (;;) {
    if (!files.empty()) {
      const int status = co_await Add(settings, options, std::move(files));
      // A bad document is named and the others go on; without a daemon none can.
      if (status != kExitOk && status != kExitFailure) co_return status;
      std::fflush(stdout);
    }
    std::fprintf(stderr, "Watching %s. Ctrl-C ends it.\n", Printable(options.paths.front()).c_str());
    Result<std::vector<fs::path>> changed = co_await watch->Next();
    if (!changed) co_return ReportError(changed.error());
    files = std::move(*changed);
  }
}

}  // namespace

int AddCommand(const Settings& settings, const AddOptions& options) {
  if (options.watch) {
    const int status = RunCommand(Watch(settings, options));
    return status == kExitInterrupted ? kExitOk : status;
  }
  Result<std::vector<fs::path>> files = FilesUnder(options.paths);
  if (files && files->empty()) files = Fail(ErrorCode::kNotFound, "There are no files there.");
  if (!files) return ReportError(files.error());
  const int status = RunCommand(Add(settings, options, *files));
  if (status == kExitInterrupted) {
    std::fprintf(stderr, "\nStopped waiting. What was queued goes on in the background; see: counsel documents\n");
  }
  return status;
}

}  // namespace counsel::app
