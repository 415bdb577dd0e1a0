#include "app/model_text.h"

#include <gtest/gtest.h>

namespace counsel::app {
namespace {

Json ModelInState(const char* state) {
  return {{"name", "m"},           {"installed", true},
          {"state", state},        {"reason", ""},
          {"leases", 0},           {"waiting", 0},
          {"progress", 0.0},       {"planned", {{"host", 0}, {"devices", Json::object()}}},
          {"failures", 0},         {"measured", {{"host", 0}, {"devices", Json::object()}}},
          {"load_seconds", 0.0},   {"ready_since", nullptr},
          {"expires_in", nullptr}, {"retry_in", nullptr},
          {"load", nullptr}};
}

Json APlan() {
  return {{"name", "m"},
          {"fits", true},
          {"reason", ""},
          {"exact", false},
          {"flags", Json::array()},
          {"estimated", false},
          {"evicts", Json::array()},
          {"waits_for", Json::array()},
          {"seconds", nullptr},
          {"file_cached", true},
          {"context_tokens", 0},
          {"planned", {{"host", 1'000'000}, {"devices", Json::object()}}},
          {"claim", {{"host", 2'000'000}, {"devices", Json::object()}}}};
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ModelTable, ShowsBytesASecondAndTheTimeLeftOfALoad) {
  Json model = ModelInState("loading");
  model["progress"] = 0.5;
  model["load"] = {
      {"bytes", 1'000'000'000}, {"bytes_loaded", 500'000'000}, {"bytes_per_second", 2.5e8}, {"seconds_left", 2.0}};
  EXPECT_TRUE(Has(ModelTable(Json::array({model})), "m: 50 %, 250.0 MB/s, 2.0 s left\n"));
  model["load"]["bytes_per_second"] = model["load"]["seconds_left"] = nullptr;
  EXPECT_TRUE(Has(ModelTable(Json::array({model})), "m: 50 %\n"));
}

TEST(ModelTable, SaysWhenALoadWillEndBeforeItsFirstSign) {
  Json model = ModelInState("loading");
  model["load"] = {{"bytes", 0}, {"bytes_loaded", 0}, {"bytes_per_second", nullptr}, {"seconds_left", 4.0}};
  EXPECT_TRUE(Has(ModelTable(Json::array({model})), "m: 0 %, 4.0 s left\n"));
}

TEST(EventLine, SaysWhatWasFreedReducedAndHowShortMemoryIs) {
  const Json frees = {{"host", 5'000'000}, {"devices", {{"Vulkan0", 1'000'000}}}};
  EXPECT_EQ(EventLine("eviction", {{"model", "m"}, {"frees", frees}}), "m frees 6.0 MB");
  EXPECT_EQ(EventLine("ladder", {{"model", "m"}, {"reduced", "half the context"}}),
            "m is loaded with less: half the context");
  EXPECT_EQ(EventLine("pressure", {{"level", "rising"}, {"headroom", 100'000'000}, {"margin", 200'000'000}}),
            "memory pressure is rising: 100.0 MB could still be had, 200.0 MB are to stay free");
  EXPECT_EQ(EventLine("another", Json::object()), "");
}

TEST(ModelTable, SaysWhyAndWhenAModelThatFailedIsTriedAgain) {
  Json model = ModelInState("failed");
  model["reason"] = "the file is cut short";
  model["failures"] = 3;
  model["retry_in"] = 4.0;
  EXPECT_TRUE(Has(ModelTable(Json::array({model})),
                  "m: the file is cut short; failed 3 times in a row; tried again in 4.0 s\n"));
}

TEST(ModelTable, LeavesOutWhatIsNeitherInstalledNorDoesAnything) {
  Json model = ModelInState("cold");
  model["installed"] = false;
  EXPECT_FALSE(Has(ModelTable(Json::array({model})), "m "));
  model["state"] = "failed";
  EXPECT_TRUE(Has(ModelTable(Json::array({model})), "m "));
}

TEST(ModelTable, LetsNoEscapeSequencesThrough) {
  Json model = ModelInState("failed");
  model["reason"] = "bad \033[2Jname";
  EXPECT_FALSE(Has(ModelTable(Json::array({model})), "\033"));
}

TEST(LoadTable, ShowsTheNewestLoadsAndWhyOneFailed) {
  EXPECT_EQ(LoadTable(Json::array(), 5), "");
  Json load = {{"model", "m"}, {"at", 0}, {"seconds", 1.5}, {"reason", "killed"}};
  load["planned"] = load["measured"] = {{"host", 5'000'000}, {"devices", {{"Vulkan0", 1'000'000}}}};
  Json older = load;
  older["model"] = "older";
  const std::string table = LoadTable(Json::array({load, older}), 1);
  EXPECT_TRUE(Has(table, "6.0 MB"));
  EXPECT_TRUE(Has(table, "failed: killed"));
  EXPECT_FALSE(Has(table, "older"));
}

TEST(ModelFingerprint, ChangesWithStateAndTenthsOfProgressButNotWithBytes) {
  Json model = ModelInState("loading");
  const std::string before = ModelFingerprint(Json::array({model}));
  model["measured"]["host"] = 1;
  model["progress"] = 0.09;
  EXPECT_EQ(ModelFingerprint(Json::array({model})), before);
  model["progress"] = 0.11;
  EXPECT_NE(ModelFingerprint(Json::array({model})), before);
  model["progress"] = 0.0;
  model["waiting"] = 1;
  EXPECT_NE(ModelFingerprint(Json::array({model})), before);
}

TEST(PlanText, SaysHowTheFiguresAreKnown) {
  Json plan = APlan();
  EXPECT_TRUE(Has(PlanText(plan), "Memory: 1.0 MB when ready, at most 2.0 MB.\n"));
  EXPECT_TRUE(Has(PlanText(plan), "estimated; the first load will measure them"));
  EXPECT_TRUE(Has(PlanText(plan), "not known before the first load: its file is in memory"));
  plan["estimated"] = true;
  EXPECT_TRUE(Has(PlanText(plan), "from the file's description alone"));
  plan["exact"] = true;
  plan["seconds"] = 2.5;
  plan["file_cached"] = false;
  EXPECT_TRUE(Has(PlanText(plan), "These figures were measured"));
  EXPECT_TRUE(Has(PlanText(plan), "Loading takes about 2.5 s: its file is read from the disk.\n"));
}

TEST(PlanText, NamesDevicesFlagsAndWhatGoes) {
  Json plan = APlan();
  plan["planned"]["devices"]["Vulkan0"] = 3'000'000;
  plan["claim"]["devices"]["Vulkan0"] = 4'000'000;
  plan["flags"] = {"--n-gpu-layers", "20"};
  plan["evicts"] = {"a", "b", "c"};
  plan["waits_for"] = {"b"};
  const std::string text = PlanText(plan);
  EXPECT_TRUE(Has(text, "On Vulkan0: 3.0 MB when ready, at most 4.0 MB.\n"));
  EXPECT_TRUE(Has(text, "Flags: --n-gpu-layers 20\n"));
  EXPECT_TRUE(Has(text, "'a', 'b' and 'c' would be given back for it, once the requests of 'b' have ended.\n"));
}

TEST(PlanText, SaysWhyAModelCannotBeLoaded) {
  Json plan = APlan();
  plan["fits"] = false;
  plan["reason"] = "needs 4.4 GB of memory; the machine can give it at most 3.0 GB";
  const std::string text = PlanText(plan);
  EXPECT_TRUE(Has(text, "'m' cannot be loaded: it needs 4.4 GB of memory; the machine can give it at most 3.0 GB.\n"));
  EXPECT_FALSE(Has(text, "given back"));
}

}  // namespace
}  // namespace counsel::app
