// The settings: one table of names, defaults and sources. Precedence: command line > environment > .env in the home >
// counsel.toml in the home > default.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "companies_house/register_key.h"
#include "companies_house/register_options.h"
#include "documents/ocr.h"
#include "http/services.h"

namespace counsel::app {

// Who may set it, beside a file, the environment and the command line. What names a program, folder or file, decides
// who may call, or says where a key or a text is sent is never for whoever can merely reach the HTTP API.
enum class SetBy {
  kApi,     // any client of the user's
  kHand,    // the user himself, over the unix socket: counsel config set, settings.save()
  kNobody,  // a running daemon is not told
};

// One setting that exists. Keys with a dot stand in a table of counsel.toml: api.port is `port` under [api].
struct SettingKind {
  const char* key;
  const char* environment;  // its name in the environment and in .env
  const char* fallback;     // the default
  const char* help;
  bool secret = false;  // shown only as set or not set
  bool live = false;    // a change is followed by the running daemon
  SetBy set_by = SetBy::kApi;
};
[[nodiscard]] const std::vector<SettingKind>& SettingKinds();
// By key or by its name in the environment; nullptr when there is none.
[[nodiscard]] const SettingKind* FindSetting(std::string_view name);

class Settings {
 public:
  // `overrides`: key → value from the command line. `home`: --home, or "" for COUNSEL_HOME or the default.
  // kInvalidArgument names the setting, its source and what it may be; kCorrupt names the line of counsel.toml.
  [[nodiscard]] static Result<Settings> Load(const std::string& home,
                                             const std::map<std::string, std::string>& overrides);

  struct Value {
    std::string text;
    std::string source;  // "command line", "environment COUNSEL_PORT", ".env", "counsel.toml", "default"
  };
  [[nodiscard]] const Value& Get(const std::string& key) const { return values_.at(key); }
  // Writes one setting to counsel.toml, or takes it out when `value` is nothing, and returns the settings as they are
  // then. Nothing is written when the value is not valid (kInvalidArgument), there is no such setting (kNotFound), or
  // it is not for `by` to set (kPermissionDenied).
  [[nodiscard]] Result<Settings> Change(const std::string& name, const std::optional<std::string>& value,
                                        SetBy by) const;
  [[nodiscard]] http::SettingView View(const SettingKind& kind) const;
  [[nodiscard]] std::vector<http::SettingView> ViewAll() const;
  // Names in counsel.toml that are no settings.
  [[nodiscard]] const std::vector<std::string>& unknown() const { return unknown_; }

  // What the command line set.
  [[nodiscard]] const std::map<std::string, std::string>& overrides() const { return overrides_; }
  [[nodiscard]] const std::filesystem::path& home() const { return home_; }
  [[nodiscard]] std::filesystem::path models_folder() const { return Get("models.folder").text; }
  [[nodiscard]] std::string address() const { return Get("api.address").text; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string token() const { return Get("api.token").text; }
  // "" when the user has set none. A path is found as whoever set it meant it, and is as written where nothing is
  // there.
  [[nodiscard]] std::string main_model() const;
  [[nodiscard]] std::string embedding_model() const { return Get("EMBEDDING_MODEL").text; }
  [[nodiscard]] unsigned threads() const { return threads_; }
  // Settings that are true or false: "AUTO_UNLOAD". Those that are a share, 0.05 to 1: "MEMORY_THRESHOLD".
  [[nodiscard]] bool truth(const std::string& key) const { return truths_.at(key); }
  [[nodiscard]] double share(const std::string& key) const { return shares_.at(key); }
  // Settings that are seconds: "models.stall_seconds".
  [[nodiscard]] std::uint32_t seconds(const std::string& key) const { return seconds_.at(key); }
  [[nodiscard]] http::AnswerDefaults answer_defaults() const;
  // Seconds that an idle model stays; nothing: for ever.
  [[nodiscard]] std::optional<std::uint32_t> keep_alive() const { return keep_alive_; }
  [[nodiscard]] std::vector<std::string> preload_models() const;
  // "http://localhost:3000"
  [[nodiscard]] std::vector<std::string> allowed_origins() const;
  // By what others call us: "counsel.firm.example", "10.0.0.5:8181".
  [[nodiscard]] std::vector<std::string> hosts() const;
  [[nodiscard]] bool loopback() const;

  // The register's key: the one of the environment or .env, else the home's file. Get("CH_API_KEY") has only "set".
  [[nodiscard]] companies_house::RegisterKey register_key() const;
  // extraction.* and ocr.*
  [[nodiscard]] const documents::ExtractionLimits& extraction() const { return extraction_; }
  [[nodiscard]] const documents::OcrOptions& ocr() const { return ocr_; }
  // CH_API_URL, CH_DOCUMENT_URL, CH_CA_FILE; checked.
  [[nodiscard]] const companies_house::RegisterOptions& register_options() const { return register_options_; }

 private:
  [[nodiscard]] Result<void> Validate();
  // Moves the register's key out of the values.
  void TakeKey();

  std::filesystem::path home_;
  std::map<std::string, std::string> overrides_;
  std::map<std::string, Value> values_;
  std::vector<std::string> unknown_;
  std::uint16_t port_ = 0;
  unsigned threads_ = 0;
  std::map<std::string, bool> truths_;
  std::map<std::string, double> shares_;
  std::map<std::string, std::uint32_t> seconds_;
  std::optional<std::uint32_t> keep_alive_;
  std::shared_ptr<const Secret> register_key_;  // never null
  companies_house::RegisterOptions register_options_;
  documents::ExtractionLimits extraction_;
  documents::OcrOptions ocr_;
};

}  // namespace counsel::app
