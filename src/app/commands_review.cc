#include "app/commands_review.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "app/daemon_client.h"
#include "app/review_sheet.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "review/columns.h"
#include "review/export.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

constexpr const char* kRoute = "/api/reviews";

std::string TargetOf(const ReviewOptions& options, const std::string& behind, const std::string& query = "") {
  std::string target = std::string(kRoute) + "/" + net::PercentEncode(options.name) + behind;
  std::string asked = query;
  if (!options.matter.empty()) asked += (asked.empty() ? "" : "&") + ("matter=" + net::PercentEncode(options.matter));
  return asked.empty() ? target : target + "?" + asked;
}

std::string Count(const Json& json, const char* name) {
  return std::to_string(json.value(name, std::int64_t{0}));
}

std::string StateText(const Json& one) {
  std::string text =
      one.value("state", "") + ", " + Count(one, "filled") + " of " + Count(one, "documents") + " documents filled";
  if (one.value("unread", 0) > 0) text += ", " + Count(one, "unread") + " unread";
  if (one.value("waiting", 0) > 0) text += ", " + Count(one, "waiting") + " still being read";
  if (one["reason"].is_string()) text += ": " + one["reason"].get<std::string>();
  return text;
}

// Until it runs no more, or the user presses Ctrl-C, which stops nothing.
asio::awaitable<Result<Json>> WaitForIt(DaemonClient& daemon, const ReviewOptions& options) {
  ProgressBar bar;
  const asio::any_io_executor io = co_await asio::this_coro::executor;
  const std::string target = TargetOf(options, "");
  const Json no_body;
  for (;;) {
    Result<Json> now = co_await daemon.Call("GET", target, no_body);
    if (!now) co_return Fail(std::move(now.error()));
    if (now->value("state", "") != "running") co_return std::move(*now);
    const double documents = std::max(1.0, now->value("documents", 0.0));
    std::string text = Count(*now, "filled") + " of " + Count(*now, "documents");
    if ((*now)["seconds_left"].is_number())
      text += ", " + FormatSeconds((*now)["seconds_left"].get<double>()) + " left";
    bar.Show(now->value("filled", 0.0) / documents, text);
    asio::steady_timer timer(io, std::chrono::milliseconds(300));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<int> Begun(DaemonClient& daemon, const ReviewOptions& options, Result<Json> reply) {
  if (reply && !options.no_wait) reply = co_await WaitForIt(daemon, options);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else {
    std::printf("Review '%s': %s.\n", Printable(options.name).c_str(), Printable(StateText(*reply)).c_str());
  }
  co_return reply->value("state", "") == "failed" ? kExitFailure : kExitOk;
}

asio::awaitable<int> Create(DaemonClient& daemon, const ReviewOptions& options) {
  Json body = {{"name", options.name}};
  if (!options.matter.empty()) body["matter"] = options.matter;
  if (review::FindShippedColumns(options.columns)) {
    body["set"] = options.columns;
  } else {
    std::ifstream file(options.columns);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) {
      co_return ReportError(Error(ErrorCode::kNotFound, "The column file '" + options.columns + "' cannot be read.",
                                  "Name a file, or a set: lease, nda, share-purchase, employment, loan."));
    }
    body["columns"] = text.str();
    body["source"] = std::filesystem::path(options.columns).filename().string();
  }
  Result<Json> reply = co_await daemon.Call("POST", kRoute, body);
  co_return co_await Begun(daemon, options, std::move(reply));
}

asio::awaitable<int> List(DaemonClient& daemon, const ReviewOptions& options) {
  std::string target = kRoute;
  if (!options.matter.empty()) target += "?matter=" + net::PercentEncode(options.matter);
  const Json no_body;
  const Result<Json> reply = co_await daemon.Call("GET", target, no_body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
    co_return kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {{"NO", "NAME", "MATTER", "STATE"}};
  for (const Json& one : (*reply)["reviews"]) {
    rows.push_back({one["id"].dump(), Printable(one.value("name", ""), 40), Printable(one.value("matter", ""), 30),
                    Printable(StateText(one), 100)});
  }
  if (rows.size() == 1) {
    std::printf("None. Make one: counsel review create NAME --matter M --columns lease\n");
  } else {
    std::fputs(FormatTable(rows).c_str(), stdout);
  }
  co_return kExitOk;
}

// All rows, piece by piece.
asio::awaitable<Result<Json>> AllRows(DaemonClient& daemon, const ReviewOptions& options) {
  std::string query;
  if (!options.grade.empty()) query += "grade=" + net::PercentEncode(options.grade) + "&";
  if (!options.state.empty()) query += "state=" + net::PercentEncode(options.state) + "&";
  const Json no_body;
  const std::string target = TargetOf(options, "/rows", query.substr(0, query.empty() ? 0 : query.size() - 1));
  Result<net::ReplyStream> stream = co_await daemon.Stream("GET", target, no_body);
  if (!stream) co_return Fail(std::move(stream.error()));
  const Result<std::string> text = co_await stream->ReadAll(std::size_t{1} << 30);
  if (!text) co_return Fail(text.error());
  Json json = Json::parse(*text, nullptr, false);
  if (stream->status() != 200 || !json.is_object()) co_return Fail(ErrorFromJson(json, stream->status()));
  co_return std::move(json["rows"]);
}

void PrintCell(const std::string& column, const Json& cell) {
  const std::string standing = review::Standing(cell);
  const std::string found = cell.value("value", "");
  const std::string grade = cell["grade"].is_string() ? cell["grade"].get<std::string>() : "";
  const std::string state = review::StateOf(cell);
  const std::string shown = standing.empty() ? "–" : standing;
  std::printf("  %s: %s%s%s\n", Printable(column).c_str(), Printable(shown, 120).c_str(),
              grade.empty() ? "" : (" [" + grade + "]").c_str(),
              state.empty() ? "" : (" (" + Printable(state, 60) + ")").c_str());
  if (standing != found) std::printf("      found: %s\n", found.empty() ? "nothing" : Printable(found, 120).c_str());
  const std::string why = cell.value("why", "");
  if (!why.empty()) std::printf("      %s\n", Printable(why, 160).c_str());
  const std::string quote = cell.value("quote", "");
  if (quote.empty()) return;
  const bool paged = cell.contains("page") && cell["page"].is_number();
  std::printf("      %s“%s”%s\n", found.empty() ? "nearest: " : "", Printable(quote, 160).c_str(),
              paged ? (" (page " + cell["page"].dump() + ")").c_str() : "");
}

asio::awaitable<int> Show(DaemonClient& daemon, const ReviewOptions& options) {
  const Json no_body;
  const std::string target = TargetOf(options, "");
  const Result<Json> one = co_await daemon.Call("GET", target, no_body);
  if (!one) co_return ReportError(one.error());
  const Result<Json> rows = co_await AllRows(daemon, options);
  if (!rows) co_return ReportError(rows.error());
  if (options.json) {
    Json whole = *one;
    whole["rows"] = *rows;
    PrintJson(whole);
    co_return kExitOk;
  }
  std::printf("Review '%s' of the matter '%s': %s.\n", Printable(one->value("name", "")).c_str(),
              Printable(one->value("matter", "")).c_str(), Printable(StateText(*one)).c_str());
  for (const Json& row : *rows) {
    const std::string reason = row["reason"].is_string() ? ": " + row["reason"].get<std::string>() : "";
    std::printf("\n%s (%s)%s\n", Printable(row.value("name", "")).c_str(), row.value("document", "").c_str(),
                row.value("state", "") == "filled" ? "" : Printable(", " + row.value("state", "") + reason).c_str());
    for (std::size_t i = 0; i < row["cells"].size() && i < (*one)["columns"].size(); ++i) {
      PrintCell((*one)["columns"][i].value("name", ""), row["cells"][i]);
    }
  }
  co_return kExitOk;
}

asio::awaitable<int> Simple(DaemonClient& daemon, const ReviewOptions& options, const char* method,
                            const char* behind) {
  const Json no_body;
  const std::string target = TargetOf(options, behind);
  const Result<Json> reply = co_await daemon.Call(method, target, no_body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else if (options.action == "delete") {
    std::printf("Deleted.\n");
  } else {
    std::printf("Review '%s': %s.\n", Printable(options.name).c_str(), Printable(StateText(*reply)).c_str());
  }
  co_return kExitOk;
}

asio::awaitable<int> Act(DaemonClient& daemon, const ReviewOptions& options) {
  const Json body = {
      {"document", options.document}, {"column", options.column}, {"act", options.action}, {"words", options.words}};
  const std::string target = TargetOf(options, "/cells");
  const Result<Json> reply = co_await daemon.Call("POST", target, body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else {
    std::printf("%s: %s %s; entry %s of the record says so.\n", Printable(options.column).c_str(),
                options.action.c_str(), Printable(reply->value("words", "")).c_str(),
                (*reply)["record"].dump().c_str());
  }
  co_return kExitOk;
}

Result<void> WriteNew(const std::string& path, const std::string& bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return Fail(ErrnoError(errno, "Cannot make " + path));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(::fdopen(descriptor, "w"), std::fclose);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() &&
                       std::fflush(file.get()) == 0 && ::fsync(descriptor) == 0;
  if (written) return {};
  Error error = ErrnoError(errno, "Cannot write " + path);
  ::unlink(path.c_str());
  return Fail(std::move(error));
}

asio::awaitable<int> Export(DaemonClient& daemon, const ReviewOptions& options) {
  const std::string ending = std::filesystem::path(options.file).extension().string();
  if (ending != ".xlsx" && ending != ".csv" && ending != ".json") {
    co_return ReportError(
        Error(ErrorCode::kInvalidArgument, "'" + options.file + "' ends in none of .xlsx, .csv and .json."));
  }
  const Json no_body;
  const std::string target = TargetOf(options, "");
  const Result<Json> one = co_await daemon.Call("GET", target, no_body);
  if (!one) co_return ReportError(one.error());
  Result<Json> rows = co_await AllRows(daemon, options);
  if (!rows) co_return ReportError(rows.error());
  Json whole = *one;
  whole["rows"] = std::move(*rows);
  Result<void> written;
  if (ending == ".json") written = WriteNew(options.file, whole.dump(2, ' ', false, Json::error_handler_t::replace));
  if (ending == ".csv") written = WriteNew(options.file, ReviewAsCsv(whole));
  if (ending == ".xlsx") written = WriteSheet(whole, options.file);
  if (!written) co_return ReportError(written.error());
  if (options.json) {
    PrintJson({{"file", options.file}});
  } else {
    std::printf("Written to %s.\n", options.file.c_str());
  }
  co_return kExitOk;
}

asio::awaitable<int> Review(const Settings& settings, ReviewOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  if (options.action == "create") co_return co_await Create(*daemon, options);
  if (options.action == "list") co_return co_await List(*daemon, options);
  if (options.action == "show") co_return co_await Show(*daemon, options);
  if (options.action == "cancel") co_return co_await Simple(*daemon, options, "POST", "/cancel");
  if (options.action == "delete") co_return co_await Simple(*daemon, options, "DELETE", "");
  if (options.action == "export") co_return co_await Export(*daemon, options);
  if (options.action != "run") co_return co_await Act(*daemon, options);
  const Json no_body;
  const std::string target = TargetOf(options, "/run");
  Result<Json> reply = co_await daemon->Call("POST", target, no_body);
  co_return co_await Begun(*daemon, options, std::move(reply));
}

}  // namespace

int ReviewCommand(const Settings& settings, const ReviewOptions& options) {
  if (options.action == "columns") {
    const Result<std::string_view> set = review::FindShippedColumns(options.columns);
    if (!set) return ReportError(set.error());
    std::printf("%.*s", static_cast<int>(set->size()), set->data());
    return kExitOk;
  }
  return RunCommand(Review(settings, options));
}

}  // namespace counsel::app
