#include "app/commands_chronology.h"

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "app/chronology_text.h"
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
constexpr std::size_t kMostInWord = 5000;

void PrintEvent(const Json& event) {
  const Json& date = event["date"];
  std::printf("%s%s  %s\n", KindBefore(date).c_str(), DayText(date).c_str(),
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

// At most kMostInWord events: Word is slow with tables of more.
asio::awaitable<int> WriteDocx(DaemonClient& daemon, const ChronologyOptions& options) {
  if (const Result<void> new_one = CheckNewFile(options.docx); !new_one) co_return ReportError(new_one.error());
  Json all = Json::array();
  std::function<Result<void>(const Json&)> take = [&all](const Json& event) -> Result<void> {
    if (all.size() == kMostInWord) {
      return Fail(ErrorCode::kTooLarge,
                  "There are more than " + std::to_string(kMostInWord) + " events, too many for a Word document.",
                  "Give less with --from, --to or --document, or write them as --csv.");
    }
    all.push_back(event);
    return {};
  };
  Result<Json> end = co_await EachPage(daemon, options, take);
  if (!end) co_return ReportError(end.error());
  const std::size_t events = all.size();
  const std::string docx = ChronologyDocx(all, *end, options.matter, static_cast<std::int64_t>(std::time(nullptr)));
  if (const Result<void> written = WriteNewFile(options.docx, docx); !written) co_return ReportError(written.error());
  if (options.json) {
    (*end)["file"] = options.docx;
    PrintJson(*end);
    co_return kExitOk;
  }
  PrintEnd(*end, events, options.undated);
  std::printf("Written to %s.\n", Printable(options.docx).c_str());
  co_return kExitOk;
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
  if (!options.docx.empty()) co_return co_await WriteDocx(*daemon, options);
  if (!options.csv.empty()) co_return co_await WriteCsv(*daemon, options);
  co_return co_await Print(*daemon, options);
}

}  // namespace

int ChronologyCommand(const Settings& settings, const ChronologyOptions& options) {
  return RunCommand(Chronology(settings, options));
}

}  // namespace counsel::app
