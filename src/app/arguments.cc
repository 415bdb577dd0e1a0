#include "app/arguments.h"

#include <algorithm>
#include <array>
#include <string>

#include "app/arguments_parts.h"

namespace counsel::app {
namespace {

void DeclareQuestion(CLI::App* verb, Arguments& arguments, const char* what, double& min_relevance,
                     const char* min_relevance_help) {
  verb->add_option("text", arguments.words, what)->required();
  Several(*verb, "--matter", arguments.ask.matters, "only documents of this matter");
  verb->add_option("--limit", arguments.ask.limit, "at most this many passages")
      ->check(CLI::Range(1, 30))
      ->capture_default_str();
  verb->add_flag("--everywhere", arguments.ask.everywhere,
                 "search all documents, also when the text names one (\"in the Motorola agreement\")");
  verb->add_option("--min-relevance", min_relevance, min_relevance_help)
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
}

void DeclareConfig(CLI::App& app, Arguments& arguments) {
  CLI::App* config = Verb(app, "config", "every setting, its value and where that comes from", arguments);
  config->require_subcommand(0, 1);
  const auto action = [&](const char* name, const char* help) {
    CLI::App* sub = config->add_subcommand(name, help);
    sub->callback([&arguments, name] { arguments.config.action = name; });
    return sub;
  };
  action("list", "all of them (this is what 'counsel config' alone does)");
  action("get", "the value of one")->add_option("name", arguments.config.name, "see: counsel config list")->required();
  CLI::App* set = action("set", "write one to counsel.toml; a running daemon follows at once where it can");
  set->add_option("name", arguments.config.name, "see: counsel config list")->required();
  set->add_option("value", arguments.config.value, "what it is to be")->required();
  action("unset", "take one out of counsel.toml")
      ->add_option("name", arguments.config.name, "see: counsel config list")
      ->required();
}

void DeclareToken(CLI::App& app, Arguments& arguments) {
  CLI::App* token =
      Verb(app, "token", "what opens the HTTP API to whoever is not this user of this machine", arguments);
  token->require_subcommand(0, 1);
  token->footer(
      "Examples:\n  counsel token add bea\n  counsel token revoke bea\ndocs/network.md says what a token opens.");
  const auto action = [&](const char* name, const char* help) {
    CLI::App* sub = token->add_subcommand(name, help);
    sub->callback([&arguments, name] { arguments.token.action = name; });
    return sub;
  };
  action("add", "make one for a person or program, and show it this once")
      ->add_option("name", arguments.token.name, "whose it is")
      ->required();
  action("list", "whose there are");
  action("revoke", "it opens nothing any more, at once")
      ->add_option("name", arguments.token.name, "whose it was")
      ->required();
}

void DeclareMail(CLI::App& app, Arguments& arguments) {
  CLI::App* mail = Verb(app, "mail", "follow folders of mailboxes (IMAP): each new mail becomes a document", arguments);
  mail->require_subcommand(1);
  const auto action = [&](const char* name, const char* help) {
    CLI::App* sub = mail->add_subcommand(name, help);
    sub->callback([&arguments, name] { arguments.mail.action = name; });
    return sub;
  };
  CLI::App* add = action("add", "follow one; nothing is changed there, not even what counts as read");
  add->add_option("address", arguments.mail.address, "imaps://USER@HOST/FOLDER")->required();
  add->add_option("--matter", arguments.mail.matter, "the matter that its mails belong to")->default_val("general");
  CLI::Option* password = add->add_option("--password-file", arguments.mail.password_file,
                                          "a file with the password, for you alone (0600)");
  add->add_option("--token-command", arguments.mail.token_command,
                  "a command that prints a token (OAuth, XOAUTH2): large providers take no password")
      ->excludes(password);
  add->add_option("--ca-file", arguments.mail.ca_file, "certificates to trust instead of the system's");
  action("list", "those that are followed, and how far each is");
  action("remove", "no longer follow one; its mails stay")
      ->add_option("id", arguments.mail.address, "its id or address")
      ->required();
  action("now", "look for new mail at once, instead of within 5 minutes")
      ->add_option("id", arguments.mail.address, "its id or address; all without it");
}

void DeclareOpen(CLI::App& app, Arguments& arguments) {
  CLI::App* open = Verb(app, "open", "open the page in a browser, which is let in by it for 14 days", arguments);
  open->add_flag("--print", arguments.open.print, "print the link instead: it is good once, for 5 minutes");
  open->add_flag("--list", arguments.open.list, "the browsers that were let in")->excludes("--print");
  open->add_option("--revoke", arguments.open.revoke, "close the session of one, by its id, or of all")
      ->excludes("--print")
      ->excludes("--list");
}

void DeclareUpkeep(CLI::App& app, Arguments& arguments) {
  CLI::App* check = Verb(app, "check", "compare all that is stored: originals, texts, indexes, vectors", arguments);
  check->add_flag("--repair", arguments.upkeep.repair, "make again what can be made again from the originals");
  Verb(app, "backup", "copy all documents into a new folder, consistent while Counsel runs", arguments)
      ->add_option("folder", arguments.upkeep.path, "a folder that is not there yet")
      ->required();
  Verb(app, "restore", "make a home of a backup; Counsel must not run there, nor have documents", arguments)
      ->add_option("folder", arguments.upkeep.path, "what 'counsel backup' has made")
      ->required();
  CLI::App* export_verb = Verb(app, "export", "one matter's documents as open files, with an index", arguments);
  export_verb->add_option("folder", arguments.upkeep.path, "a folder that is not there yet")->required();
  export_verb->add_option("--matter", arguments.upkeep.matter, "which")->capture_default_str();
}

// company search, officers, filings, appointments, descriptions.
void DeclareCompanyLists(CLI::App& company, Arguments& arguments) {
  CompanyOptions& options = arguments.company;
  const auto add = [&](const char* name, const char* what, const char* text, bool limited) {
    CLI::App* verb = company.add_subcommand(name, what);
    verb->add_option("text", arguments.words, text);
    if (limited) {
      verb->add_option("--limit", options.limit, "at most so many")
          ->check(CLI::Range(1, 10'000))
          ->capture_default_str();
    }
    verb->callback([&options, name] { options.action = name; });
    return verb;
  };
  CLI::App* search = add("search", "companies by words of their names, and by what they are", "the words", true);
  const std::array<std::array<const char*, 3>, 10> filters = {{
      {"--status", "company_status", "active, dissolved, liquidation, …; several by commas"},
      {"--type", "company_type", "ltd, plc, llp, …; several by commas"},
      {"--subtype", "company_subtype", "community-interest-company, private-fund-limited-partnership"},
      {"--sic", "sic_codes", "of a business: 62012; several by commas"},
      {"--location", "location", "words of the registered office"},
      {"--without", "company_name_excludes", "words that the name does not have"},
      {"--incorporated-from", "incorporated_from", "2020-01-31"},
      {"--incorporated-to", "incorporated_to", "2020-01-31"},
      {"--dissolved-from", "dissolved_from", "2020-01-31"},
      {"--dissolved-to", "dissolved_to", "2020-01-31"},
  }};
  for (const auto& [flag, name, what] : filters) search->add_option(flag, options.filters[name], what);
  add("officers", "a company's officers, with their ids", "its number, or words of its name", true);
  add("filings", "a company's filing history", "its number, or words of its name", true)
      ->add_option("--category", options.category, "only these: accounts,resolutions,…");
  add("appointments", "where an officer is or was one", "the officer's id: see company officers", true);
  add("descriptions",
      "install what the register's names of filings mean: from a file or an https address, else from where they are "
      "published",
      "the file or address", false);
}

void DeclareCompany(CLI::App& app, Arguments& arguments) {
  CompanyOptions& options = arguments.company;
  CLI::App* company =
      Verb(app, "company", "what Companies House says of a company; its filings into a matter", arguments);
  company->require_subcommand(0, 1);
  company->add_option("text", arguments.words, "its number, or words of its name");
  company->add_flag("--fresh", options.fresh, "ask the register, even if what is kept is recent");
  company->add_option("--ingest", options.ingest, "bring these filings into the matter: accounts,resolutions,…")
      ->delimiter(',');
  company->add_option("--since", options.since, "with --ingest: none filed before this day, 2020-01-31");
  company->add_option("--max", options.most, "with --ingest: at most so many filings, the newest")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  company->add_option("--matter", options.matter,
                      "the matter that filings go to, whose companies are watched, or whose documents are compared");
  DeclareCompanyLists(*company, arguments);
  CLI::App* watch =
      company->add_subcommand("watch", "what changed in the companies that matters name, since last time");
  watch->require_subcommand(0, 1);
  watch->callback([&options] {
    if (options.action.empty()) options.action = "watch";
  });
  for (const char* action : {"add", "remove", "list"}) {
    const std::string name = action;
    CLI::App* verb =
        watch->add_subcommand(name, name == "add"      ? "a matter names this company from now on"
                                    : name == "remove" ? "a matter no longer names it"
                                                       : "those that are named; the register is not asked");
    if (name != "list") verb->add_option("number", arguments.words, "its number")->required();
    verb->callback([&options, name] { options.action = "watch " + name; });
  }
  company->add_subcommand("login", "set the key of the Companies House API; it is read without echo and tried once")
      ->callback([&options] { options.action = "login"; });
}

}  // namespace

void Declare(CLI::App& app, Arguments& arguments) {
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", COUNSEL_VERSION);
  app.add_option("--home", arguments.home, "configuration, store and models (or COUNSEL_HOME)");
  app.add_option("--port", arguments.port, "of the HTTP API (or COUNSEL_PORT; default 8181)");
  app.add_option("--log-level", arguments.log_level, "debug, info, warn or error");
  Several(app, "--set", arguments.set, "NAME=VALUE: a setting, before every other source");
  app.footer(
      "Examples:\n"
      "  counsel add ~/contracts --matter \"Smith v Jones\"\n"
      "  counsel open\n"
      "  counsel ask \"When does the lease end?\" --matter \"Smith v Jones\"\n"
      "  counsel company 445790\n"
      "  counsel status --watch\n"
      "  counsel plan mistral-7b-instruct-v0.2\n"
      "  counsel unload\n"
      "Whatever needs the daemon starts it in the background when none runs; status, unload, config and stop do not.\n"
      "Exit status: 0 done, 1 failed, 2 wrong usage, 3 not running, 4 not found, 130 interrupted.");

  CLI::App* serve = app.add_subcommand("serve", "run the daemon in the foreground (Ctrl-C stops it)");
  serve->add_option("--ready-fd", arguments.ready_fd, "report readiness on this descriptor")->group("");

  CLI::App* add = Verb(app, "add", "add documents: files, or folders with all that is in them", arguments);
  add->add_option("path", arguments.add.paths,
                  "documents (PDF, scans, DOCX, ODT, RTF, HTML, EML, Markdown, text, ZIP), or folders")
      ->required();
  add->add_option("--matter", arguments.add.matter, "the matter they belong to")->default_val("general");
  add->add_flag(
      "--watch", arguments.add.watch,
      "of folders: go on adding what is new or changed in them (Ctrl-C ends it; what is deleted there stays)");
  Several(*add, "--exclude", arguments.add.exclude,
          "leave out files and folders of such a name: '*.tmp', 'Drafts', or 'Old/*' below the folder that is added");
  add->add_flag("--dry-run", arguments.add.dry_run,
                "say what would be added, by kind and size, and what not; nothing is sent")
      ->excludes("--watch");

  CLI::App* ask = Verb(app, "ask", "ask a question over the documents; the answer's citations are checked", arguments);
  DeclareQuestion(ask, arguments, "the question", arguments.ask.min_relevance,
                  "weaker evidence counts as none, 0 to 1");
  ask->add_option("--style", arguments.ask.style,
                  "quotes: sentences of the documents alone; answer: the model writes one too; memo: a longer one "
                  "(default: the setting answers.style)")
      ->check(CLI::IsMember({"default", "quotes", "answer", "memo"}));
  ask->add_option("--patience", arguments.ask.patience,
                  "seconds in which a written answer should begin: less is read where the model is slow; 0 reads all "
                  "(default: the setting answers.patience_seconds)")
      ->check(CLI::Range(0, 3600));
  DeclareDocx(*ask, arguments.ask.docx);
  CLI::App* chat = Verb(
      app, "chat", "a conversation: questions one after another, each may refer to those before it (/help within it)",
      arguments);
  Several(*chat, "--matter", arguments.ask.matters, "only documents of this matter");
  chat->add_option("--style", arguments.ask.style, "as for counsel ask")
      ->check(CLI::IsMember({"default", "quotes", "answer", "memo"}));
  chat->add_flag("--list", arguments.chat.list, "the conversations that are kept, those used last first");
  chat->add_option("--find", arguments.chat.find, "with --list: those that hold these words")->needs("--list");
  chat->add_option("--resume", arguments.chat.resume, "go on with a conversation that is kept, by its id")
      ->excludes("--list");
  chat->add_option("--delete", arguments.chat.remove, "delete a conversation, by its id")
      ->excludes("--list")
      ->excludes("--resume");
  CLI::App* search = Verb(app, "search", "find passages, and see why each was found", arguments);
  DeclareQuestion(search, arguments,
                  "what to look for; \"words one after the other\" and -words (behind a --) that must not be there are "
                  "meant exactly",
                  arguments.search_min_relevance, "weaker passages are left out, 0 to 1");

  CLI::App* documents = Verb(app, "documents", "list documents, show or delete one", arguments);
  documents->add_option("--matter", arguments.documents.matter, "only this matter")->check(NotEmpty());
  documents->add_option("--words", arguments.documents.words, "only those whose name holds these words")
      ->check(NotEmpty());
  documents
      ->add_option("--kind", arguments.documents.kind,
                   "only pdf, letter, table, slides, mail, picture, web, text, archive, register or other "
                   "(several with commas)")
      ->check(NotEmpty());
  documents
      ->add_option("--state", arguments.documents.state,
                   "only queued, extracting, embedding, ready or failed (several with commas)")
      ->check(NotEmpty());
  documents->add_flag("--newest", arguments.documents.newest, "the newest first");
  documents->add_option("--show", arguments.documents.show, "all about one document (its id or name)");
  documents->add_flag("--text", arguments.documents.text, "with --show: its text")->needs("--show");
  documents
      ->add_option("--delete", arguments.documents.remove,
                   "delete one document (its id or name; unless it is the whole id, you are asked)")
      ->excludes("--show");
  documents->add_flag("--yes", arguments.documents.yes, "with --delete: do not ask")->needs("--delete");

  CLI::App* reread =
      Verb(app, "reread", "read originals again; the texts that were cited stay, as older versions", arguments);
  reread->add_option("document", arguments.reread.documents, "ids or names");
  reread->add_flag("--wants-language", arguments.reread.wants_language,
                   "all that a language of OCR (ocr.languages) was missing for");
  reread->add_flag("--outdated", arguments.reread.outdated, "all that an older version of Counsel read");
  reread->add_option("--matter", arguments.reread.matter, "with --wants-language or --outdated: only this matter");

  CLI::App* reembed = Verb(app, "reembed",
                           "give all passages vectors of the embedder that EMBEDDING_MODEL names, in the background; "
                           "until all have them, the old ones serve",
                           arguments);
  reembed->add_flag("--stop", arguments.reembed.stop, "give it up: the old vectors stay");

  CLI::App* matters = Verb(app, "matters", "list the matters, or delete one with all its documents", arguments);
  matters->add_option("--delete", arguments.matters.remove, "delete this matter; it cannot be undone");
  matters->add_flag("--yes", arguments.matters.yes, "with --delete: do not ask")->needs("--delete");

  CLI::App* show = Verb(app, "show", "a passage and what stands around it, or its page as an image", arguments);
  show->add_option("place", arguments.show.place, "DOCUMENT, or DOCUMENT:START-END as a citation says (its id or name)")
      ->required();
  show->add_option("--png", arguments.show.png, "write the page, with the passage marked, to this file");

  CLI::App* status = Verb(app, "status", "what runs: models, memory, documents", arguments);
  status->add_flag("--watch", arguments.watch, "go on showing the models as they change (Ctrl-C ends it)");
  Verb(app, "models", "the models that are installed and those that can be", arguments);
  CLI::App* load = Verb(app, "load", "load a model now", arguments);
  load->add_option("name", arguments.load.name, "see: counsel models")->required();
  load->add_option("--keep-alive", arguments.load.keep_alive,
                   "seconds that it stays when nobody uses it; -1: until it is unloaded");
  load->add_flag("--quick", arguments.load.quick, "ready sooner, but slower to read long prompts");
  load->add_flag("--warm", arguments.load.warm, "only read its files into free memory, so that a later load is quick")
      ->excludes("--keep-alive")
      ->excludes("--quick");
  CLI::App* plan = Verb(app, "plan", "what loading a model would take, and what would have to go for it", arguments);
  plan->add_option("name", arguments.load.name, "see: counsel models")->required();
  plan->add_flag("--quick", arguments.load.quick, "of a load with --quick");
  CLI::App* unload = Verb(app, "unload", "give the memory of one model, or of all, back", arguments);
  unload->add_option("name", arguments.model, "the model; none: all");
  unload->add_flag("--force", arguments.force, "end running answers instead of waiting for them");
  CLI::App* pull = app.add_subcommand(
      "pull", "download a model of the catalogue, or of the hub (hf.co/OWNER/REPO:QUANT), or filing-descriptions");
  pull->add_option("name", arguments.model,
                   "see: counsel models; hf.co/OWNER/REPO:QUANT: any GGUF of the hub (HF_ENDPOINT names another); "
                   "filing-descriptions: as counsel company descriptions without a file")
      ->required();
  DeclareConfig(app, arguments);
  DeclareMail(app, arguments);
  DeclareToken(app, arguments);
  DeclareOpen(app, arguments);
  DeclareCompany(app, arguments);
  DeclareUpkeep(app, arguments);
  DeclareCompare(app, arguments);
  DeclareRecord(app, arguments);
  DeclareChronology(app, arguments);
  DeclareReview(app, arguments);
  Verb(app, "doctor", "check that everything Counsel needs is in place", arguments);
  app.add_subcommand("licences", "print what Counsel is made of, and under which licences");
  app.add_subcommand("stop", "stop the daemon");
}

std::string StepAfterUsageError(const std::vector<std::string>& given) {
  if (given.empty() || given.front() != "search") return "";
  const auto excluded = std::find_if(given.begin(), given.end(), [](const std::string& word) {
    return word.size() > 2 && word[0] == '-' && word[1] != '-';
  });
  if (excluded == given.end() || std::find(given.begin(), excluded, "--") != excluded) return "";
  return "A word that must not be there stands behind --: counsel search -- rent " + *excluded;
}

}  // namespace counsel::app
