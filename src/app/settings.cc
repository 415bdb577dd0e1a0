#include "app/settings.h"

#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <utility>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace counsel::app {
namespace fs = std::filesystem;
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

fs::path DefaultHome() {
  const std::string data = Environment("XDG_DATA_HOME");
  if (!data.empty() && data.front() == '/') return fs::path(data) / "counsel";
  const std::string home = Environment("HOME");
  return fs::path(home.empty() ? "/var/lib" : home + "/.local/share") / "counsel";
}

std::optional<double> ParseShare(const std::string& text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !(value >= 0.05 && value <= 1)) return std::nullopt;
  return value;
}

std::optional<bool> ParseTruth(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (text == "true" || text == "1" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "0" || text == "no" || text == "off") return false;
  return std::nullopt;
}

// A whole number in [0, most], or nothing.
std::optional<std::uint32_t> ParseNumber(const std::string& text, std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

std::optional<std::string> ScalarText(const toml::node& node) {
  if (const toml::array* list = node.as_array()) {
    std::string joined;
    for (const toml::node& item : *list) {
      const auto text = item.value_exact<std::string>();
      if (!text) return std::nullopt;
      joined += (joined.empty() ? "" : ",") + *text;
    }
    return joined;
  }
  if (const auto real = node.value_exact<double>()) {
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, *real);
    return std::string(text, written.ptr);
  }
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
  return std::nullopt;
}

// key → text for every scalar of the file; tables become dotted keys.
void Flatten(const toml::table& table, const std::string& prefix, std::map<std::string, std::string>* out,
             std::vector<std::string>* wrong) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      Flatten(*inner, name + ".", out, wrong);
    } else if (std::optional<std::string> text = ScalarText(node)) {
      (*out)[name] = std::move(*text);
    } else {
      wrong->push_back(name);
    }
  }
}

}  // namespace

const std::vector<SettingKind>& SettingKinds() {
  static const std::vector<SettingKind> kinds = {
      {"MAIN_MODEL", "MAIN_MODEL", "the generator: a catalogue name or the path of a GGUF; empty: the best installed",
       false},
      {"EMBEDDING_MODEL", "EMBEDDING_MODEL", "the embedder: a catalogue name; empty: the catalogue's first", false},
      {"PRELOAD_EMBEDDER", "PRELOAD_EMBEDDER", "load the embedder in the background after the start", false},
      {"PRELOAD_MAIN_MODEL", "PRELOAD_MAIN_MODEL", "load the generator in the background after the start", false},
      {"PRELOAD_MODELS", "PRELOAD_MODELS", "further models to load after the start, by name, separated by commas",
       false},
      {"AUTO_UNLOAD", "AUTO_UNLOAD", "give idle models back after a while, and when memory gets short", false},
      {"MEMORY_THRESHOLD", "MEMORY_THRESHOLD", "the share of all memory that models may claim: 0.05 to 1", false},
      {"ENABLE_GPU_ACCELERATION", "ENABLE_GPU_ACCELERATION", "put layers on a GPU where the engine has one", false},
      {"MAX_GPU_MEMORY_FRACTION", "MAX_GPU_MEMORY_FRACTION", "the share of a GPU's memory that may be used: 0.05 to 1",
       false},
      {"LAZY_LOADING", "LAZY_LOADING", "load each model on first use; false is PRELOAD_EMBEDDER and PRELOAD_MAIN_MODEL",
       false},
      {"models.keep_alive", "COUNSEL_KEEP_ALIVE", "seconds that an idle model stays loaded; -1: for ever", false},
      {"CH_API_KEY", "CH_API_KEY", "the key of the Companies House API (environment only)", true},
      {"api.address", "COUNSEL_ADDRESS", "where the HTTP API listens; another than loopback needs api.token", false},
      {"api.port", "COUNSEL_PORT", "the HTTP API's port; 0 takes a free one", false},
      {"api.token", "COUNSEL_API_TOKEN", "asked of every HTTP request but /health when set", true},
      {"models.folder", "COUNSEL_MODELS", "where model files are", false},
      {"engine.llama_server", "COUNSEL_LLAMA_SERVER", "your own llama-server; empty: the one that ./run built", false},
      {"engine.threads", "COUNSEL_THREADS", "threads of each model server; 0: all processors", false},
      {"log.level", "COUNSEL_LOG_LEVEL", "debug, info, warn or error", false},
      {"log.file", "COUNSEL_LOG_FILE", "where the daemon logs; empty: standard error", false},
  };
  return kinds;
}

