// counsel add, counsel documents.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

// One `add` takes at most so many files.
constexpr std::size_t kMostFiles = 100'000;

bool Hidden(const fs::path& path) {
  return path.filename().string().starts_with(".");
}

// The file itself, by its own name: two links to one file are one document, named as the file is.
fs::path Real(const fs::path& path) {
  std::error_code failed;
  fs::path real = fs::canonical(path, failed);
  return failed ? path : real;
}

// The regular files under `paths`, folders recursively, hidden ones left out, each once and in order. Links to files
// count as the file; links to folders are not followed (they may loop).
Result<std::vector<fs::path>> CollectFiles(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& named : paths) {
    std::error_code failed;
    const fs::path path = fs::absolute(named, failed).lexically_normal();
    const fs::file_status status = fs::status(path, failed);
    if (!fs::exists(status)) {
      return Fail(ErrorCode::kNotFound, "There is no file or folder '" + named + "'.", "Check the path.");
    }
    if (!fs::is_directory(status)) {
      if (!fs::is_regular_file(status)) {
        return Fail(ErrorCode::kInvalidArgument, "'" + named + "' is neither a file nor a folder.");
      }
      files.push_back(Real(path));
      continue;
    }
    fs::recursive_directory_iterator walk(path, fs::directory_options::skip_permission_denied, failed);
    for (; !failed && walk != fs::recursive_directory_iterator(); walk.increment(failed)) {
      if (Hidden(walk->path())) {
        if (walk->is_directory()) walk.disable_recursion_pending();
        continue;
      }
      std::error_code ignored;
      if (walk->is_regular_file(ignored)) files.push_back(Real(walk->path()));
      if (files.size() > kMostFiles) {
        return Fail(ErrorCode::kTooLarge, "More than " + std::to_string(kMostFiles) + " files.",
                    "Add the folders one by one.");
      }
    }
    if (failed) return Fail(ErrnoError(failed.value(), "Cannot read the folder " + path.string()));
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  if (files.empty()) return Fail(ErrorCode::kNotFound, "There are no files there.");
  return files;
}

