// counsel mail.
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

std::string Absolute(const std::string& path) {
  return path.empty() ? "" : std::filesystem::absolute(path).lexically_normal().string();
}

void PrintList(const Json& mailboxes) {
  if (mailboxes.empty()) {
    std::printf("No mailbox is followed. Follow one with: counsel mail add imaps://USER@HOST/FOLDER\n");
    return;
  }
  std::vector<std::vector<std::string>> rows = {{"ID", "ADDRESS", "MATTER", "MAILS", "SKIPPED", "LOOKED AT"}};
  for (const Json& box : mailboxes) {
    const std::int64_t at = box["looked_at"];
    const bool looking = box["looking"];
    rows.push_back({box["id"], Printable(box["address"].get<std::string>()),
                    Printable(box["matter"].get<std::string>()), std::to_string(box["mails"].get<std::int64_t>()),
                    std::to_string(box["skipped"].get<std::int64_t>()),
                    looking   ? "now"
                    : at == 0 ? "-"
                              : FormatTime(at)});
  }
  std::fputs(FormatTable(rows).c_str(), stdout);
  for (const Json& box : mailboxes) {
    const std::string error = box["error"];
    if (!error.empty()) std::printf("%s: %s\n", box["id"].get<std::string>().c_str(), Printable(error).c_str());
  }
}

// The id of the one that is meant: by its id, the beginning of that, or its address.
Result<std::string> Meant(const Json& mailboxes, const std::string& words) {
  std::vector<std::string> fit;
  for (const Json& box : mailboxes) {
    const std::string id = box["id"];
    if (id == words) return id;
    if (id.starts_with(words) || box["address"] == words) fit.push_back(id);
  }
  if (fit.size() == 1) return fit.front();
  return Fail(fit.empty() ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument,
              (fit.empty() ? "No mailbox is called '" : "Several mailboxes are called '") + words + "'.",
              "Name its id; see: counsel mail list");
}

asio::awaitable<int> Add(DaemonClient& daemon, const MailOptions& options) {
  const Json body = {{"address", options.address},
                     {"matter", options.matter},
                     {"password_file", Absolute(options.password_file)},
                     {"token_command", options.token_command},
                     {"ca_file", Absolute(options.ca_file)}};
  Result<Json> added = co_await daemon.Call("POST", "/api/mail", body);
  if (!added) co_return ReportError(added.error());
  if (options.json) {
    PrintJson(*added);
  } else {
    std::printf("%s is followed. Its mails are read in the background; see: counsel mail list\n",
                Printable((*added)["address"].get<std::string>()).c_str());
  }
  co_return kExitOk;
}

asio::awaitable<int> Mail(const Settings& settings, MailOptions options) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  if (options.action == "add") co_return co_await Add(*daemon, options);
  const Json none;
  Result<Json> listed = co_await daemon->Call("GET", "/api/mail", none);
  if (!listed) co_return ReportError(listed.error());
  const Json& mailboxes = (*listed)["mailboxes"];
  if (options.action == "list") {
    if (options.json) PrintJson(*listed);
    if (!options.json) PrintList(mailboxes);
    co_return kExitOk;
  }
  std::string id;
  if (!options.address.empty()) {
    Result<std::string> meant = Meant(mailboxes, options.address);
    if (!meant) co_return ReportError(meant.error());
    id = std::move(*meant);
  }
  if (options.action == "remove") {
    const std::string target = "/api/mail/" + id;
    Result<Json> removed = co_await daemon->Call("DELETE", target, none);
    if (!removed) co_return ReportError(removed.error());
    std::printf("%s is no longer followed; its mails stay.\n",
                Printable((*removed)["address"].get<std::string>()).c_str());
    co_return kExitOk;
  }
  const Json body = {{"id", id}};
  Result<Json> begun = co_await daemon->Call("POST", "/api/mail/now", body);
  if (!begun) co_return ReportError(begun.error());
  std::printf("Looking for new mail; see: counsel mail list\n");
  co_return kExitOk;
}

}  // namespace

int MailCommand(const Settings& settings, const MailOptions& options) {
  return RunCommand(Mail(settings, options));
}

}  // namespace counsel::app