Result<Settings> Settings::Load(const std::string& home, const std::map<std::string, std::string>& overrides) {
  Settings settings;
  const std::string named = !home.empty() ? home : Environment("COUNSEL_HOME");
  settings.home_ = fs::absolute(named.empty() ? DefaultHome() : fs::path(named)).lexically_normal();
  if (!settings.home_.has_filename()) settings.home_ = settings.home_.parent_path();

  std::map<std::string, std::string> from_file;
  const fs::path file = settings.home_ / "counsel.toml";
  std::error_code ignored;
  if (fs::exists(file, ignored)) {
    const toml::parse_result parsed = toml::parse_file(file.string());
    if (!parsed) {
      return Fail(ErrorCode::kCorrupt,
                  file.string() + ", line " + std::to_string(parsed.error().source().begin.line) + ": " +
                      std::string(parsed.error().description()) + ".",
                  "Mend that line; 'counsel config' shows the settings there are.");
    }
    Flatten(parsed.table(), "", &from_file, &settings.unknown_);
  }

  const std::map<std::string, std::string> defaults = {{"api.address", "127.0.0.1"},
                                                       {"api.port", "8181"},
                                                       {"models.folder", (settings.home_ / "models").string()},
                                                       {"engine.threads", "0"},
                                                       {"LAZY_LOADING", "true"},
                                                       {"PRELOAD_EMBEDDER", "false"},
                                                       {"PRELOAD_MAIN_MODEL", "false"},
                                                       {"AUTO_UNLOAD", "true"},
                                                       {"MEMORY_THRESHOLD", "0.8"},
                                                       {"ENABLE_GPU_ACCELERATION", "true"},
                                                       {"MAX_GPU_MEMORY_FRACTION", "0.85"},
                                                       {"models.keep_alive", "300"},
                                                       {"log.level", "info"}};
  for (const SettingKind& kind : SettingKinds()) {
    Value& value = settings.values_[kind.key];
    const auto given = overrides.find(kind.key);
    const auto filed = from_file.find(kind.key);
    const auto fallback = defaults.find(kind.key);
    if (given != overrides.end()) {
      value = {given->second, "command line"};
    } else if (!Environment(kind.environment).empty()) {
      value = {Environment(kind.environment), std::string("environment ") + kind.environment};
    } else if (filed != from_file.end()) {
      value = {filed->second, "counsel.toml"};
    } else {
      value = {fallback == defaults.end() ? "" : fallback->second, "default"};
    }
    from_file.erase(kind.key);
  }
  for (const auto& [key, text] : from_file) settings.unknown_.push_back(key);
  if (Result<void> valid = settings.Validate(); !valid) return Fail(std::move(valid.error()));
  return settings;
}

Result<void> Settings::Validate() {
  const auto refuse = [this](const char* key, const std::string& expected) {
    return Fail(
        ErrorCode::kInvalidArgument,
        std::string(key) + " (" + Get(key).source + ") is '" + Get(key).text + "'; it must be " + expected + ".",
        "See: counsel config");
  };
  const std::optional<std::uint32_t> port = ParseNumber(Get("api.port").text, 65535);
  if (!port) return refuse("api.port", "a number from 0 to 65535");
  port_ = static_cast<std::uint16_t>(*port);
  const std::optional<std::uint32_t> threads = ParseNumber(Get("engine.threads").text, 1024);
  if (!threads) return refuse("engine.threads", "a number from 0 to 1024");
  threads_ = *threads;
  for (const char* key :
       {"LAZY_LOADING", "PRELOAD_EMBEDDER", "PRELOAD_MAIN_MODEL", "AUTO_UNLOAD", "ENABLE_GPU_ACCELERATION"}) {
    const std::optional<bool> truth = ParseTruth(Get(key).text);
    if (!truth) return refuse(key, "true or false");
    truths_[key] = *truth;
  }
  for (const char* key : {"MEMORY_THRESHOLD", "MAX_GPU_MEMORY_FRACTION"}) {
    const std::optional<double> share = ParseShare(Get(key).text);
    if (!share) return refuse(key, "a number from 0.05 to 1");
    shares_[key] = *share;
  }
  if (Get("models.keep_alive").text != "-1") {
    const std::optional<std::uint32_t> seconds = ParseNumber(Get("models.keep_alive").text, 365 * 86400);
    if (!seconds) return refuse("models.keep_alive", "seconds, or -1 for ever");
    keep_alive_ = *seconds;
  }
  const std::string& level = Get("log.level").text;
  if (level != "debug" && level != "info" && level != "warn" && level != "error") {
    return refuse("log.level", "debug, info, warn or error");
  }
  if (!loopback() && token().empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "api.address is " + address() + ", which others can reach, and no api.token is set.",
                "Set COUNSEL_API_TOKEN to a long random text, or listen on 127.0.0.1.");
  }
  std::error_code failed;
  Value& folder = values_["models.folder"];
  folder.text = fs::absolute(folder.text, failed).lexically_normal().string();
  return {};
}

std::vector<std::string> Settings::preload_models() const {
  std::vector<std::string> names;
  std::istringstream list(Get("PRELOAD_MODELS").text);
  for (std::string name; std::getline(list, name, ',');) {
    const std::size_t first = name.find_first_not_of(" \t");
    if (first == std::string::npos) continue;
    names.push_back(name.substr(first, name.find_last_not_of(" \t") - first + 1));
  }
  return names;
}

bool Settings::loopback() const {
  return address() == "127.0.0.1" || address() == "::1" || address() == "localhost";
}

Programs FindPrograms() {
  std::error_code failed;
  Programs programs;
  programs.folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  programs.embedder = programs.folder / "counsel-embedder";
  programs.extractor = programs.folder / "counsel-extract";
  programs.catalogue = programs.folder / "catalogue.toml";
  return programs;
}

}  // namespace counsel::app
