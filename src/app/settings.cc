#include "app/settings.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "app/settings_file.h"
#include "base/file.h"

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

const std::vector<SettingKind>& SettingKinds() {
  constexpr bool kSecret = true;
  constexpr bool kLive = true;
  constexpr bool kByHand = true;
  static const std::vector<SettingKind> kinds = {
      {"MAIN_MODEL", "MAIN_MODEL", "models/mistral-7b-instruct-v0.2.Q4_K_M.gguf",
       "the generator: a catalogue name or the path of a GGUF; while the default is not installed, the best that is",
       !kSecret, kLive},
      {"EMBEDDING_MODEL", "EMBEDDING_MODEL", "", "the embedder: a catalogue name; empty: the catalogue's first"},
      {"PRELOAD_EMBEDDER", "PRELOAD_EMBEDDER", "false", "load the embedder in the background after the start"},
      {"PRELOAD_MAIN_MODEL", "PRELOAD_MAIN_MODEL", "false", "load the generator in the background after the start"},
      {"PRELOAD_MODELS", "PRELOAD_MODELS", "", "further models to load after the start, by name, separated by commas"},
      {"LAZY_LOADING", "LAZY_LOADING", "true",
       "load each model on first use; false is PRELOAD_EMBEDDER and PRELOAD_MAIN_MODEL"},
      {"AUTO_UNLOAD", "AUTO_UNLOAD", "true", "give idle models back after a while, and when memory gets short",
       !kSecret, kLive},
      {"MEMORY_THRESHOLD", "MEMORY_THRESHOLD", "0.8", "the share of all memory that models may claim: 0.05 to 1",
       !kSecret, kLive},
      {"ENABLE_GPU_ACCELERATION", "ENABLE_GPU_ACCELERATION", "true", "put layers on a GPU where the engine has one",
       !kSecret, kLive},
      {"MAX_GPU_MEMORY_FRACTION", "MAX_GPU_MEMORY_FRACTION", "0.85",
       "the share of a GPU's memory that may be used: 0.05 to 1", !kSecret, kLive},
      {"models.keep_alive", "COUNSEL_KEEP_ALIVE", "300", "seconds that an idle model stays loaded; -1: for ever",
       !kSecret, kLive},
      {"models.stall_seconds", "COUNSEL_MODEL_STALL_SECONDS", "120",
       "seconds without any progress after which a load is given up: more for a slow disk; 1 to 86400", !kSecret,
       kLive},
      {"models.health_seconds", "COUNSEL_MODEL_HEALTH_SECONDS", "10",
       "seconds between looks at a model in use, and that it may take to answer; two missed answers end it: 1 to 3600",
       !kSecret, kLive},
      {"CH_API_KEY", "CH_API_KEY", "",
       "the key of the Companies House API (environment, .env or counsel company login)", kSecret, !kLive, kByHand},
      {"CH_API_URL", "CH_API_URL", companies_house::kDefaultApiUrl, "where the key is sent for company data: https",
       !kSecret, !kLive, kByHand},
      {"CH_DOCUMENT_URL", "CH_DOCUMENT_URL", companies_house::kDefaultDocumentUrl,
       "where the key is sent for filed documents: https", !kSecret, !kLive, kByHand},
      {"CH_CA_FILE", "CH_CA_FILE", "", "certificates to trust there instead of the system's", !kSecret, !kLive,
       kByHand},
      {"api.address", "COUNSEL_ADDRESS", "127.0.0.1",
       "where the HTTP API listens; another than loopback needs api.token"},
      {"api.port", "COUNSEL_PORT", "8181", "the HTTP API's port; 0 takes a free one"},
      {"ALLOWED_ORIGINS", "ALLOWED_ORIGINS", "",
       "origins of web pages elsewhere that may use the API, separated by commas: http://localhost:3000", !kSecret,
       kLive},
      {"api.token", "COUNSEL_API_TOKEN", "", "asked of every HTTP request but /health when set", kSecret},
      {"models.folder", "COUNSEL_MODELS", "models", "where model files are; a relative path is inside the home"},
      {"engine.llama_server", "COUNSEL_LLAMA_SERVER", "", "your own llama-server; empty: the one that ./run built"},
      {"engine.threads", "COUNSEL_THREADS", "0", "threads of each model server; 0: all processors"},
      {"ocr.languages", "COUNSEL_OCR_LANGUAGES", "eng",
       "languages of scans, as tesseract calls them: eng, or eng+deu (./run --ocr eng+deu installs them)"},
      {"ocr.pages", "COUNSEL_OCR_PAGES", "500", "pages of one document that are read by OCR; 0: none"},
      {"ocr.megapixels", "COUNSEL_OCR_MEGAPIXELS", "64", "a larger picture is refused: 1 to 200"},
      {"log.level", "COUNSEL_LOG_LEVEL", "info", "debug, info, warn or error", !kSecret, kLive},
      {"log.file", "COUNSEL_LOG_FILE", "", "where the daemon logs; empty: standard error"},
  };
  return kinds;
}

