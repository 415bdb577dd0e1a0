// The command line's verbs. Each returns the exit status (exit_status.h) and writes results to stdout, the rest to
// stderr. With `json`, stdout holds the JSON of the verb's route and nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/docx_options.h"
#include "app/settings.h"

namespace counsel::app {

struct AddOptions {
  std::vector<std::string> paths;
  std::string matter;
  std::vector<std::string> exclude;  // globs (files_under.h)
  bool watch = false;                // the paths are folders: go on adding what changes in them, until Ctrl-C
  bool dry_run = false;              // only say what would be added
  bool json = false;
};
[[nodiscard]] int AddCommand(const Settings& settings, const AddOptions& options);

struct MailOptions {
  std::string action;   // add, list, remove, now
  std::string address;  // of add; of the others an id or address, "" for all
  std::string matter;
  std::string password_file;
  std::string token_command;
  std::string ca_file;
  bool json = false;
};
[[nodiscard]] int MailCommand(const Settings& settings, const MailOptions& options);

struct DocumentsOptions {
  std::string matter;   // "" for all
  std::string words;    // that the name holds
  std::string kind;     // pdf, letter, …, several with commas; "" for all
  std::string state;    // likewise
  bool newest = false;  // the newest first
  std::string show;     // an id or name, or ""
  std::string remove;   // an id or name, or ""; whatever is not a whole id is asked about
  bool yes = false;     // with remove: do not ask
  bool text = false;    // with show: the document's text
  bool json = false;
};
[[nodiscard]] int DocumentsCommand(const Settings& settings, const DocumentsOptions& options);

struct RereadOptions {
  std::vector<std::string> documents;  // ids or names
  bool wants_language = false;         // also all that wanted a language of OCR
  bool outdated = false;               // also all that older readers read
  std::string matter;                  // of those; "" for all
  bool json = false;
};
// Returns once they are queued.
[[nodiscard]] int RereadCommand(const Settings& settings, const RereadOptions& options);

struct ReembedOptions {
  bool stop = false;  // give it up
  bool json = false;
};
// To EMBEDDING_MODEL. Ctrl-C stops waiting only.
[[nodiscard]] int ReembedCommand(const Settings& settings, const ReembedOptions& options);

struct MattersOptions {
  std::string remove;  // a name, or "": they are listed
  bool yes = false;    // with remove: do not ask
  bool json = false;
};
[[nodiscard]] int MattersCommand(const Settings& settings, const MattersOptions& options);

struct AskOptions {
  std::string question;
  std::vector<std::string> matters;
  int limit = 15;
  double min_relevance = 0.2;
  std::string style;            // "": the setting's
  std::optional<int> patience;  // seconds; nothing: the setting's
  bool everywhere = false;
  std::string session;  // "": the question stands alone
  DocxOptions docx;
  bool json = false;
};
struct ChatOptions {
  AskOptions ask;
  bool list = false;   // the conversations that are kept, instead of one
  std::string find;    // with list: words that they hold
  std::string resume;  // the id of one that is kept; "": a new one
  std::string remove;  // the id of one, instead
};
[[nodiscard]] int AskCommand(const Settings& settings, const AskOptions& options);
// One question after another from stdin, each with those before it, until its end; Ctrl-C ends an answer, and, where
// none is being made, the conversation.
[[nodiscard]] int ChatCommand(const Settings& settings, const ChatOptions& options);
[[nodiscard]] int SearchCommand(const Settings& settings, const AskOptions& options);

// `watch`: a table of the models that is drawn again as they change, until Ctrl-C; where stdout is no terminal, one
// table (with `json`: one line of JSON) for each change.
[[nodiscard]] int StatusCommand(const Settings& settings, bool watch, bool json);
[[nodiscard]] int StopCommand(const Settings& settings);

struct ConfigOptions {
  std::string action = "list";  // get, set, unset
  std::string name;             // of a setting: its key or its name in the environment
  std::string value;            // for set
  bool json = false;
};
[[nodiscard]] int ConfigCommand(const Settings& settings, const ConfigOptions& options);

struct TokenOptions {
  std::string action;  // "": the home's own is shown; add, list, revoke
  std::string name;    // of a person
  bool json = false;
};
[[nodiscard]] int TokenCommand(const Settings& settings, const TokenOptions& options);
struct OpenOptions {
  bool print = false;  // the link, instead of opening a browser
  bool list = false;   // the browsers that were let in
  std::string revoke;  // the id of one, or "all"; "" for none
  bool json = false;
};
// Opens the page in a browser, which is let in by it.
[[nodiscard]] int OpenCommand(const Settings& settings, const OpenOptions& options);
[[nodiscard]] int DoctorCommand(const Settings& settings, bool json);

struct UpkeepOptions {
  std::string path;  // of a folder
  std::string matter = "general";
  bool repair = false;
  bool json = false;
};
// kExitFailure when something is not whole and was not repaired. Uses repair.
[[nodiscard]] int CheckCommand(const Settings& settings, const UpkeepOptions& options);
[[nodiscard]] int BackupCommand(const Settings& settings, const UpkeepOptions& options);
// Without a daemon: it must not run.
[[nodiscard]] int RestoreCommand(const Settings& settings, const UpkeepOptions& options);
// Uses matter.
[[nodiscard]] int ExportCommand(const Settings& settings, const UpkeepOptions& options);

[[nodiscard]] int ModelsCommand(const Settings& settings, bool json);

struct LoadOptions {
  std::string name;
  bool quick = false;                      // mapped as it is in the file
  bool warm = false;                       // only read the files into the page cache
  std::optional<std::int64_t> keep_alive;  // seconds that it stays unused; below 0: for ever; nothing: the setting's
  bool json = false;
};
[[nodiscard]] int LoadCommand(const Settings& settings, const LoadOptions& options);
// What a load would take and do. kExitFailure when the model cannot fit. Uses name, quick and json.
[[nodiscard]] int PlanCommand(const Settings& settings, const LoadOptions& options);
[[nodiscard]] int UnloadCommand(const Settings& settings, const std::string& name, bool force, bool json);
// NOTICE, as it was built in.
[[nodiscard]] int LicencesCommand();
[[nodiscard]] int PullCommand(const Settings& settings, const std::string& name);

struct CompanyOptions {
  // "search", "officers", "filings", "appointments", "descriptions", "watch", "watch add", "watch remove", "watch
  // list", or "": the dossier
  std::string action;
  std::string text;                            // a number or a name; an officer's id; a file or address
  int limit = 20;                              // of a search or list
  std::map<std::string, std::string> filters;  // of a search, by their names at the register
  std::string category;                        // of filings: "accounts,resolutions"; "" for all
  bool fresh = false;                          // ask the register, whatever is kept
  std::vector<std::string> ingest;  // categories of filings to bring into the matter; empty: the dossier is shown
  std::string since;                // "2020-01-01": no filings before
  int most = 10;                    // filings
  std::string matter;
  bool json = false;
};
// Several companies of a name: they are listed and the status is kExitUsage.
[[nodiscard]] int CompanyCommand(const Settings& settings, const CompanyOptions& options);
// officers, filings and appointments.
[[nodiscard]] int CompanyListCommand(const Settings& settings, const CompanyOptions& options);
// Installs the register's descriptions of filings from a file or https address; "" is where they are published.
[[nodiscard]] int CompanyDescriptionsCommand(const Settings& settings, const std::string& source);
// Of matter; "" stands for all, and for the default one with add and remove.
[[nodiscard]] int CompanyWatchCommand(const Settings& settings, const CompanyOptions& options);
// Reads the register's key without echo, tries it, and writes it to its file.
[[nodiscard]] int CompanyLoginCommand(const Settings& settings);

}  // namespace counsel::app
