#include "app/settings_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr const char* kFile =
    "# ours\n"
    "MAIN_MODEL = \"a\"  # the good one\n"
    "api.token = \"t\"\n"
    "\n"
    "[api]\n"
    "port = 8181\n"
    "\n"
    "[log]\n"
    "level = \"info\"\n";

TEST(ChangeTomlTest, AValueIsReplacedAndAllElseStays) {
  const Result<std::string> changed = ChangeToml("# ours\nMAIN_MODEL = \"a\"\n[api]\nport = 8181\n", "api.port", "9");
  ASSERT_TRUE(changed);
  EXPECT_EQ(*changed, "# ours\nMAIN_MODEL = \"a\"\n[api]\nport = '9'\n");
}

TEST(ChangeTomlTest, ANewValueComesIntoItsTable) {
  const Result<std::string> changed = ChangeToml("[api]\nport = 1\n\n[log]\nlevel = \"info\"\n", "api.address", "::1");
  ASSERT_TRUE(changed);
  EXPECT_EQ(*changed, "[api]\nport = 1\naddress = '::1'\n\n[log]\nlevel = \"info\"\n");
}

TEST(ChangeTomlTest, ANewTopLevelValueComesBeforeTheTables) {
  const Result<std::string> changed = ChangeToml("[api]\nport = 1\n", "MAIN_MODEL", "it's \"mine\"\\");
  ASSERT_TRUE(changed);
  const Result<TomlSettings> read = ReadToml(*changed, "f");
  ASSERT_TRUE(read);
  EXPECT_THAT(read->values, UnorderedElementsAre(Pair("MAIN_MODEL", "it's \"mine\"\\"), Pair("api.port", "1")));
}

TEST(ChangeTomlTest, AnEmptyFileGetsATable) {
  EXPECT_EQ(ChangeToml("", "log.level", "debug").value_or(""), "[log]\nlevel = 'debug'\n");
}

TEST(ChangeTomlTest, AValueIsTakenAway) {
  EXPECT_EQ(ChangeToml("a = 1\nMAIN_MODEL = \"x\"\n", "MAIN_MODEL", std::nullopt).value_or(""), "a = 1\n");
}

TEST(ChangeTomlTest, AValueOverSeveralLinesIsLeftAlone) {
  const std::string text = "PRELOAD_MODELS = [\n  \"a\",\n  \"b\",\n]\n";
  const Result<std::string> changed = ChangeToml(text, "PRELOAD_MODELS", "c");
  ASSERT_FALSE(changed);
  EXPECT_THAT(changed.error().message, HasSubstr("only a person can change"));
}

TEST(ChangeTomlTest, AKeyInsideALongTextIsNotTakenForTheSetting) {
  const std::string text = "note = \"\"\"\nMAIN_MODEL = x\n\"\"\"\n";
  EXPECT_FALSE(ChangeToml(text, "MAIN_MODEL", "y"));
}

TEST(ReadTomlTest, TablesBecomeDottedKeys) {
  const Result<TomlSettings> read = ReadToml(kFile, "f");
  ASSERT_FALSE(read);  // api is a table twice
  EXPECT_THAT(read.error().message, HasSubstr("f, line 5"));
}

TEST(ReadDotEnvTest, ReadsWhatShellsAndTheFirstProductWrote) {
  const auto values = ReadDotEnv(
      "# comment\n"
      "MAIN_MODEL=models/a.gguf\n"
      "export MEMORY_THRESHOLD = 0.5   # half\n"
      "A=\"with # inside\"\n"
      "B='single'\r\n"
      "main_model=another\n"
      "nonsense\n"
      "EMPTY=\n"
      "A2=x#y\n");
  EXPECT_THAT(values, UnorderedElementsAre(Pair("MAIN_MODEL", "models/a.gguf"), Pair("MEMORY_THRESHOLD", "0.5"),
                                           Pair("A", "with # inside"), Pair("B", "single"),
                                           Pair("main_model", "another"), Pair("EMPTY", ""), Pair("A2", "x#y")));
}

}  // namespace
}  // namespace counsel::app
