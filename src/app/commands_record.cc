#include "app/commands_record.h"

#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "app/answer_docx.h"
#include "app/daemon_client.h"
#include "app/long_work.h"
#include "app/run_command.h"
#include "app/saved_reply.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

std::string YearsText(std::int64_t years) {
  return std::to_string(years) + (years == 1 ? " year" : " years");
}

namespace asio = boost::asio;

constexpr const char* kRoute = "/api/record";
constexpr const char* kDeleted = "(deleted)";

// A text of an entry: {"text"}, or, where it was deleted, {"sha256"}; "" for none.
std::string TextOf(const Json& text) {
  if (text.is_string()) return text;
  if (!text.is_object()) return "";
  return text.contains("text") ? text["text"].get<std::string>() : kDeleted;
}

std::string PersonOf(const Json& person) {
  if (!person.is_object() || person.empty()) return "not known";
  const bool token = person.contains("token");
  return person.begin()->get<std::string>() + (token ? " (token)" : "");
}

// "2026-11-30 22:45", of the entry's UTC.
std::string When(const Json& entry) {
  std::string time = entry.value("time", "");
  if (time.size() < 16) return time;
  time[10] = ' ';
  return time.substr(0, 16);
}

std::string Numbers(const Json& numbers) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < numbers.size() && i < kShown; ++i) text += (i > 0 ? ", " : "") + numbers[i].dump();
  return text + (numbers.size() > kShown ? ", …" : "");
}

// One line of what an entry says.
std::string WhatIsSaid(const Json& entry) {
  const Json& said = entry["said"];
  const std::string kind = entry.value("kind", "");
  if (kind == "question") return TextOf(said.value("question", Json()));
  if (kind == "deleted") {
    return "a " + said.value("what", "document") + ": the texts of " + Numbers(said["entries"]) + " are gone";
  }
  if (kind == "retained") {
    const std::int64_t years = said.value("years", std::int64_t{0});
    return "matter " + TextOf(said.value("matter", Json())) +
           (years == 0 ? ": kept for ever" : ": kept for " + YearsText(years));
  }
  const std::string words = TextOf(said.value("words", Json()));
  if (said.contains("matter")) return "matter " + TextOf(said["matter"]) + (words.empty() ? "" : ": " + words);
  return "entry " + entry.value("of", Json()).dump() + (words.empty() ? "" : ": " + words);
}

void PrintList(const Json& entries) {
  if (entries.empty()) {
    std::printf("Nothing. Each question and its answer is put into the record: counsel ask \"…\"\n");
    return;
  }
  std::vector<std::vector<std::string>> rows = {{"ENTRY", "TIME (UTC)", "WHO", "WHAT", ""}};
  for (const Json& one : entries) {
    const Json& entry = one["entry"];
    rows.push_back({one["number"].dump(), When(entry), Printable(PersonOf(entry["person"]), 24),
                    Printable(entry.value("kind", "")), Printable(WhatIsSaid(entry), 70)});
  }
  std::fputs(FormatTable(rows).c_str(), stdout);
}

void PrintPlace(const Json& place) {
  std::printf("  [%s] %s", place["n"].dump().c_str(), Printable(TextOf(place["name"]), 80).c_str());
  if (place.value("page", 0) > 0) std::printf(", page %d", place.value("page", 0));
  std::printf(", characters %s–%s of document %s\n      “%s”\n", place["start"].dump().c_str(),
              place["end"].dump().c_str(), Printable(place.value("document", "")).c_str(),
              Printable(TextOf(place["quote"]), 300).c_str());
}

void PrintQuestion(const Json& said) {
  std::printf("\nQuestion: %s\nOutcome:  %s\nAnswer:   %s\n", Printable(TextOf(said["question"])).c_str(),
              said.value("outcome", "").c_str(), Printable(TextOf(said["answer"])).c_str());
  for (const Json& sentence : said["sentences"]) {
    std::printf("  sentence at %s: %s %s\n", sentence["start"].dump().c_str(), sentence.value("grade", "").c_str(),
                Printable(TextOf(sentence["why_not"])).c_str());
  }
  const bool written = !said["citations"].empty();
  std::printf("%s:\n", written ? "Citations" : "Quotes");
  for (const Json& place : said[written ? "citations" : "quotes"]) PrintPlace(place);
  std::printf("Read: %zu passages. Visible: %s documents.\n", said["read"].size(),
              said["visible"]["documents"].dump().c_str());
  std::printf("Written by: %s\n",
              said["model"].is_object() ? Printable(said["model"].value("name", "")).c_str() : "no model");
  if (said["left_machine"].empty()) std::printf("Nothing left this machine.\n");
  for (const Json& left : said["left_machine"]) {
    std::printf("To %s went %s.\n", Printable(left.value("to", "")).c_str(), left.value("what", "").c_str());
  }
  for (const Json& note : said["notes"]) std::printf("Note: %s\n", Printable(TextOf(note)).c_str());
}

