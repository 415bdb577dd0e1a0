// counsel chat: a conversation, and those that are kept.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "base/ids.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

constexpr const char* kRoute = "/api/conversations";

std::string RouteOf(const std::string& id) {
  return std::string(kRoute) + "/" + net::PercentEncode(id);
}

std::string Matters(const Json& conversation) {
  std::string names;
  for (const Json& name : conversation["matters"]) {
    names += (names.empty() ? "" : ", ") + Printable(name.get<std::string>(), 24);
  }
  return names.empty() ? "all" : names;
}

void PrintTable(const Json& conversations) {
  if (conversations.empty()) {
    std::printf("No conversation. Begin one with: counsel chat\n");
    return;
  }
  std::vector<std::vector<std::string>> rows = {{"ID", "LAST", "QUESTIONS", "MATTERS", "TITLE"}};
  for (const Json& one : conversations) {
    rows.push_back({Printable(one["id"].get<std::string>()), one["used_at"].is_null() ? "" : FormatTime(one["used_at"]),
                    std::to_string(one["exchanges"].get<std::int64_t>()), Matters(one),
                    Printable(one["title"].get<std::string>(), 60)});
  }
  std::fputs(FormatTable(rows).c_str(), stdout);
}

asio::awaitable<int> List(const Settings& settings, const ChatOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  std::string target = kRoute;
  if (!options.find.empty()) target += "?words=" + net::PercentEncode(options.find);
  const Json no_body;
  Result<Json> reply = co_await daemon->Call("GET", target, no_body);
  if (!reply) co_return ReportError(reply.error());
  if (options.ask.json) {
    PrintJson(*reply);
  } else {
    PrintTable((*reply)["conversations"]);
  }
  co_return kExitOk;
}

asio::awaitable<int> Delete(const Settings& settings, const ChatOptions& options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const std::string target = RouteOf(options.remove);
  const Json no_body;
  Result<Json> reply = co_await daemon->Call("DELETE", target, no_body);
  if (!reply) co_return ReportError(reply.error());
  if (options.ask.json) {
    PrintJson(*reply);
  } else {
    std::printf("Deleted “%s”; its words are gone from every file.\n",
                Printable((*reply)["deleted"]["title"].get<std::string>()).c_str());
  }
  co_return kExitOk;
}

// What was said there, before one goes on. `matters`: where the last question was asked; they are a wall that goes on.
asio::awaitable<int> ShowEarlier(const Settings& settings, const ChatOptions& options,
                                 std::vector<std::string>* matters) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const std::string target = RouteOf(options.resume) + "/exchanges";
  const Json no_body;
  Result<Json> reply = co_await daemon->Call("GET", target, no_body);
  if (!reply) co_return ReportError(reply.error());
  for (const Json& exchange : (*reply)["exchanges"]) {
    *matters = exchange["matters"].get<std::vector<std::string>>();
    if (options.ask.json) continue;
    std::printf("> %s\n%s\n\n", Printable(exchange["question"].get<std::string>()).c_str(),
                Printable(exchange["text"].get<std::string>()).c_str());
  }
  co_return kExitOk;
}

// What a line of a conversation orders: "quit", "help", "new", or an order that is none, with its stroke; "" for a
// question.
std::string ChatWord(const std::string& line) {
  if (line == "exit" || line == "quit" || line == "/exit" || line == "/quit" || line == "/q") return "quit";
  if (line == "help" || line == "/help" || line == "/?" || line == "?") return "help";
  if (line == "/new") return "new";
  const bool word = line.starts_with('/') && line.find_first_of(" /", 1) == std::string::npos;
  return word ? line : "";
}

std::string AboutChatWord(const std::string& word) {
  if (word == "help") {
    return "Type a question; it may refer to those before it (\"And when is it due?\"), and is asked of the documents "
           "that "
           "answered them, unless it names others. /new begins another conversation; /quit or Ctrl-D ends; Ctrl-C "
           "stops an "
           "answer. More: counsel chat --help";
  }
  if (word == "new") return "Another conversation begins.";
  return "There is no " + word + " here. /help says what there is.";
}

}  // namespace

int ChatCommand(const Settings& settings, const ChatOptions& options) {
  if (options.list) return RunCommand(List(settings, options));
  if (!options.remove.empty()) return RunCommand(Delete(settings, options));
  AskOptions asked = options.ask;
  asked.session = options.resume.empty() ? "chat-" + NewId() : options.resume;
  if (!options.resume.empty()) {
    std::vector<std::string> matters;
    if (const int shown = RunCommand(ShowEarlier(settings, options, &matters)); shown != kExitOk) return shown;
    if (asked.matters.empty()) asked.matters = std::move(matters);
    if (!asked.matters.empty() && !asked.json) {
      std::string names;
      for (const std::string& matter : asked.matters) names += (names.empty() ? "" : ", ") + Printable(matter);
      std::printf("It goes on within: %s. --matter names others.\n", names.c_str());
    }
  }
  const bool prompts = IsTerminal(STDIN_FILENO) && IsTerminal(STDOUT_FILENO);
  if (prompts)
    std::printf("Ask; a question may refer to those before it. Ctrl-C stops an answer, /quit ends, /help says more.\n");
  char* line = nullptr;
  std::size_t room = 0;
  int status = kExitOk;
  for (;;) {
    if (prompts) std::printf("\n> ");
    std::fflush(stdout);
    const ssize_t read = ::getline(&line, &room, stdin);
    if (read < 0) break;
    asked.question = std::string(line, static_cast<std::size_t>(read));
    while (!asked.question.empty() && std::string_view(" \t\r\n\f").find(asked.question.back()) != std::string::npos) {
      asked.question.pop_back();
    }
    asked.question.erase(0, asked.question.find_first_not_of(" \t"));
    if (asked.question.empty()) continue;
    const std::string command = ChatWord(asked.question);
    if (command == "quit") break;
    if (command == "new") asked.session = "chat-" + NewId();
    if (!command.empty()) {
      std::printf("%s\n", Printable(AboutChatWord(command)).c_str());
      continue;
    }
    if (!prompts && !asked.json) std::printf("\n> %s\n", Printable(asked.question).c_str());
    status = AskCommand(settings, asked);
    if (status == kExitInterrupted && !prompts) break;
  }
  std::free(line);
  if (prompts) std::printf("\nTo go on later: counsel chat --resume %s\n", asked.session.c_str());
  return prompts ? kExitOk : status;
}

}  // namespace counsel::app
