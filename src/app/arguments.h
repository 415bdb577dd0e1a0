// What stands on the command line.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/commands_chronology.h"
#include "app/commands_compare.h"
#include "app/commands_mentions.h"
#include "app/commands_record.h"
#include "app/commands_review.h"
#include "app/commands_show.h"

namespace counsel::app {

// What the verbs' flags are read into.
struct Arguments {
  std::string home;
  std::string port;
  std::string log_level;
  bool json = false;
  bool watch = false;
  int ready_fd = -1;
  AddOptions add;
  DocumentsOptions documents;
  RereadOptions reread;
  ReembedOptions reembed;
  MattersOptions matters;
  ShowOptions show;
  AskOptions ask;
  ChatOptions chat;
  double search_min_relevance = 0;
  std::vector<std::string> words;
  LoadOptions load;
  ConfigOptions config;
  TokenOptions token;
  OpenOptions open;
  CompanyOptions company;
  UpkeepOptions upkeep;
  std::vector<std::string> set;
  std::string model;
  bool force = false;
  MailOptions mail;
  RecordOptions record;
  ChronologyOptions chronology;
  CompareOptions compare;
  ReviewOptions review;
  MentionsOptions mentions;
};

// The verbs and their flags with their help. `arguments` must live as long as `app`.
void Declare(CLI::App& app, Arguments& arguments);
// What to do where these (without the program's name) could not be read, beyond what the flags' own help says; "":
// nothing.
[[nodiscard]] std::string StepAfterUsageError(const std::vector<std::string>& given);

}  // namespace counsel::app
