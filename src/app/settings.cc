#include "app/settings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "app/settings_file.h"
#include "base/file.h"
#include "companies_house/filing_descriptions.h"

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

constexpr const char* kRegisterKey = "CH_API_KEY";
constexpr const char* kRegisterKeyFile = "companies_house.key";
constexpr std::size_t kFileLimit = std::size_t{1} << 20;

// "" for a file that is not there.
Result<std::string> ReadIfThere(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::string();
  return ReadFile(file, kFileLimit);
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

// A relative path of MAIN_MODEL, as whoever wrote it may have meant it: in the home, among the models, or (when it did
// not come from a file of the home) where the program was started. The first that is there.
std::optional<fs::path> FindModelFile(const fs::path& written, const Settings& settings, bool from_home) {
  std::vector<fs::path> places = {settings.home() / written};
  if (*written.begin() == "models") {
    places.push_back(settings.models_folder() / written.lexically_relative("models"));
  }
  std::error_code ignored;
  if (!from_home) places.push_back(fs::absolute(written, ignored));
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, ignored)) return place;
  }
  return std::nullopt;
}

// Settings that are limits of documents.
struct Bounds {
  const char* key;
  std::uint32_t least;
  std::uint32_t most;
};
constexpr std::array kDocumentBounds = {
    Bounds{"extraction.max_file_mb", 1, 1'024},
    Bounds{"extraction.max_mailbox_mb", 1, 1'048'576},
    Bounds{"extraction.max_text_mb", 1, 256},
    Bounds{"extraction.max_pages", 1, 50'000},
    Bounds{"extraction.max_embedded_files", 1, 10'000},
    Bounds{"extraction.max_unpacked_mb", 1, 1'024},
    Bounds{"extraction.memory_mb", 256, 65'536},
    Bounds{"extraction.seconds", 1, 3'600},
    Bounds{"ocr.pages", 0, 50'000},
    Bounds{"ocr.megapixels", 1, 200},
    Bounds{"ocr.seconds", 1, 3'600},
};

// Of a list with commas, the items without the spaces around them.
std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> items;
  std::istringstream list(text);
  for (std::string item; std::getline(list, item, ',');) {
    const std::size_t first = item.find_first_not_of(" \t");
    if (first == std::string::npos) continue;
    items.push_back(item.substr(first, item.find_last_not_of(" \t") - first + 1));
  }
  return items;
}

// As browsers write one: "http://localhost:3000". No pattern: "*" would be every page there is.
bool IsOrigin(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view host = text.substr(scheme.size());
    return !host.empty() && host.find_first_of("/*?#@ ") == std::string_view::npos &&
           std::none_of(host.begin(), host.end(), [](unsigned char c) { return std::isupper(c) != 0; });
  }
  return false;
}

// As it may stand in a Host header: "counsel.firm.example", "10.0.0.5:8181", "[fd00::5]". No pattern, no scheme.
bool IsHost(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view(".-_:[]").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// It becomes the name of a file: letters, digits and underscores, joined by '+'.
bool IsLanguages(std::string_view text) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '+'; };
  return !text.empty() && text.size() <= 100 && text.front() != '+' && text.back() != '+' &&
         std::all_of(text.begin(), text.end(), allowed);
}

bool LooksLikePath(const std::string& model) {
  return model.find('/') != std::string::npos || model.ends_with(".gguf");
}

}  // namespace

Result<Settings> Settings::Load(const std::string& home, const std::map<std::string, std::string>& overrides) {
  Settings settings;
  settings.overrides_ = overrides;
  const std::string named = !home.empty() ? home : Environment("COUNSEL_HOME");
  settings.home_ = fs::absolute(named.empty() ? DefaultHome() : fs::path(named)).lexically_normal();
  if (!settings.home_.has_filename()) settings.home_ = settings.home_.parent_path();

  const fs::path toml_file = settings.home_ / "counsel.toml";
  Result<std::string> toml_text = ReadIfThere(toml_file);
  if (!toml_text) return Fail(std::move(toml_text.error()));
  Result<TomlSettings> toml = ReadToml(*toml_text, toml_file);
  if (!toml) return Fail(std::move(toml.error()));
  const Result<std::string> env_text = ReadIfThere(settings.home_ / ".env");
  if (!env_text) return Fail(env_text.error());
  std::map<std::string, std::string> dot_env = ReadDotEnv(*env_text);

  settings.unknown_ = toml->unusable;
  // counsel.toml is copied, shown and shared: no place for a key. The command line is shown to everybody.
  if (toml->values.erase(kRegisterKey) > 0) settings.unknown_.emplace_back(kRegisterKey);
  if (overrides.count(kRegisterKey) > 0) {
    return Fail(ErrorCode::kInvalidArgument, "A key on the command line is shown to everybody on this machine.",
                "Run: counsel company login");
  }
  for (const SettingKind& kind : SettingKinds()) {
    Value& value = settings.values_[kind.key];
    const auto given = overrides.find(kind.key);
    const auto in_env = dot_env.find(kind.environment);
    const auto filed = toml->values.find(kind.key);
    if (given != overrides.end()) {
      value = {given->second, "command line"};
    } else if (!Environment(kind.environment).empty()) {
      value = {Environment(kind.environment), std::string("environment ") + kind.environment};
    } else if (in_env != dot_env.end() && !in_env->second.empty()) {
      value = {in_env->second, ".env"};
    } else if (filed != toml->values.end()) {
      value = {filed->second, "counsel.toml"};
    } else {
      value = {kind.fallback, "default"};
    }
    toml->values.erase(kind.key);
  }
  for (const auto& [key, text] : toml->values) settings.unknown_.push_back(key);
  settings.TakeKey();
  WipeText(&dot_env[kRegisterKey]);
  if (Result<void> valid = settings.Validate(); !valid) return Fail(std::move(valid.error()));
  return settings;
}

Result<Settings> Settings::Change(const std::string& name, const std::optional<std::string>& value, SetBy by) const {
  const SettingKind* kind = FindSetting(name);
  if (kind == nullptr) {
    return Fail(ErrorCode::kNotFound, "There is no setting '" + name + "'.", "See: counsel config list");
  }
  if (std::string_view(kind->key) == kRegisterKey) {
    return Fail(ErrorCode::kInvalidArgument, "CH_API_KEY is a secret and is never written to counsel.toml.",
                "Run: counsel company login. Or put it into the environment, or as CH_API_KEY=… into " +
                    (home_ / ".env").string() + " (chmod 600).");
  }
  if (kind->set_by == SetBy::kNobody) {
    return Fail(ErrorCode::kPermissionDenied,
                std::string(kind->key) + " says where a key is sent: it is set by hand only.",
                "Put it into the environment, or into " + (home_ / "counsel.toml").string() + ".");
  }
  if (by < kind->set_by) {
    return Fail(ErrorCode::kPermissionDenied,
                std::string(kind->key) +
                    " names a file or program, or decides who may call or where text is sent: it is set by hand only.",
                "On the machine where this Counsel runs: counsel config set " + std::string(kind->key) + " VALUE");
  }
  const fs::path file = home_ / "counsel.toml";
  const Result<std::string> text = ReadIfThere(file);
  if (!text) return Fail(text.error());
  const Result<std::string> changed = ChangeToml(*text, kind->key, value);
  if (!changed) return Fail(changed.error());
  if (Result<void> made = MakePrivateDirectory(home_); !made) return Fail(std::move(made.error()));
  // What it would mean is known before it is written.
  Settings tried = *this;
  if (value) {
    tried.values_[kind->key] = {*value, "counsel.toml"};
    if (Result<void> valid = tried.Validate(); !valid) return Fail(std::move(valid.error()));
  }
  if (Result<void> written = WriteFileAtomically(file, *changed); !written) return Fail(std::move(written.error()));
  return Load(home_.string(), overrides_);
}

void Settings::TakeKey() {
  Value& value = values_[kRegisterKey];
  register_key_ = std::make_shared<const Secret>(companies_house::CheckKey(value.text).value_or(Secret()));
  WipeText(&value.text);
  if (!register_key_->empty()) {
    value.text = "set";
  } else if (register_key().configured()) {
    value = {"set", kRegisterKeyFile};
  }
}

companies_house::RegisterKey Settings::register_key() const {
  return {Secret(register_key_->view()), home_ / kRegisterKeyFile};
}

http::AnswerDefaults Settings::answer_defaults() const {
  http::AnswerDefaults defaults;
  defaults.style = answers::StyleNamed(Get("answers.style").text).value_or(answers::Style::kDefault);
  defaults.patience = std::chrono::seconds(seconds("answers.patience_seconds"));
  return defaults;
}

http::SettingView Settings::View(const SettingKind& kind) const {
  const Value& value = Get(kind.key);
  http::SettingView view;
  view.name = kind.key;
  view.value = !kind.secret ? value.text : value.text.empty() ? "not set" : "set";
  view.source = value.source;
  view.fallback = kind.fallback;
  view.environment = kind.environment;
  view.help = kind.help;
  view.live = kind.live;
  view.over_tcp = kind.set_by == SetBy::kApi;
  return view;
}

std::vector<http::SettingView> Settings::ViewAll() const {
  std::vector<http::SettingView> all;
  for (const SettingKind& kind : SettingKinds()) all.push_back(View(kind));
  return all;
}

std::string Settings::main_model() const {
  const Value& value = Get("MAIN_MODEL");
  if (value.source == "default" || value.text.empty()) return "";
  const fs::path written = value.text;
  if (!LooksLikePath(value.text) || written.is_absolute()) return value.text;
  const bool from_home = value.source == ".env" || value.source == "counsel.toml";
  const std::optional<fs::path> found = FindModelFile(written, *this, from_home);
  return found ? found->string() : value.text;
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
  if (!answers::StyleNamed(Get("answers.style").text))
    return refuse("answers.style", "default, quotes, answer or memo");
  const std::optional<std::uint32_t> patience = ParseNumber(Get("answers.patience_seconds").text, 3600);
  if (!patience) return refuse("answers.patience_seconds", "seconds from 0 to 3600");
  seconds_["answers.patience_seconds"] = *patience;
  for (const auto& [key, most] :
       {std::pair("models.stall_seconds", 86400U), std::pair("models.health_seconds", 3600U)}) {
    const std::optional<std::uint32_t> seconds = ParseNumber(Get(key).text, most);
    if (!seconds || *seconds == 0) return refuse(key, "seconds from 1 to " + std::to_string(most));
    seconds_[key] = *seconds;
  }
  const std::string& languages = Get("ocr.languages").text;
  if (!IsLanguages(languages)) return refuse("ocr.languages", "names of languages like eng or eng+deu");
  std::map<std::string, std::uint64_t> numbers;
  for (const Bounds& bounds : kDocumentBounds) {
    const std::optional<std::uint32_t> number = ParseNumber(Get(bounds.key).text, bounds.most);
    if (!number || *number < bounds.least) {
      return refuse(bounds.key, "a number from " + std::to_string(bounds.least) + " to " + std::to_string(bounds.most));
    }
    numbers[bounds.key] = *number;
  }
  extraction_.input_bytes = numbers["extraction.max_file_mb"] << 20;
  extraction_.mail_store_bytes = numbers["extraction.max_mailbox_mb"] << 20;
  extraction_.text_bytes = numbers["extraction.max_text_mb"] << 20;
  extraction_.pages = static_cast<int>(numbers["extraction.max_pages"]);
  extraction_.embedded_files = numbers["extraction.max_embedded_files"];
  extraction_.unpacked_bytes = numbers["extraction.max_unpacked_mb"] << 20;
  extraction_.memory_bytes = numbers["extraction.memory_mb"] << 20;
  extraction_.time = std::chrono::seconds(numbers["extraction.seconds"]);
  ocr_.languages = languages;
  ocr_.pages = static_cast<int>(numbers["ocr.pages"]);
  ocr_.pixels = numbers["ocr.megapixels"] * 1'000'000;
  ocr_.page_time = std::chrono::seconds(numbers["ocr.seconds"]);
  for (const std::string& origin : allowed_origins()) {
    if (!IsOrigin(origin)) return refuse("ALLOWED_ORIGINS", "origins like http://localhost:3000, separated by commas");
  }
  for (const std::string& host : hosts()) {
    if (!IsHost(host)) return refuse("api.hosts", "names like counsel.firm.example or 10.0.0.5:8181, by commas");
  }
  const std::string& level = Get("log.level").text;
  if (level != "debug" && level != "info" && level != "warn" && level != "error") {
    return refuse("log.level", "debug, info, warn or error");
  }
  for (const auto& [key, url] : {std::pair("CH_API_URL", &register_options_.api_url),
                                 std::pair("CH_DOCUMENT_URL", &register_options_.document_url)}) {
    Result<std::string> checked = companies_house::CheckRegisterUrl(Get(key).text);
    if (!checked) return refuse(key, "https://HOST, without a path (http only for a loopback address)");
    *url = std::move(*checked);
  }
  register_options_.descriptions_file = home_ / "companies_house" / companies_house::FilingDescriptions::kFileName;
  register_options_.ca_file = Get("CH_CA_FILE").text.empty() ? "" : (home_ / Get("CH_CA_FILE").text).string();
  // Nobody calls it that: every request would be refused.
  if ((address() == "0.0.0.0" || address() == "::") && hosts().empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "api.address is " + address() + ", and api.hosts does not say by what names others reach it.",
                "Set COUNSEL_HOSTS, for example to the machine's name; docs/network.md has the rest.");
  }
  std::error_code failed;
  Value& folder = values_["models.folder"];
  const bool from_home = folder.source != "command line" && !folder.source.starts_with("environment");
  folder.text =
      fs::absolute(from_home ? home_ / folder.text : fs::path(folder.text), failed).lexically_normal().string();
  return {};
}

std::vector<std::string> Settings::preload_models() const {
  return SplitList(Get("PRELOAD_MODELS").text);
}

std::vector<std::string> Settings::allowed_origins() const {
  std::vector<std::string> origins = SplitList(Get("ALLOWED_ORIGINS").text);
  for (std::string& origin : origins) {
    if (origin.back() == '/') origin.pop_back();
  }
  return origins;
}

std::vector<std::string> Settings::hosts() const {
  return SplitList(Get("api.hosts").text);
}

bool Settings::loopback() const {
  return address().starts_with("127.") || address() == "::1" || address() == "localhost";
}

}  // namespace counsel::app