// What `add` follows: the documents it queued and how far each is.
struct Following {
  std::map<std::string, std::int64_t> chunks_done;  // of each unfinished or finished document
  std::set<std::string> unfinished;
  std::size_t total = 0;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

void ShowProgress(ProgressBar& bar, const Following& following) {
  std::int64_t chunks = 0;
  for (const auto& [id, done] : following.chunks_done) chunks += done;
  const std::size_t finished = following.total - following.unfinished.size();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - following.began).count();
  std::string text = std::to_string(finished) + "/" + std::to_string(following.total) + " documents, " +
                     std::to_string(chunks) + " passages";
  if (seconds > 0.5 && chunks > 0) {
    text += ", " + std::to_string(static_cast<std::int64_t>(static_cast<double>(chunks) / seconds)) + "/s";
  }
  bar.Show(following.total == 0 ? 1 : static_cast<double>(finished) / static_cast<double>(following.total), text);
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
    if (following.chunks_done.count(id) == 0) continue;
    following.chunks_done[id] = json.value("chunks_done", std::int64_t{0});
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
  while (looked_at.size() < following.chunks_done.size()) {
    Result<void> followed = co_await Follow(events, following, bar);
    if (!followed) co_return Fail(std::move(followed.error()));
    std::vector<std::string> next;
    for (const auto& [id, done] : following.chunks_done) {
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
        if (following.chunks_done.emplace(inside, 0).second) ++following.total;
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

asio::awaitable<int> Add(const Settings& settings, const AddOptions& options, const std::vector<fs::path>& files) {
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
    const Json body = {{"path", file.string()}, {"matter", options.matter}};
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
    following.chunks_done[id] = (*added)["chunks"];
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
    std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  } else {
    PrintAdded(documents, already, refused, seconds);
  }
  co_return failed ? kExitFailure : kExitOk;
}

void PrintDocuments(const Json& documents) {
  if (documents.empty()) {
    std::printf("No documents yet. Add some with: counsel add PATH…\n");
    return;
  }
  std::vector<std::vector<std::string>> rows = {{"ID", "NAME", "MATTER", "STATE", "SIZE", "PASSAGES", "ADDED"}};
  for (const Json& document : documents) {
    rows.push_back({document["id"].get<std::string>().substr(0, 8), Printable(document["name"].get<std::string>(), 48),
                    Printable(document["matter"].get<std::string>(), 24), document["state"].get<std::string>(),
                    FormatBytes(document["bytes"]), std::to_string(document["chunks"].get<std::int64_t>()),
                    FormatTime(document["added_at"])});
  }
  std::fputs(FormatTable(rows).c_str(), stdout);
  for (const Json& document : documents) {
    if (document["state"] != "failed") continue;
    std::printf("%s: %s\n", Printable(document["name"].get<std::string>()).c_str(),
                Printable(document["reason"].get<std::string>()).c_str());
  }
}

void PrintDocument(const Json& document) {
  std::printf("%s\n", Printable(document["name"].get<std::string>()).c_str());
  const auto line = [](const char* label, const std::string& text) {
    std::printf("  %-11s %s\n", label, text.c_str());
  };
  line("id", document["id"]);
  line("matter", Printable(document["matter"].get<std::string>()));
  line("state", document["state"]);
  if (document["reason"] != "") line("reason", Printable(document["reason"].get<std::string>()));
  line("type", document["media_type"]);
  line("size", FormatBytes(document["bytes"]));
  line("characters", std::to_string(document["characters"].get<std::int64_t>()));
  if (document["pages"].get<std::int64_t>() > 0) line("pages", std::to_string(document["pages"].get<std::int64_t>()));
  line("passages", std::to_string(document["chunks"].get<std::int64_t>()));
  line("sha256", document["sha256"]);
  line("added", FormatTime(document["added_at"]));
  for (const Json& path : document["paths"]) line("from", Printable(path.get<std::string>()));
  for (const Json& note : document["notes"]) line("note", Printable(note.get<std::string>()));
  for (const Json& parent : document["parents"]) line("inside", parent.get<std::string>());
  for (const Json& held : document["embedded"]) {
    line("holds", held["id"].get<std::string>().substr(0, 8) + " " + Printable(held["name"].get<std::string>()));
  }
  if (document["superseded_by"] != "") line("superseded", "by " + document["superseded_by"].get<std::string>());
}

asio::awaitable<int> Documents(const Settings& settings, const DocumentsOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const std::string named = options.remove.empty() ? options.show : options.remove;
  std::string target = "/api/documents";
  std::string method = "GET";
  if (!named.empty()) target += "/" + net::PercentEncode(named);
  if (!options.remove.empty()) method = "DELETE";
  if (options.text) target += "/text";
  if (named.empty() && !options.matter.empty()) target += "?matter=" + net::PercentEncode(options.matter);
  Result<Json> reply = co_await daemon->Call(method, target, Json());
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    std::printf("%s\n", reply->dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  } else if (options.text) {
    std::fputs((*reply)["text"].get<std::string>().c_str(), stdout);
  } else if (!options.remove.empty()) {
    std::printf("Deleted %s; its words are gone from every index.\n",
                Printable((*reply)["deleted"]["name"].get<std::string>()).c_str());
  } else if (!options.show.empty()) {
    PrintDocument(*reply);
  } else {
    PrintDocuments((*reply)["documents"]);
  }
  co_return kExitOk;
}

}  // namespace

int AddCommand(const Settings& settings, const AddOptions& options) {
  const Result<std::vector<fs::path>> files = CollectFiles(options.paths);
  if (!files) return ReportError(files.error());
  const int status = RunCommand(Add(settings, options, *files));
  if (status == kExitInterrupted) {
    std::fprintf(stderr, "\nStopped waiting. What was queued goes on in the background; see: counsel documents\n");
  }
  return status;
}

int DocumentsCommand(const Settings& settings, const DocumentsOptions& options) {
  return RunCommand(Documents(settings, options));
}

}  // namespace counsel::app
