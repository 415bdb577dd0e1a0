// counsel: the command line, and as `counsel serve` the daemon.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/arguments.h"
#include "app/commands.h"
#include "app/commands_chronology.h"
#include "app/commands_compare.h"
#include "app/commands_mentions.h"
#include "app/commands_record.h"
#include "app/commands_review.h"
#include "app/run_command.h"
#include "app/serve.h"
#include "app/settings.h"

namespace counsel::app {
namespace {

std::string JoinWords(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

int ServeCommand(const Settings& settings, int ready_fd) {
  const Result<void> served = Serve(settings, ready_fd);
  return served ? kExitOk : ReportError(served.error());
}

int Run(const std::string& verb, const Settings& settings, Arguments& arguments) {
  arguments.add.json = arguments.documents.json = arguments.show.json = arguments.ask.json = arguments.load.json =
      arguments.json;
  arguments.mail.json = arguments.open.json = arguments.token.json = arguments.config.json = arguments.upkeep.json =
      arguments.matters.json = arguments.reread.json = arguments.reembed.json = arguments.json;
  arguments.ask.question = JoinWords(arguments.words);
  if (verb == "serve") return ServeCommand(settings, arguments.ready_fd);
  if (verb == "add") return AddCommand(settings, arguments.add);
  if (verb == "ask") return AskCommand(settings, arguments.ask);
  if (verb == "chat") {
    arguments.chat.ask = arguments.ask;
    return ChatCommand(settings, arguments.chat);
  }
  if (verb == "search") {
    arguments.ask.min_relevance = arguments.search_min_relevance;
    return SearchCommand(settings, arguments.ask);
  }
  if (verb == "show") return ShowCommand(settings, arguments.show);
  if (verb == "documents") return DocumentsCommand(settings, arguments.documents);
  if (verb == "reread") return RereadCommand(settings, arguments.reread);
  if (verb == "reembed") return ReembedCommand(settings, arguments.reembed);
  if (verb == "matters") return MattersCommand(settings, arguments.matters);
  if (verb == "status") return StatusCommand(settings, arguments.watch, arguments.json);
  if (verb == "models") return ModelsCommand(settings, arguments.json);
  if (verb == "load") return LoadCommand(settings, arguments.load);
  if (verb == "plan") return PlanCommand(settings, arguments.load);
  if (verb == "unload") return UnloadCommand(settings, arguments.model, arguments.force, arguments.json);
  if (verb == "pull" && arguments.model == "filing-descriptions") return CompanyDescriptionsCommand(settings, "");
  if (verb == "pull") return PullCommand(settings, arguments.model);
  if (verb == "company") {
    arguments.company.json = arguments.json;
    arguments.company.text = arguments.ask.question;
    if (arguments.company.action == "login") return CompanyLoginCommand(settings);
    if (arguments.company.action.starts_with("watch")) return CompanyWatchCommand(settings, arguments.company);
    if (arguments.company.action == "descriptions") {
      return CompanyDescriptionsCommand(settings, arguments.company.text);
    }
    const bool brings = !arguments.company.ingest.empty();
    if (brings && arguments.company.matter.empty()) arguments.company.matter = "general";
    const bool filtered = std::any_of(arguments.company.filters.begin(), arguments.company.filters.end(),
                                      [](const auto& filter) { return !filter.second.empty(); });
    if (arguments.company.text.empty() && !filtered) {
      return ReportError(Error(ErrorCode::kInvalidArgument, "Which company?", "See: counsel company --help"));
    }
    const std::string& action = arguments.company.action;
    if (action != "" && action != "search") return CompanyListCommand(settings, arguments.company);
    return CompanyCommand(settings, arguments.company);
  }
  if (verb == "config") return ConfigCommand(settings, arguments.config);
  if (verb == "mail") return MailCommand(settings, arguments.mail);
  if (verb == "token") return TokenCommand(settings, arguments.token);
  if (verb == "mentions") {
    arguments.mentions.json = arguments.json;
    return MentionsCommand(settings, arguments.mentions);
  }
  if (verb == "chronology") {
    arguments.chronology.json = arguments.json;
    return ChronologyCommand(settings, arguments.chronology);
  }
  if (verb == "compare") {
    arguments.compare.json = arguments.json;
    return CompareCommand(settings, arguments.compare);
  }
  if (verb == "record") {
    arguments.record.json = arguments.json;
    arguments.record.words = arguments.ask.question;
    return RecordCommand(settings, arguments.record);
  }
  if (verb == "replay") {
    arguments.record.json = arguments.json;
    return ReplayCommand(settings, arguments.record);
  }
  if (verb == "review") {
    arguments.review.json = arguments.json;
    return ReviewCommand(settings, arguments.review);
  }
  if (verb == "open") return OpenCommand(settings, arguments.open);
  if (verb == "check") return CheckCommand(settings, arguments.upkeep);
  if (verb == "backup") return BackupCommand(settings, arguments.upkeep);
  if (verb == "restore") return RestoreCommand(settings, arguments.upkeep);
  if (verb == "export") return ExportCommand(settings, arguments.upkeep);
  if (verb == "doctor") return DoctorCommand(settings, arguments.json);
  if (verb == "licences") return LicencesCommand();
  return StopCommand(settings);
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Counsel answers questions over your own documents, on your own machine, with citations that can be checked.",
      "counsel");
  Arguments arguments;
  Declare(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (app.exit(error) == 0) return kExitOk;
    const std::string step = StepAfterUsageError({argv + 1, argv + argc});
    if (!step.empty()) std::fprintf(stderr, "%s\n", step.c_str());
    return kExitUsage;
  }
  std::map<std::string, std::string> overrides;
  if (!arguments.port.empty()) overrides["api.port"] = arguments.port;
  if (!arguments.log_level.empty()) overrides["log.level"] = arguments.log_level;
  for (const std::string& given : arguments.set) {
    const std::size_t equals = given.find('=');
    const SettingKind* kind = FindSetting(given.substr(0, equals));
    if (kind == nullptr || equals == std::string::npos) {
      return ReportError(Error(ErrorCode::kInvalidArgument, "--set " + given + " is not NAME=VALUE of a setting.",
                               "See: counsel config list"));
    }
    overrides[kind->key] = given.substr(equals + 1);
  }
  const Result<Settings> settings = Settings::Load(arguments.home, overrides);
  if (!settings) return ReportError(settings.error());
  return Run(app.get_subcommands().front()->get_name(), *settings, arguments);
}

}  // namespace
}  // namespace counsel::app

int main(int argc, char** argv) {
  try {
    return counsel::app::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "counsel: a mistake of ours: %s\n", error.what());
    return counsel::app::kExitFailure;
  }
}