void PrintEntry(const Json& shown) {
  const Json& entry = shown["entry"];
  std::printf("Entry %s: %s, %s UTC, by %s, %s\n", shown["number"].dump().c_str(), entry.value("kind", "").c_str(),
              When(entry).c_str(), Printable(PersonOf(entry["person"])).c_str(), entry.value("program", "").c_str());
  if (entry.value("kind", "") == "question") {
    PrintQuestion(entry["said"]);
  } else {
    std::printf("%s\n", Printable(WhatIsSaid(entry)).c_str());
  }
  if (!shown.value("texts", true)) std::printf("Its texts were deleted; their digests stay.\n");
  for (const Json& act : shown["acts"]) {
    std::printf("Since: %s UTC, %s by %s, %s\n", When(act["entry"]).c_str(), act["entry"].value("kind", "").c_str(),
                Printable(PersonOf(act["entry"]["person"])).c_str(), Printable(WhatIsSaid(act["entry"])).c_str());
  }
  std::printf("In the record with the head %s\n", shown.value("head", "").c_str());
}

asio::awaitable<int> List(DaemonClient& daemon, const RecordOptions& options) {
  std::string target = std::string(kRoute) + "?limit=" + std::to_string(options.limit);
  if (!options.matter.empty()) target += "&matter=" + net::PercentEncode(options.matter);
  const Json no_body;
  Result<Json> reply = co_await daemon.Call("GET", target, no_body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
    co_return kExitOk;
  }
  PrintList((*reply)["entries"]);
  if (!(*reply)["next"].is_null()) std::printf("Further ones: --limit\n");
  co_return kExitOk;
}

asio::awaitable<int> SaveDocx(DaemonClient& daemon, const RecordOptions& options) {
  const Result<void> saved = co_await SaveAnswer(daemon, options.number, options.docx);
  if (!saved) co_return ReportError(saved.error());
  if (options.json) {
    PrintJson({{"file", options.docx.file}});
  } else {
    PrintSaved(options.docx);
  }
  co_return kExitOk;
}

