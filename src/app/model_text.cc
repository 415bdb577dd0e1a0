#include "app/model_text.h"

#include <algorithm>
#include <cstdint>
#include <vector>

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

std::string BytesOrDash(std::uint64_t bytes) {
  return bytes > 0 ? FormatBytes(bytes) : "-";
}

std::uint64_t Total(const Json& footprint) {
  std::uint64_t bytes = footprint["host"];
  for (const auto& [device, there] : footprint["devices"].items()) bytes += there.get<std::uint64_t>();
  return bytes;
}

// "43 %, 210.0 MB/s, 2.1 s left", as far as it is known.
std::string HowFar(const Json& model) {
  std::string text = std::to_string(static_cast<int>(model["progress"].get<double>() * 100)) + " %";
  const Json& load = model["load"];
  if (!load.is_object()) return text;
  if (load["bytes_per_second"].is_number()) text += ", " + FormatBytes(load["bytes_per_second"]) + "/s";
  if (load["seconds_left"].is_number() && load["seconds_left"] >= 0.1) {
    text += ", " + FormatSeconds(load["seconds_left"]) + " left";
  }
  return text;
}

std::string Expires(const Json& model) {
  if (!model["expires_in"].is_null()) return "in " + FormatSeconds(model["expires_in"]);
  return model["state"] == "ready" && model["leases"] == 0 ? "never" : "-";
}

// What a row has no room for; "" for nothing.
std::string Remark(const Json& model) {
  const std::string remote = Printable(model.value("remote", ""));
  std::string text = remote.empty() ? "" : "questions and passages are sent to " + remote;
  if (const std::string reason = Text(model["reason"]); !reason.empty()) text += (text.empty() ? "" : "; ") + reason;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  if (model["state"] == "loading" && (model["progress"] > 0 || model["load"].is_object())) add(HowFar(model));
  if (model["failures"] > 1) add("failed " + std::to_string(model["failures"].get<unsigned>()) + " times in a row");
  if (!model["retry_in"].is_null()) add("tried again in " + FormatSeconds(model["retry_in"]));
  return text;
}

}  // namespace

bool IsShown(const Json& model) {
  return model["installed"].get<bool>() || model["state"] != "cold";
}

std::string ModelTable(const Json& models) {
  std::vector<std::vector<std::string>> rows = {
      {"MODEL", "STATE", "MEMORY", "PLANNED", "USES", "WAITING", "EXPIRES", "SINCE"}};
  std::string remarks;
  for (const Json& model : models) {
    if (!IsShown(model)) continue;
    rows.push_back({Text(model["name"]), model["state"], BytesOrDash(Total(model["measured"])),
                    BytesOrDash(Total(model["planned"])), std::to_string(model["leases"].get<unsigned>()),
                    std::to_string(model["waiting"].get<unsigned>()), Expires(model),
                    model["ready_since"].is_null() ? "-" : FormatTime(model["ready_since"])});
    const std::string remark = Remark(model);
    if (!remark.empty()) remarks += Text(model["name"]) + ": " + remark + "\n";
  }
  return FormatTable(rows) + remarks;
}

std::string LoadTable(const Json& history, std::size_t most) {
  if (history.empty()) return "";
  std::vector<std::vector<std::string>> rows = {{"LAST LOADS", "AT", "TOOK", "PLANNED", "MEASURED"}};
  for (const Json& load : history) {
    if (rows.size() > most) break;
    const std::string reason = Text(load["reason"]);
    rows.push_back({Text(load["model"]), FormatTime(load["at"]), FormatSeconds(load["seconds"]),
                    BytesOrDash(Total(load["planned"])), BytesOrDash(Total(load["measured"]))});
    if (!reason.empty()) rows.back().push_back("failed: " + reason);
  }
  return FormatTable(rows);
}

std::string EventLine(const std::string& name, const Json& event) {
  if (name == "eviction") return Text(event["model"]) + " frees " + FormatBytes(Total(event["frees"]));
  if (name == "ladder") return Text(event["model"]) + " is loaded with less: " + Text(event["reduced"]);
  if (name == "pressure") {
    return "memory pressure is " + Text(event["level"]) + ": " + FormatBytes(event["headroom"]) +
           " could still be had, " + FormatBytes(event["margin"]) + " are to stay free";
  }
  return "";
}

std::string ModelFingerprint(const Json& models) {
  std::string text;
  for (const Json& model : models) {
    if (!IsShown(model)) continue;
    for (const char* field : {"name", "state", "reason", "leases", "waiting", "failures"}) {
      text += model[field].dump(-1, ' ', false, Json::error_handler_t::replace) + " ";
    }
    text += std::to_string(static_cast<int>(model["progress"].get<double>() * 10)) + "\n";
  }
  return text;
}

std::string PlanText(const Json& plan) {
  if (const std::string remote = Printable(plan.value("remote", "")); !remote.empty()) {
    return "'" + Text(plan["name"]) + "' is served by " + remote +
           ": nothing is loaded here but the connection to it.\n" + WhatItTakes(plan) +
           "Context: " + std::to_string(plan["context_tokens"].get<std::uint64_t>()) + " tokens.\n";
  }
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
