#include "app/commands_compare.h"

#include <algorithm>
#include <cstdio>

#include "app/daemon_client.h"
#include "app/run_command.h"
#include "app/saved_reply.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kShown = 300;  // characters of a quote

std::string PlaceOf(const Json& side) {
  if (side.is_null()) return "";
  const Json& page = side["page"];
  std::string place = page.is_number() ? "page " + page.dump() : "characters " + side["start"].dump();
  if (const std::string heading = side["heading"]; !heading.empty()) place += ", under " + Printable(heading, kShown);
  return place;
}

void PrintSide(const char* sign, const Json& side) {
  if (side.is_null()) return;
  std::string text = side["text"];
  std::replace(text.begin(), text.end(), '\n', ' ');
  const std::string words = side["words"];
  std::printf("    %s %s\n      “%s”\n", sign,
              (words.empty() ? PlaceOf(side) : Printable(words, kShown) + "  (" + PlaceOf(side) + ")").c_str(),
              Printable(text, kShown).c_str());
}

void PrintMatter(const Json& matter) {
  std::string kind = matter["kind"];
  const char* between = ", with: ";
  for (const Json& held : matter["holds"]) {
    kind += between + held.get<std::string>();
    between = ", ";
  }
  std::replace(kind.begin(), kind.end(), '_', ' ');
  std::printf("  %s\n", kind.c_str());
  PrintSide("−", matter["first"]);
  PrintSide("+", matter["second"]);
}

void PrintCounts(const Json& reply) {
  const Json& counts = reply["counts"];
  std::printf("%s, compared with %s\nClauses: %s the same, %s changed, %s moved, %s added, %s removed\n",
              Printable(reply["second"]["name"].get<std::string>()).c_str(),
              Printable(reply["first"]["name"].get<std::string>()).c_str(), counts["same"].dump().c_str(),
              counts["changed"].dump().c_str(), counts["moved"].dump().c_str(), counts["added"].dump().c_str(),
              counts["removed"].dump().c_str());
}

void PrintComparison(const Json& reply) {
  PrintCounts(reply);
  const Json& matters = reply["matters"];
  std::printf(
      matters.empty()
          ? "\nNo change of what the rules look for: values, must and may, negation, conditions, parties, liability.\n"
          : "\nChanges that matter, by the rules' reading:\n");
  for (const Json& matter : matters) PrintMatter(matter);
  std::printf("\nEvery change to the word: --docx FILE, or --json\n");
}

asio::awaitable<int> Compare(const Settings& settings, CompareOptions options) {
  if (!options.docx.empty()) {
    if (const Result<void> free = CheckNewFile(options.docx); !free) co_return ReportError(free.error());
  }
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const Json body = {{"first", options.first}, {"second", options.second}};
  if (!options.docx.empty()) {
    const Result<void> saved = co_await SaveReply(*daemon, "POST", "/api/compare/docx", body, options.docx);
    if (!saved) co_return ReportError(saved.error());
    if (options.json) {
      PrintJson({{"file", options.docx}});
    } else {
      std::printf("Written to %s: every change is tracked.\n", Printable(options.docx).c_str());
    }
    co_return kExitOk;
  }
  Result<Json> reply = co_await daemon->Call("POST", "/api/compare", body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else {
    PrintComparison(*reply);
  }
  co_return kExitOk;
}

}  // namespace

int CompareCommand(const Settings& settings, const CompareOptions& options) {
  return RunCommand(Compare(settings, options));
}

}  // namespace counsel::app