asio::awaitable<int> Show(DaemonClient& daemon, const RecordOptions& options) {
  if (!options.docx.file.empty()) co_return co_await SaveDocx(daemon, options);
  const std::string target = std::string(kRoute) + "/" + net::PercentEncode(options.number);
  const Json no_body;
  Result<Json> reply = co_await daemon.Call("GET", target, no_body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else {
    PrintEntry(*reply);
  }
  co_return kExitOk;
}

asio::awaitable<int> Act(DaemonClient& daemon, const RecordOptions& options) {
  const std::string target = std::string(kRoute) + "/" + net::PercentEncode(options.number) + "/acts";
  const Json body = {{"act", options.action}, {"words", options.words}};
  Result<Json> reply = co_await daemon.Call("POST", target, body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else {
    std::printf("Entry %s of the record says so.\n", (*reply)["number"].dump().c_str());
  }
  co_return kExitOk;
}

asio::awaitable<int> Hold(DaemonClient& daemon, const RecordOptions& options) {
  const std::string target = std::string(kRoute) + "/holds";
  const bool held = options.action == "held";
  const Json body = {{"matter", options.matter}, {"hold", held}, {"words", options.words}};
  Result<Json> reply = co_await daemon.Call("POST", target, body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else {
    std::printf("The matter '%s' is %s; entry %s of the record says so.\n", Printable(options.matter).c_str(),
                held ? "on hold: nothing of it is deleted" : "no longer on hold", (*reply)["number"].dump().c_str());
  }
  co_return kExitOk;
}

asio::awaitable<int> Retain(DaemonClient& daemon, const RecordOptions& options) {
  const std::string target = std::string(kRoute) + "/retention";
  const Json body = {{"matter", options.matter}, {"years", options.years}};
  Result<Json> reply = co_await daemon.Call("POST", target, body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
    co_return kExitOk;
  }
  const std::string how_long = options.years == 0 ? "for ever" : "for " + YearsText(options.years);
  std::printf("Texts of the matter '%s' are kept in the record %s; entry %s says so. Those of %s entries went now.\n",
              Printable(options.matter).c_str(), how_long.c_str(), (*reply)["number"].dump().c_str(),
              (*reply)["deleted"].dump().c_str());
  co_return kExitOk;
}

asio::awaitable<int> Head(DaemonClient& daemon, const RecordOptions& options) {
  const std::string target = std::string(kRoute) + "/head";
  const Json body = options.sign ? Json::object() : Json();
  Result<Json> reply = co_await daemon.Call(options.sign ? "POST" : "GET", target, body);
  if (!reply) co_return ReportError(reply.error());
  if (options.json) {
    PrintJson(*reply);
  } else {
    std::printf("%s\n", reply->value(options.sign ? "signed" : "head", "").c_str());
  }
  co_return kExitOk;
}

void PrintVerified(const Json& verified) {
  std::printf("%s entries hashed again; the texts of %s are theirs, those of %s were deleted, as the record says.\n",
              verified["entries"].dump().c_str(), verified["with_texts"].dump().c_str(),
              verified["texts_deleted"].dump().c_str());
  for (const Json& fault : verified["faults"]) {
    const std::string where = fault["entry"].is_null() ? "" : "Entry " + fault["entry"].dump() + ": ";
    std::printf("✗ %s%s\n", where.c_str(), Printable(fault.value("what", "")).c_str());
  }
  const std::int64_t more =
      verified.value("fault_count", std::int64_t{0}) - static_cast<std::int64_t>(verified["faults"].size());
  if (more > 0) std::printf("✗ and %lld further faults\n", static_cast<long long>(more));
  if (verified["signed"].is_object()) {
    std::printf("The head that was noted was signed on %s with the key %s\n",
                Printable(verified["signed"].value("time", "")).c_str(),
                Printable(verified["signed"].value("key", "")).c_str());
  }
  if (verified.value("whole", false)) std::printf("The record is whole. ");
  std::printf("Head: %s\n", verified.value("head", "").c_str());
}

asio::awaitable<int> Verify(DaemonClient& daemon, const RecordOptions& options) {
  Json body = Json::object();
  if (!options.head.empty()) body["head"] = options.head;
  const Error broken(ErrorCode::kUnavailable, "The daemon ended before this did.", "Try again.");
  const std::string target = std::string(kRoute) + "/verify";
  const Result<Json> verified = co_await FollowWork(daemon, target, body, broken);
  if (!verified) co_return ReportError(verified.error());
  if (options.json) {
    PrintJson(*verified);
  } else {
    PrintVerified(*verified);
  }
  co_return verified->value("whole", false) ? kExitOk : kExitFailure;
}

asio::awaitable<int> Export(DaemonClient& daemon, const RecordOptions& options) {
  std::string target = std::string(kRoute) + "/export";
  if (!options.matter.empty()) target += "?matter=" + net::PercentEncode(options.matter);
  const Json no_body;
  const Result<void> written = co_await SaveReply(daemon, "GET", target, no_body, options.file);
  if (!written) co_return ReportError(written.error());
  if (options.json) {
    PrintJson({{"file", options.file}});
  } else {
    std::printf("Written to %s. Whoever gets it verifies it with: python3 tools/verify_record.py %s\n",
                options.file.c_str(), options.file.c_str());
  }
  co_return kExitOk;
}

asio::awaitable<int> Record(const Settings& settings, RecordOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  if (options.action == "list") co_return co_await List(*daemon, options);
  if (options.action == "show") co_return co_await Show(*daemon, options);
  if (options.action == "head") co_return co_await Head(*daemon, options);
  if (options.action == "held" || options.action == "released") co_return co_await Hold(*daemon, options);
  if (options.action == "retained") co_return co_await Retain(*daemon, options);
  if (options.action == "verify") co_return co_await Verify(*daemon, options);
  if (options.action == "export") co_return co_await Export(*daemon, options);
  co_return co_await Act(*daemon, options);
}

}  // namespace

int RecordCommand(const Settings& settings, const RecordOptions& options) {
  return RunCommand(Record(settings, options));
}

}  // namespace counsel::app