const SettingKind* FindSetting(std::string_view name) {
  for (const SettingKind& kind : SettingKinds()) {
    if (name == kind.key || name == kind.environment) return &kind;
  }
  return nullptr;
}

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

Result<Settings> Settings::Change(const std::string& name, const std::optional<std::string>& value) const {
  const SettingKind* kind = FindSetting(name);
  if (kind == nullptr) {
    return Fail(ErrorCode::kNotFound, "There is no setting '" + name + "'.", "See: counsel config list");
  }
  if (std::string_view(kind->key) == kRegisterKey) {
    return Fail(ErrorCode::kInvalidArgument, "CH_API_KEY is a secret and is never written to counsel.toml.",
                "Run: counsel company login. Or put it into the environment, or as CH_API_KEY=… into " +
                    (home_ / ".env").string() + " (chmod 600).");
  }
  if (kind->by_hand) {
    return Fail(ErrorCode::kPermissionDenied,
                std::string(kind->key) + " says where a key is sent: it is set by hand only.",
                "Put it into the environment, or into " + (home_ / "counsel.toml").string() + ".");
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
  for (const auto& [key, most] :
       {std::pair("models.stall_seconds", 86400U), std::pair("models.health_seconds", 3600U)}) {
    const std::optional<std::uint32_t> seconds = ParseNumber(Get(key).text, most);
    if (!seconds || *seconds == 0) return refuse(key, "seconds from 1 to " + std::to_string(most));
    seconds_[key] = *seconds;
  }
  const std::string& languages = Get("ocr.languages").text;
  if (!IsLanguages(languages)) return refuse("ocr.languages", "names of languages like eng or eng+deu");
  const std::optional<std::uint32_t> pages = ParseNumber(Get("ocr.pages").text, 5000);
  if (!pages) return refuse("ocr.pages", "a number from 0 to 5000");
  const std::optional<std::uint32_t> megapixels = ParseNumber(Get("ocr.megapixels").text, 200);
  if (!megapixels || *megapixels == 0) return refuse("ocr.megapixels", "a number from 1 to 200");
  ocr_.languages = languages;
  ocr_.pages = static_cast<int>(*pages);
  ocr_.pixels = std::uint64_t{*megapixels} * 1'000'000;
  for (const std::string& origin : allowed_origins()) {
    if (!IsOrigin(origin)) return refuse("ALLOWED_ORIGINS", "origins like http://localhost:3000, separated by commas");
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
  register_options_.ca_file = Get("CH_CA_FILE").text.empty() ? "" : (home_ / Get("CH_CA_FILE").text).string();
  if (!loopback() && token().empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "api.address is " + address() + ", which others can reach, and no api.token is set.",
                "Set COUNSEL_API_TOKEN to a long random text, or listen on 127.0.0.1.");
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

bool Settings::loopback() const {
  return address() == "127.0.0.1" || address() == "::1" || address() == "localhost";
}

}  // namespace counsel::app
