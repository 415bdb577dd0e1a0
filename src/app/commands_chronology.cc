#include "app/commands_chronology.h"

#include <cerrno>
#include <cstdio>
#include <functional>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "app/daemon_client.h"
#include "app/long_work.h"
#include "app/run_command.h"
#include "app/saved_reply.h"
#include "app/terminal.h"
#include "upkeep/export.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

constexpr int kAtOnce = 500;  // events

std::string TextOf(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

bool Marked(const Json& date, std::string_view mark) {
  for (const Json& one : date["marks"]) {
    if (one == mark) return true;
  }
  return false;
}

// "2024-03-05", "2024-03", "2024", "2024-03-05 to 2024-03-07", "~2024-03-05", "?".
std::string DayText(const Json& date) {
  std::string from = TextOf(date, "from");
  std::string to = TextOf(date, "to");
  if (from.empty()) return "?";
  const std::string precision = TextOf(date, "precision");
  const bool whole = TextOf(date, "kind") != "between";
  if (whole && precision == "month") from.resize(7), to = from;
  if (whole && precision == "year") from.resize(4), to = from;
  const bool open = Marked(date, "counted") || Marked(date, "year inferred");
  return (open ? "~" : "") + from + (to == from ? "" : " to " + to);
}

// What a reader must know of it: "counted from 2024-03-01", "03/04/2024 may be 2024-04-03 or 2024-03-04".
std::string Remark(const Json& date) {
  const std::string base = TextOf(date, "counted_from");
  if (Marked(date, "ambiguous")) {
    return "may be " + TextOf(date["readings"][0], "from") + " or " + TextOf(date["readings"][1], "from");
  }
  if (Marked(date, "counted")) return "counted from " + base;
  if (Marked(date, "year inferred")) return "no year is stated: the one nearest to " + base;
  if (Marked(date, "no year")) return "no year is stated";
  if (Marked(date, "base not stated")) return "what it is counted from has no date here";
  return Marked(date, "about") ? "about" : "";
}

std::string PlaceOf(const Json& source) {
  const Json& page = source["page"];
  return Printable(TextOf(source, "name"), 80) + (page.is_number() ? ", page " + page.dump() : "");
}

std::string Who(const Json& event) {
  std::string who;
  for (const Json& one : event["who"]) who += (who.empty() ? "" : ", ") + one.get<std::string>();
  return who;
}

void PrintEvent(const Json& event) {
  const Json& date = event["date"];
  const std::string kind = TextOf(date, "kind");
  const bool plain = kind == "on" || kind == "between" || kind == "relative";
  std::printf("%s%s  %s\n", plain ? "" : (kind + " ").c_str(), DayText(date).c_str(),
              Printable(TextOf(event, "what"), 200).c_str());
  const std::string who = Who(event);
  const std::string remark = Remark(date);
  if (!who.empty()) std::printf("    who: %s\n", Printable(who, 120).c_str());
  if (!remark.empty()) std::printf("    “%s”: %s\n", Printable(TextOf(event, "written"), 60).c_str(), remark.c_str());
  for (const Json& source : event["sources"]) {
    std::printf("    %s: “%s”\n", PlaceOf(source).c_str(), Printable(TextOf(source, "quote"), 300).c_str());
  }
  for (const Json& source : event["contradicted_by"]) {
    std::printf("    ✗ another day, %s, in %s: “%s”\n", DayText(source["date"]).c_str(), PlaceOf(source).c_str(),
                Printable(TextOf(source, "quote"), 300).c_str());
  }
}

void PrintEnd(const Json& page, std::size_t events, bool undated) {
  if (events == 0) std::printf("No dates.\n");
  std::printf("%zu events of %s documents.\n", events, page["documents"].dump().c_str());
  if (!undated && page.value("undated", 0) > 0) {
    std::printf("%d further dates have no day: the text leaves open which. See them with --undated\n",
                page.value("undated", 0));
  }
  const std::int64_t unread = page.value("unread_count", std::int64_t{0});
  if (unread == 0) return;
  std::printf("Not read, or not whole: %lld documents.\n", static_cast<long long>(unread));
  for (const Json& one : page["unread"]) {
    std::printf("  %s: %s\n", Printable(TextOf(one, "name"), 60).c_str(), Printable(TextOf(one, "why"), 160).c_str());
  }
}

std::string CsvRow(const std::vector<std::string>& fields) {
  std::string row;
  for (const std::string& field : fields) row += (row.empty() ? "" : ",") + upkeep::CsvField(field);
  return row + "\r\n";
}

std::string CsvHead() {
  return CsvRow({"from", "to", "kind", "remark", "who", "what", "written", "document", "page", "start", "end", "quote",
                 "contradicted by"});
}

std::string CsvRows(const Json& event) {
  std::string rows;
  std::string disputed;
  for (const Json& source : event["contradicted_by"]) {
    disputed += (disputed.empty() ? "" : "; ") + DayText(source["date"]) + " in " + TextOf(source, "name");
  }
  for (const Json& source : event["sources"]) {
    const Json& date = source["date"];
    rows += CsvRow({TextOf(date, "from"), TextOf(date, "to"), TextOf(date, "kind"), Remark(date), Who(event),
                    TextOf(event, "what"), TextOf(source, "written"), TextOf(source, "name"),
                    source["page"].is_number() ? source["page"].dump() : "", source["start"].dump(),
                    source["end"].dump(), TextOf(source, "quote"), disputed});
  }
  return rows;
}

// Page by page; returns the last one without its events.
asio::awaitable<Result<Json>> EachPage(DaemonClient& daemon, const ChronologyOptions& options,
                                       std::function<Result<void>(const Json&)> take) {
  Json body = {{"limit", kAtOnce}, {"undated", options.undated}, {"documents", options.documents}};
  if (!options.matter.empty()) body["matter"] = options.matter;
  if (!options.from.empty()) body["from"] = options.from;
  if (!options.to.empty()) body["to"] = options.to;
  const Error broken(ErrorCode::kUnavailable, "The daemon ended before this did.", "Try again.");
  for (;;) {
    Result<Json> page = co_await FollowWork(daemon, "/api/chronology", body, broken);
    if (!page) co_return Fail(std::move(page.error()));
    for (const Json& event : (*page)["events"]) CO_RETURN_IF_ERROR(take(event));
    page->erase("events");
    if ((*page)["next"].is_null()) co_return page;
    body["after"] = (*page)["next"];
  }
}

asio::awaitable<int> Print(DaemonClient& daemon, const ChronologyOptions& options) {
  std::size_t events = 0;
  Json all = Json::array();
  std::function<Result<void>(const Json&)> take = [&](const Json& event) -> Result<void> {
    ++events;
    if (options.json) {
      all.push_back(event);
    } else {
      PrintEvent(event);
    }
    return {};
  };
  Result<Json> end = co_await EachPage(daemon, options, take);
  if (!end) co_return ReportError(end.error());
  if (options.json) {
    (*end)["events"] = std::move(all);
    PrintJson(*end);
  } else {
    PrintEnd(*end, events, options.undated);
  }
  co_return kExitOk;
}

asio::awaitable<int> WriteCsv(DaemonClient& daemon, const ChronologyOptions& options) {
  const Result<void> new_one = CheckNewFile(options.csv);
  if (!new_one) co_return ReportError(new_one.error());
  const int descriptor = ::open(options.csv.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) co_return ReportError(ErrnoError(errno, "Cannot make " + options.csv));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(::fdopen(descriptor, "w"), std::fclose);
  const auto write = [&](const std::string& text) -> Result<void> {
    if (std::fwrite(text.data(), 1, text.size(), file.get()) == text.size()) return {};
    return Fail(ErrnoError(errno, "Cannot write " + options.csv));
  };
  std::size_t events = 0;
  std::function<Result<void>(const Json&)> take = [&](const Json& event) -> Result<void> {
    ++events;
    return write(CsvRows(event));
  };
  Result<void> written = write("\xEF\xBB\xBF" + CsvHead());
  Result<Json> end = Json();
  if (written) end = co_await EachPage(daemon, options, take);
  if (written && !end) written = Fail(end.error());
  if (written && (std::fflush(file.get()) != 0 || ::fsync(descriptor) != 0)) {
    written = Fail(ErrnoError(errno, "Cannot write " + options.csv));
  }
  if (!written) {
    ::unlink(options.csv.c_str());
    co_return ReportError(written.error());
  }
  if (options.json) {
    (*end)["file"] = options.csv;
    PrintJson(*end);
    co_return kExitOk;
  }
  PrintEnd(*end, events, options.undated);
  std::printf("Written to %s.\n", Printable(options.csv).c_str());
  co_return kExitOk;
}

asio::awaitable<int> Chronology(const Settings& settings, ChronologyOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  if (!options.csv.empty()) co_return co_await WriteCsv(*daemon, options);
  co_return co_await Print(*daemon, options);
}

}  // namespace

int ChronologyCommand(const Settings& settings, const ChronologyOptions& options) {
  return RunCommand(Chronology(settings, options));
}

}  // namespace counsel::app
