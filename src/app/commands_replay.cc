// counsel replay: an answer of the record written once more, or its question asked again today.
#include <cstdio>
#include <string>
#include <utility>

#include "app/commands_record.h"
#include "app/daemon_client.h"
#include "app/long_work.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

// "alone in its server", "7", "-": a circumstance in a few words.
std::string InWords(const Json& value) {
  if (value.is_string())
    return value.get<std::string>().empty() ? "not known" : Printable(value.get<std::string>(), 120);
  if (value.is_null()) return "not known";
  if (value.is_object() && value.contains("name"))
    return Printable(value["name"].dump() + ", " + value["files"].dump(), 160);
  return Printable(value.dump(), 200);
}

void PrintDifferences(const Json& differences) {
  for (const Json& one : differences) {
    std::printf("  %s: then %s, now %s\n", one.value("what", "").c_str(), InWords(one["then"]).c_str(),
                InWords(one["now"]).c_str());
  }
}

void PrintReplay(const Json& replay) {
  if (replay["same"].is_null()) {
    std::printf("Not written again. %s\n", Printable(replay.value("why", "")).c_str());
    return;
  }
  if (replay["same"] == true) {
    std::printf("The same text, to the bit:\n%s\n", Printable(replay.value("now", "")).c_str());
  } else {
    std::printf("Another text, from character %s on.\nThen: %s\nNow:  %s\n",
                replay.value("first_difference", Json()).dump().c_str(), Printable(replay.value("then", "")).c_str(),
                Printable(replay.value("now", "")).c_str());
  }
  if (replay["differences"].empty()) {
    std::printf("Model, flags, engine and processor are those of then, and it was alone in its server both times.\n");
    return;
  }
  std::printf("What is not as it was:\n");
  PrintDifferences(replay["differences"]);
}

void PrintPlaces(const char* what, const Json& places) {
  for (const Json& place : places) {
    std::printf("  %s: %s%s, characters %s–%s%s\n", what,
                Printable(place.contains("name") ? place.value("name", "") : place.value("document", ""), 80).c_str(),
                place.value("page", Json(0)) == 0 ? "" : (", page " + place["page"].dump()).c_str(),
                place["start"].dump().c_str(), place["end"].dump().c_str(),
                place.contains("quote") ? (" “" + Printable(place.value("quote", ""), 120) + "”").c_str() : "");
  }
}

void PrintSentences(const char* when, const Json& sentences) {
  for (const Json& sentence : sentences) {
    std::printf("  %s: %s [%s]\n", when, Printable(sentence.value("text", ""), 160).c_str(),
                sentence.value("grade", "").c_str());
  }
}

void PrintNow(const Json& now) {
  std::printf("Asked again; entry %s of the record.\n", now["record"].dump().c_str());
  if (now["same"] == true) {
    std::printf("The same evidence and the same answer.\n");
    return;
  }
  if (now["outcome"]["same"] == false) {
    std::printf("Outcome: then %s, now %s\n", now["outcome"].value("then", "").c_str(),
                now["outcome"].value("now", "").c_str());
  }
  if (now["visible"]["same"] == false) {
    std::printf("Documents that could be found: then %s, now %s%s\n",
                now["visible"]["then"].value("documents", Json()).dump().c_str(),
                now["visible"]["now"].value("documents", Json()).dump().c_str(),
                now["visible"]["then"].value("documents", Json()) == now["visible"]["now"].value("documents", Json())
                    ? " (others)"
                    : "");
  }
  PrintPlaces("no longer read", now["read"]["gone"]);
  PrintPlaces("newly read", now["read"]["added"]);
  PrintPlaces("no longer quoted", now["quotes"]["gone"]);
  PrintPlaces("newly quoted", now["quotes"]["added"]);
  if (now["answer"]["same"] == false) {
    std::printf("Answer then: %s\nAnswer now:  %s\n", Printable(now["answer"].value("then", "")).c_str(),
                Printable(now["answer"].value("now", "")).c_str());
  }
  if (now["sentences"]["same"] == false) {
    PrintSentences("then", now["sentences"]["then"]);
    PrintSentences("now", now["sentences"]["now"]);
  }
  if (!now["differences"].empty()) {
    std::printf("What is not as it was:\n");
    PrintDifferences(now["differences"]);
  }
}

asio::awaitable<int> Replay(const Settings& settings, RecordOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const std::string target = "/api/record/" + net::PercentEncode(options.number) + "/replay";
  const Json body = {{"now", options.now}};
  const Error broken(ErrorCode::kUnavailable, "The daemon ended before this did.", "Try again.");
  const Result<Json> told = co_await FollowWork(*daemon, target, body, broken);
  if (!told) co_return ReportError(told.error());
  const Json& result = (*told)[options.now ? "now" : "replay"];
  if (options.json) {
    PrintJson(*told);
  } else if (options.now) {
    PrintNow(result);
  } else {
    PrintReplay(result);
  }
  co_return result["same"] == false ? kExitFailure : kExitOk;
}

}  // namespace

int ReplayCommand(const Settings& settings, const RecordOptions& options) {
  return RunCommand(Replay(settings, options));
}

}  // namespace counsel::app
