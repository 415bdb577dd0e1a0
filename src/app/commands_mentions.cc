#include "app/commands_mentions.h"

#include <cstdio>
#include <utility>

#include "app/daemon_client.h"
#include "app/long_work.h"
#include "app/place_text.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

void PrintPlace(const Json& one) {
  const std::string page = one["page"].is_number() ? ", page " + one["page"].dump() : "";
  const std::int64_t count = one.value("count", std::int64_t{0});
  std::printf("  %s: %lld %s, first at character %s%s\n      “%s”\n", Printable(one.value("name", ""), 80).c_str(),
              static_cast<long long>(count), count == 1 ? "time" : "times", one["start"].dump().c_str(), page.c_str(),
              Printable(one.value("quote", ""), 400).c_str());
}

// What none is said of, and what it cannot be said of.
void PrintFound(const Json& found, const MentionsOptions& options) {
  const std::string asked = Printable(options.text, 80);
  const long long read = found.value("documents", 0LL);
  const long long not_read = found.value("not_read_count", 0LL);
  const long long mentioning = found.value("mentioning", 0LL);
  if (mentioning > 0) {
    std::printf("“%s” stands in %lld of %lld documents.\n", asked.c_str(), mentioning, read);
  } else if (not_read == 0) {
    std::printf("None of the %lld documents mentions “%s”.\n", read, asked.c_str());
  } else {
    std::printf("None of the %lld documents mentions “%s” in what was read of them.\n", read, asked.c_str());
  }
  for (const Json& one : found["mentions"]) PrintPlace(one);
  std::printf(
      "How it was looked for: every word of every stored text, for “%s” one after the other, in any form "
      "(plural, -ed, -ing), case and spelling (-ise, -ize; -our, -or). Other words for it were not.\n",
      asked.c_str());
  if (not_read > 0) std::printf("Not read, not whole, or unsurely: %lld documents. It may stand there:\n", not_read);
  for (const Json& one : found["not_read"]) {
    std::printf("  %s: %s\n", Printable(one.value("name", ""), 60).c_str(),
                Printable(one.value("why", ""), 160).c_str());
  }
}

// What stands nearest to it by meaning; {"problem"} where that cannot be looked for.
asio::awaitable<Json> Nearest(DaemonClient& daemon, const MentionsOptions& options) {
  Json body = {{"query", options.text}, {"limit", 3}};
  if (!options.matter.empty()) body["matter"] = options.matter;
  const std::string target = "/api/search";
  Result<Json> reply = co_await daemon.Call("POST", target, body);
  if (!reply) co_return Json{{"problem", reply.error().message}};
  co_return Json{{"hits", (*reply)["hits"]}};
}

void PrintNearest(const Json& nearest) {
  if (nearest.contains("problem")) {
    std::printf("What is nearest by meaning could not be looked for: %s\n",
                Printable(nearest.value("problem", ""), 160).c_str());
    return;
  }
  if (!nearest["hits"].empty()) std::printf("Nearest by words and meaning:\n");
  for (const Json& hit : nearest["hits"]) {
    std::printf("  %s: “%s”\n", PlaceText(hit).c_str(), Printable(hit.value("quote", ""), 200).c_str());
  }
}

asio::awaitable<int> Mentions(const Settings& settings, MentionsOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  Json body = {{"text", options.text}};
  if (!options.matter.empty()) body["matter"] = options.matter;
  const Error broken(ErrorCode::kUnavailable, "The daemon ended before this did.", "Try again.");
  Result<Json> found = co_await FollowWork(*daemon, "/api/mentions", body, broken);
  if (!found) co_return ReportError(found.error());
  const bool none = found->value("mentioning", 0) == 0;
  if (none) {
    Json nearest = co_await Nearest(*daemon, options);
    (*found)["nearest"] = std::move(nearest);
  }
  if (options.json) {
    PrintJson(*found);
  } else {
    PrintFound(*found, options);
    if (none) PrintNearest((*found)["nearest"]);
  }
  co_return kExitOk;
}

}  // namespace

int MentionsCommand(const Settings& settings, const MentionsOptions& options) {
  return RunCommand(Mentions(settings, options));
}

}  // namespace counsel::app
