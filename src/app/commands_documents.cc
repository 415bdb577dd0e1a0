// counsel documents, counsel reread, counsel matters.
#include <cstdio>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/document_list.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

std::vector<std::string> Row(const Json& document) {
  return {document["id"].get<std::string>().substr(0, 8),
          Printable(document["name"].get<std::string>(), 48),
          Printable(document["matter"].get<std::string>(), 24),
          document["state"].get<std::string>(),
          FormatBytes(document["bytes"]),
          std::to_string(document["chunks"].get<std::int64_t>()),
          FormatTime(document["added_at"])};
}

// A table page by page, then why documents failed.
asio::awaitable<Result<void>> ListAsTable(DaemonClient& daemon, std::string query) {
  std::vector<std::int64_t> widths;
  std::size_t count = 0;
  std::size_t failed = 0;
  auto print = [&](const Json& documents) -> Result<void> {
    std::vector<std::vector<std::string>> rows;
    if (count == 0) rows = {{"ID", "NAME", "MATTER", "STATE", "SIZE", "PASSAGES", "ADDED"}};
    for (const Json& document : documents) {
      rows.push_back(Row(document));
      failed += document["state"] == "failed" ? 1 : 0;
    }
    if (!documents.empty()) std::fputs(FormatTable(rows, &widths).c_str(), stdout);
    count += documents.size();
    return {};
  };
  Result<void> listed = co_await EachPage(daemon, query, std::move(print));
  if (!listed) co_return listed;
  if (count == 0)
    std::printf("%s", query.empty() ? "No documents yet. Add some with: counsel add PATH…\n" : "No document fits.\n");
  if (failed == 0) co_return Result<void>();
  auto explain = [](const Json& documents) -> Result<void> {
    for (const Json& document : documents) {
      if (document["state"] != "failed") continue;
      std::printf("%s: %s\n", Printable(document["name"].get<std::string>()).c_str(),
                  Printable(document["reason"].get<std::string>()).c_str());
    }
    return {};
  };
  query += std::string(query.empty() ? "" : "&") + "state=failed";  // unless it names states already
  co_return co_await EachPage(daemon, std::move(query), std::move(explain));
}

asio::awaitable<Result<void>> ListAsJson(DaemonClient& daemon, std::string query) {
  JsonList list;
  auto take = [&list](const Json& documents) -> Result<void> {
    for (const Json& document : documents) {
      if (Result<void> added = list.Add(document); !added) return added;
    }
    return {};
  };
  Result<void> listed = co_await EachPage(daemon, std::move(query), std::move(take));
  if (!listed) co_return listed;
  co_return list.Print({{"count", list.count()}});
}

