#include "app/model_text.h"

#include <algorithm>
#include <cstdint>

#include "app/terminal.h"

namespace counsel::app {
namespace {

std::string Text(const Json& json) {
  return Printable(json.get<std::string>());
}

// "'a'", "'a' and 'b'", "'a', 'b' and 'c'".
std::string Names(const Json& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += "'" + Text(names[i]) + "'";
  }
  return text;
}

std::string AtReadyAndAtMost(std::uint64_t ready, std::uint64_t most) {
  return FormatBytes(ready) + " when ready, at most " + FormatBytes(std::max(ready, most));
}

std::string WhatItTakes(const Json& plan) {
  const Json& ready = plan["planned"];
  const Json& most = plan["claim"];
  std::string text = "Memory: " + AtReadyAndAtMost(ready["host"], most["host"]) + ".\n";
  for (const auto& [device, bytes] : most["devices"].items()) {
    const std::uint64_t at_ready = ready["devices"].value(device, std::uint64_t{0});
    text += "On " + Printable(device) + ": " + AtReadyAndAtMost(at_ready, bytes) + ".\n";
  }
  return text;
}

std::string WhereFrom(const Json& plan) {
  if (plan["exact"].get<bool>()) return "These figures were measured when it was loaded before.\n";
  const char* from = plan["estimated"].get<bool>() ? " from the file's description alone" : "";
  return "These figures are estimated" + std::string(from) + "; the first load will measure them.\n";
}

std::string HowLong(const Json& plan) {
  const std::string file = plan["file_cached"].get<bool>() ? "its file is in memory" : "its file is read from the disk";
  if (plan["seconds"].is_null()) return "How long loading takes is not known before the first load: " + file + ".\n";
  return "Loading takes about " + FormatSeconds(plan["seconds"]) + ": " + file + ".\n";
}

std::string Flags(const Json& plan) {
  if (plan["flags"].empty()) return "Flags: none beyond those that every model gets.\n";
  std::string text = "Flags:";
  for (const Json& flag : plan["flags"]) text += " " + Text(flag);
  return text + "\n";
}

std::string WhatGoes(const Json& plan) {
  if (plan["evicts"].empty()) return "Nothing has to be given back for it.\n";
  std::string text = Names(plan["evicts"]) + " would be given back for it";
  if (!plan["waits_for"].empty()) text += ", once the requests of " + Names(plan["waits_for"]) + " have ended";
  return text + ".\n";
}

}  // namespace

std::string PlanText(const Json& plan) {
  const bool fits = plan["fits"].get<bool>();
  const std::string name = "'" + Text(plan["name"]) + "'";
  std::string text = name + (fits ? " fits." : " cannot be loaded: it " + Text(plan["reason"]) + ".") + "\n";
  text += WhatItTakes(plan);
  text += WhereFrom(plan);
  if (fits) text += WhatGoes(plan);
  if (fits) text += HowLong(plan);
  text += Flags(plan);
  if (const auto tokens = plan["context_tokens"].get<std::uint64_t>(); tokens > 0) {
    text += "Context: " + std::to_string(tokens) + " tokens.\n";
  }
  return text;
}

}  // namespace counsel::app
