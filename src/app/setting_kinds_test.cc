// The table of settings: what a client of the HTTP API may set.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/settings.h"

namespace counsel::app {
namespace {

using ::testing::HasSubstr;

// A number, or true or false: nothing that could name a file, a program or a host.
bool IsHarmless(const std::string& fallback) {
  return fallback == "true" || fallback == "false" ||
         (!fallback.empty() && fallback.find_first_not_of("0123456789.-") == std::string::npos &&
          std::count(fallback.begin(), fallback.end(), '.') < 2);
}

// Text that any client may set all the same, and why.
const std::set<std::string> kHarmlessText = {
    "PRELOAD_MODELS",  // names in the catalogue; loading is for every client
    "ocr.languages",   // letters, digits and '_' joined by '+': Settings checks it
    "log.level",       // one of four words
    "answers.style",   // likewise
};

TEST(SettingKindsTest, WhatCouldNameAFileAProgramOrAHostIsSetByHand) {
  for (const SettingKind& kind : SettingKinds()) {
    if (kind.set_by != SetBy::kApi) continue;
    EXPECT_TRUE(IsHarmless(kind.fallback) || kHarmlessText.count(kind.key) == 1)
        << kind.key << " can hold any text: make it SetBy::kHand, or say here why it need not be.";
  }
}

TEST(SettingKindsTest, SecretsAndPlacesAreSetByHand) {
  for (const char* key :
       {"MAIN_MODEL", "EMBEDDING_MODEL", "models.folder", "engine.llama_server", "log.file", "CH_CA_FILE", "CH_API_URL",
        "CH_DOCUMENT_URL", "CH_API_KEY", "api.address", "api.port", "api.hosts", "api.token", "ALLOWED_ORIGINS"}) {
    const SettingKind* kind = FindSetting(key);
    ASSERT_NE(kind, nullptr) << key;
    EXPECT_NE(kind->set_by, SetBy::kApi) << key;
  }
  for (const SettingKind& kind : SettingKinds()) {
    EXPECT_TRUE(!kind.secret || kind.set_by != SetBy::kApi) << kind.key;
  }
}

TEST(SettingKindsTest, TheApiIsRefusedWhatIsSetByHand) {
  std::string pattern = (std::filesystem::temp_directory_path() / "counsel-settings-XXXXXX").string();
  const std::filesystem::path home = ::mkdtemp(pattern.data());
  const Result<Settings> settings = Settings::Load(home.string(), {});
  ASSERT_TRUE(settings);
  for (const SettingKind& kind : SettingKinds()) {
    if (kind.set_by == SetBy::kApi) continue;
    const Result<Settings> refused = settings->Change(kind.key, std::string("x"), SetBy::kApi);
    ASSERT_FALSE(refused) << kind.key;
    const bool secret_key = refused.error().code == ErrorCode::kInvalidArgument;  // CH_API_KEY: never written at all
    EXPECT_TRUE(refused.error().code == ErrorCode::kPermissionDenied || secret_key) << kind.key;
    EXPECT_FALSE(settings->Change(kind.key, std::nullopt, SetBy::kApi)) << kind.key;
  }
  EXPECT_FALSE(std::filesystem::exists(home / "counsel.toml"));
  EXPECT_TRUE(settings->Change("engine.llama_server", std::string("/x"), SetBy::kHand));
  EXPECT_TRUE(settings->Change("log.level", std::string("debug"), SetBy::kApi));
  std::filesystem::remove_all(home);
}

TEST(SettingKindsTest, ListeningEverywhereWantsTheNamesThatOthersUse) {
  std::string pattern = (std::filesystem::temp_directory_path() / "counsel-settings-XXXXXX").string();
  const std::filesystem::path home = ::mkdtemp(pattern.data());
  const Result<Settings> refused = Settings::Load(home.string(), {{"api.address", "0.0.0.0"}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().next_step, HasSubstr("COUNSEL_HOSTS"));
  const Result<Settings> named =
      Settings::Load(home.string(), {{"api.address", "0.0.0.0"}, {"api.hosts", "a.example, 10.0.0.5:80"}});
  ASSERT_TRUE(named);
  EXPECT_THAT(named->hosts(), ::testing::ElementsAre("a.example", "10.0.0.5:80"));
  for (const char* wrong : {"*", "http://a.example", "a b", "a/b"}) {
    EXPECT_FALSE(Settings::Load(home.string(), {{"api.hosts", wrong}})) << wrong;
  }
  std::filesystem::remove_all(home);
}

}  // namespace
}  // namespace counsel::app