asio::awaitable<int> List(const Settings& settings, const DocumentsOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  std::string query;
  const auto add = [&query](const char* name, const std::string& value) {
    if (!value.empty()) query += (query.empty() ? "" : "&") + std::string(name) + "=" + net::PercentEncode(value);
  };
  add("matter", options.matter);
  add("words", options.words);
  add("kind", options.kind);
  add("state", options.state);
  add("order", options.newest ? "newest" : "");
  auto listing = options.json ? ListAsJson(*daemon, std::move(query)) : ListAsTable(*daemon, std::move(query));
  Result<void> listed = co_await std::move(listing);
  co_return listed ? kExitOk : ReportError(listed.error());
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

asio::awaitable<int> Show(const Settings& settings, const DocumentsOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const std::string target = "/api/documents/" + net::PercentEncode(options.show) + (options.text ? "/text" : "");
  const Json no_body;
  Result<Json> reply = co_await daemon->Call("GET", target, no_body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else if (options.text) {
    std::fputs((*reply)["text"].get<std::string>().c_str(), stdout);
  } else {
    PrintDocument(*reply);
  }
  co_return kExitOk;
}

// ---- deleting ----

// The document that is named, into *found.
asio::awaitable<int> FindToDelete(const Settings& settings, const DocumentsOptions& options, Json* found) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const std::string target = "/api/documents/" + net::PercentEncode(options.remove);
  const Json no_body;
  Result<Json> reply = co_await daemon->Call("GET", target, no_body);
  if (!reply) co_return ReportError(reply.error());
  *found = std::move(*reply);
  co_return kExitOk;
}

asio::awaitable<int> Delete(const Settings& settings, const DocumentsOptions& options, std::string id) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const std::string target = "/api/documents/" + net::PercentEncode(id);
  const Json no_body;
  Result<Json> reply = co_await daemon->Call("DELETE", target, no_body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else {
    std::printf("Deleted %s; its words are gone from every index.\n",
                Printable((*reply)["deleted"]["name"].get<std::string>()).c_str());
  }
  co_return kExitOk;
}

// What a name or the beginning of an id stands for is not always what was meant: it is shown before it goes.
bool ConfirmedToDelete(const DocumentsOptions& options, const Json& document) {
  const std::string id = document["id"];
  if (options.yes || id == options.remove) return true;
  const std::string name = Printable(document["name"].get<std::string>());
  if (!IsTerminal(0)) {
    const std::string which = "'" + Printable(options.remove) + "' stands for " + name + " (" + id + ", matter " +
                              Printable(document["matter"].get<std::string>()) + "), and deleting cannot be undone.";
    (void)ReportError(Error(ErrorCode::kInvalidArgument, which, "Say --yes with it, or name it by its whole id."));
    return false;
  }
  std::fprintf(stderr, "%s\n  id %s, matter %s, %s, %lld passages, added %s\n", name.c_str(), id.c_str(),
               Printable(document["matter"].get<std::string>()).c_str(), FormatBytes(document["bytes"]).c_str(),
               document["chunks"].get<long long>(), FormatTime(document["added_at"]).c_str());
  for (const Json& held : document["embedded"]) {
    std::fprintf(stderr, "  with what is inside: %s\n", Printable(held["name"].get<std::string>()).c_str());
  }
  std::fprintf(stderr, "Delete it for good? y/N ");
  std::string typed;
  std::getline(std::cin, typed);
  if (typed == "y" || typed == "Y" || typed == "yes") return true;
  std::fprintf(stderr, "Nothing was deleted.\n");
  return false;
}

int DeleteCommand(const Settings& settings, const DocumentsOptions& options) {
  Json document;
  if (const int status = RunCommand(FindToDelete(settings, options, &document)); status != kExitOk) return status;
  // Asked between two runs: within one, Ctrl-C would not end the question.
  if (!ConfirmedToDelete(options, document)) return kExitUsage;
  return RunCommand(Delete(settings, options, document["id"]));
}

asio::awaitable<Result<std::vector<std::string>>> ToReadAgain(DaemonClient& daemon, const RereadOptions& options) {
  const std::string& matter = options.matter;
  std::vector<std::string> ids;
  auto take = [&ids, &options](const Json& documents) -> Result<void> {
    for (const Json& document : documents) {
      const bool wanted = (options.wants_language && document["wants_language"].get<bool>()) ||
                          (options.outdated && document["outdated"].get<bool>());
      if (wanted) ids.push_back(document["id"]);
    }
    return {};
  };
  const std::string query =
      "state=ready,failed" + (matter.empty() ? std::string() : "&matter=" + net::PercentEncode(matter));
  Result<void> listed = co_await EachPage(daemon, query, std::move(take));
  if (!listed) co_return Fail(std::move(listed.error()));
  co_return ids;
}

asio::awaitable<int> Reread(const Settings& settings, RereadOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  if (options.wants_language || options.outdated) {
    Result<std::vector<std::string>> ids = co_await ToReadAgain(*daemon, options);
    if (!ids) co_return ReportError(ids.error());
    options.documents.insert(options.documents.end(), ids->begin(), ids->end());
  }
  Json queued = Json::array();
  for (const std::string& document : options.documents) {
    const std::string target = "/api/documents/" + net::PercentEncode(document) + "/reread";
    const Json body = Json::object();
    Result<Json> reply = co_await daemon->Call("POST", target, body);
    if (!reply) co_return ReportError(reply.error());
    if (!options.json) {
      std::printf("%s is read again (%s)\n", Printable((*reply)["name"].get<std::string>()).c_str(),
                  (*reply)["id"].get<std::string>().substr(0, 8).c_str());
    }
    queued.push_back(std::move(*reply));
  }
  if (options.json) PrintJson({{"documents", std::move(queued)}});
  if (!options.json && options.documents.empty()) {
    std::puts(options.outdated ? "No document was read by an older version of Counsel."
                               : "No document wants a language of OCR.");
  }
  co_return kExitOk;
}

void PrintMatters(const Json& matters) {
  if (matters.empty()) {
    std::printf("No matters yet. One begins with its first document: counsel add PATH --matter NAME\n");
    return;
  }
  std::vector<std::vector<std::string>> rows = {{"MATTER", "DOCUMENTS", "BEING READ", "SIZE", "PASSAGES"}};
  for (const Json& matter : matters) {
    rows.push_back({Printable(matter["name"].get<std::string>(), 48), std::to_string(matter["documents"].get<long>()),
                    std::to_string(matter["pending"].get<long>()), FormatBytes(matter["bytes"]),
                    std::to_string(matter["chunks"].get<long>())});
  }
  std::fputs(FormatTable(rows).c_str(), stdout);
}

void PrintDeleted(const Json& deleted) {
  std::printf("Deleted matter \"%s\": %lld documents (%s), %lld passages. Its words are gone from every file.\n",
              Printable(deleted["name"].get<std::string>()).c_str(), deleted["documents"].get<long long>(),
              FormatBytes(deleted["bytes"]).c_str(), deleted["chunks"].get<long long>());
}

asio::awaitable<int> Matters(const Settings& settings, const MattersOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const std::string method = options.remove.empty() ? "GET" : "DELETE";
  const std::string target = "/api/matters" + (options.remove.empty() ? "" : "/" + net::PercentEncode(options.remove));
  const Json no_body;
  Result<Json> reply = co_await daemon->Call(method, target, no_body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else if (options.remove.empty()) {
    PrintMatters((*reply)["matters"]);
  } else {
    PrintDeleted((*reply)["deleted"]);
  }
  co_return kExitOk;
}

// What cannot be undone is asked twice.
bool Confirmed(const MattersOptions& options) {
  if (options.remove.empty() || options.yes) return true;
  if (!IsTerminal(0)) {
    (void)ReportError(Error(ErrorCode::kInvalidArgument, "Deleting a matter cannot be undone.", "Say --yes with it."));
    return false;
  }
  std::fprintf(stderr, "Delete every document of \"%s\", for good? Type the matter's name again: ",
               Printable(options.remove).c_str());
  std::string typed;
  std::getline(std::cin, typed);
  if (typed == options.remove) return true;
  std::fprintf(stderr, "Nothing was deleted.\n");
  return false;
}

}  // namespace

int DocumentsCommand(const Settings& settings, const DocumentsOptions& options) {
  if (!options.remove.empty()) return DeleteCommand(settings, options);
  return RunCommand(options.show.empty() ? List(settings, options) : Show(settings, options));
}

int RereadCommand(const Settings& settings, const RereadOptions& options) {
  if (options.documents.empty() && !options.wants_language && !options.outdated) {
    return ReportError(Error(ErrorCode::kInvalidArgument, "Which documents?",
                             "Name some, or --wants-language: all that a language of OCR was missing for; or "
                             "--outdated: all that an older version of Counsel read."));
  }
  return RunCommand(Reread(settings, options));
}

int MattersCommand(const Settings& settings, const MattersOptions& options) {
  if (!Confirmed(options)) return kExitUsage;
  return RunCommand(Matters(settings, options));
}

}  // namespace counsel::app
