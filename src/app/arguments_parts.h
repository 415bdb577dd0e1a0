// What verbs are declared from. Internal to arguments*.cc.
#pragma once

#include <string>

#include "app/arguments.h"

namespace counsel::app {

// Given several times, it takes one value each time: the words behind it are the verb's.
template <class Values>
CLI::Option* Several(CLI::App& verb, const char* name, Values& values, const char* help) {
  return verb.add_option(name, values, std::string(help) + " (may be given several times)")->allow_extra_args(false);
}

// A filter that is empty would keep nothing out.
inline CLI::Validator NotEmpty() {
  return {
      [](std::string& value) { return value.empty() ? std::string("is empty; leave it out for all") : std::string(); },
      ""};
}

inline CLI::App* Verb(CLI::App& app, const char* name, const char* help, Arguments& arguments) {
  CLI::App* verb = app.add_subcommand(name, help);
  verb->add_flag("--json", arguments.json, "print JSON, for scripts");
  return verb;
}

// Of verbs that have an answer.
inline void DeclareDocx(CLI::App& verb, DocxOptions& options) {
  verb.add_option(
          "--docx", options.file,
          "write the answer as a Word document, a file that is not there yet: footnotes behind what was checked")
      ->check(NotEmpty());
  verb.add_flag("--checked-only", options.checked_only, "with --docx: leave out what the documents do not support")
      ->needs("--docx");
}

// `counsel chronology`, `counsel mentions`.
void DeclareChronology(CLI::App& app, Arguments& arguments);
void DeclareCompare(CLI::App& app, Arguments& arguments);
// `counsel review` and its verbs.
void DeclareReview(CLI::App& app, Arguments& arguments);
// `counsel record` and its verbs, `counsel replay`.
void DeclareRecord(CLI::App& app, Arguments& arguments);

}  // namespace counsel::app
