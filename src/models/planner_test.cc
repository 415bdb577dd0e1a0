#include "models/planner.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ids.h"
#include "models/gguf_fixture.h"
#include "models/model_server.h"
#include "net/http.h"

namespace counsel::models {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

class PlannerTest : public ::testing::Test {
 protected:
  PlannerTest() {
    std::string pattern = (fs::temp_directory_path() / "counsel-planner-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    Write("chat.gguf", Model());
    Write("engine", "1");
    Write("e.onnx", std::string(300'000, 'x'));
    Write("t.json", "{}");
    options_.llama_server = folder_ / "engine";
    options_.embedder = folder_ / "engine";
    options_.measurements_file = folder_ / "plans.json";
    options_.fit_params = folder_ / "fit";
    options_.threads = 2;
    SayFit("echo Host 92 45 102");
    std::ofstream(folder_ / "catalogue.toml") << R"(
[[model]]
name = "chat"
role = "generator"
context_tokens = 2048
files = [{path = "chat.gguf", sha256 = "aa"}]
[[model]]
name = "onnx"
role = "embedder"
context_tokens = 512
dimensions = 384
planned_bytes = 120_000_000
files = [{path = "e.onnx"}, {path = "t.json"}]
[[model]]
name = "bare-onnx"
role = "embedder"
context_tokens = 512
dimensions = 384
files = [{path = "e.onnx"}, {path = "t.json"}]
)";
    LoadCatalogue();
  }
  ~PlannerTest() override {
    planner_.reset();
    fs::remove_all(folder_);
  }

  static std::string Model() {
    GgufBytes file;
    file.Head(1, 2).TextPair("general.architecture", "llama").U32Pair("llama.embedding_length", 576);
    file.Tensor("output.weight", {8, 2}, 8, 0);
    return file.Pad().bytes() + std::string(1000, 'x');
  }
  void Write(const std::string& name, std::string_view bytes) const {
    // A new file each time, as a replaced model is.
    std::ofstream(folder_ / "new", std::ios::binary | std::ios::trunc) << bytes;
    fs::rename(folder_ / "new", folder_ / name);
  }
  // What the program in place of llama-fit-params does; it writes its arguments to `calls`.
  void SayFit(const std::string& shell) const {
    Write("fit", "#!/bin/sh\necho \"$@\" >> '" + (folder_ / "calls").string() + "'\n" + shell + "\n");
    fs::permissions(folder_ / "fit", fs::perms::owner_all);
  }
  [[nodiscard]] std::vector<std::string> Calls() const {
    std::ifstream file(folder_ / "calls");
    std::vector<std::string> calls;
    for (std::string line; std::getline(file, line);) calls.push_back(line);
    return calls;
  }
  void LoadCatalogue() {
    Result<Catalogue> loaded = Catalogue::Load(folder_ / "catalogue.toml", folder_ / "none.toml", folder_);
    ASSERT_TRUE(loaded) << loaded.error().ToString();
    catalogue_ = std::make_unique<Catalogue>(std::move(*loaded));
  }
  [[nodiscard]] const ModelEntry& Entry(const char* name) const { return **catalogue_->Find(name); }

  Planner& planner() {
    if (!planner_) planner_ = std::make_unique<Planner>(io_.get_executor(), *catalogue_, options_);
    return *planner_;
  }
  // Writes what it has to, and begins anew.
  void Restart() { planner_.reset(); }

  template <class T>
  T Run(asio::awaitable<T> body) {
    std::optional<T> out;
    asio::co_spawn(io_, std::move(body), [&](const std::exception_ptr& error, T value) {
      if (error) std::rethrow_exception(error);
      out = std::move(value);
      io_.stop();
    });
    io_.restart();
    io_.run_for(std::chrono::minutes(2));
    if (!out) std::abort();  // what still waits refers to the test's own variables
    return std::move(*out);
  }
  Result<Plan> Make(const char* name, PlanQuestion question = {}) {
    return Run(planner().Make(Entry(name), std::move(question)));
  }
  Plan MakeOk(const char* name, const PlanQuestion& question = {}) {
    Result<Plan> plan = Make(name, question);
    EXPECT_TRUE(plan) << plan.error().ToString();
    return plan ? *plan : Plan();
  }
  static Measured MeasuredOf(std::uint64_t ready, std::uint64_t highest) {
    Measured measured;
    measured.at_ready.host_bytes = ready;
    measured.highest.host_bytes = highest;
    measured.load_seconds = 1.25;
    return measured;
  }

  fs::path folder_;
  PlannerOptions options_;
  asio::io_context io_{1};
  std::unique_ptr<Catalogue> catalogue_;
  std::unique_ptr<Planner> planner_;
};

TEST_F(PlannerTest, TheEngineIsAskedOncePerFileAndFlags) {
  const Plan first = MakeOk("chat");
  const Plan second = MakeOk("chat");
  ASSERT_EQ(Calls().size(), 1U);
  EXPECT_THAT(Calls()[0], HasSubstr("--model " + (folder_ / "chat.gguf").string()));
  EXPECT_THAT(Calls()[0], HasSubstr("--ctx-size 2048"));
  EXPECT_THAT(Calls()[0], HasSubstr("--fit-print on"));
  EXPECT_THAT(Calls()[0], Not(HasSubstr("--kv-unified"))) << "it does not know it";
  EXPECT_EQ(first.key, second.key);
  EXPECT_EQ(first.claim.host_bytes, second.claim.host_bytes);
  EXPECT_GT(first.at_ready.host_bytes, 46 * kMiB);
  EXPECT_GT(first.claim.host_bytes, first.at_ready.host_bytes + 256 * kMiB) << "the prompt cache";
  EXPECT_FALSE(first.estimated);
  EXPECT_FALSE(first.measured);
  EXPECT_TRUE(first.file_cached) << "it was just written";

  Restart();
  MakeOk("chat");
  EXPECT_EQ(Calls().size(), 1U) << "estimates outlive the daemon";
}

TEST_F(PlannerTest, WhatIsAskedIsInThePlan) {
  PlanQuestion question;
  question.style = LoadStyle::kQuick;
  question.rung = 2;
  question.flags = {"--cache-type-k", "q8_0"};
  question.context_tokens = 512;
  const Plan plan = MakeOk("chat", question);
  EXPECT_EQ(plan.style, LoadStyle::kQuick);
  EXPECT_EQ(plan.rung, 2);
  EXPECT_EQ(plan.flags, question.flags);
  EXPECT_EQ(plan.context_tokens, 512U);
  EXPECT_THAT(Calls().at(0), HasSubstr("--ctx-size 512 --batch-size 512 --no-repack --cache-type-k q8_0"));
}

TEST_F(PlannerTest, ALoadThatWasMeasuredIsTheNextPlanAlsoAfterARestart) {
  const Plan first = MakeOk("chat");
  planner().Learn(first, MeasuredOf(200 * kMiB, 0));
  for (int i = 0; i < 2; ++i) {
    const Plan next = MakeOk("chat");
    EXPECT_TRUE(next.measured);
    EXPECT_EQ(next.at_ready.host_bytes, 200 * kMiB);
    EXPECT_GE(next.claim.host_bytes - next.at_ready.host_bytes, first.claim.host_bytes - first.at_ready.host_bytes);
    EXPECT_EQ(next.load_seconds, 1.25);
    Restart();
  }
}

TEST_F(PlannerTest, AnotherFileEngineFlagOrStyleIsAnotherKey) {
  const Plan first = MakeOk("chat");
  planner().Learn(first, MeasuredOf(200 * kMiB, 0));
  PlanQuestion quick;
  quick.style = LoadStyle::kQuick;
  EXPECT_FALSE(MakeOk("chat", quick).measured);
  PlanQuestion flags;
  flags.flags = {"--cache-type-k", "q8_0"};
  EXPECT_FALSE(MakeOk("chat", flags).measured);
  PlanQuestion context;
  context.context_tokens = 4096;
  EXPECT_FALSE(MakeOk("chat", context).measured);

  const std::string identity = FileIdentity(*catalogue_, Entry("chat"));
  Write("chat.gguf", Model());
  EXPECT_NE(FileIdentity(*catalogue_, Entry("chat")), identity) << "replaced by one of the same size";
  EXPECT_FALSE(MakeOk("chat").measured);

  planner().Learn(MakeOk("chat"), MeasuredOf(200 * kMiB, 0));
  EXPECT_TRUE(MakeOk("chat").measured);
  Write("engine", "2");
  const Plan last = MakeOk("chat");
  EXPECT_FALSE(last.measured);
  options_.threads = 3;
  Restart();
  EXPECT_NE(MakeOk("chat").key, last.key);
}

TEST_F(PlannerTest, AnEngineThatCannotSayLeavesAnEstimate) {
  for (const char* shell : {"exit 1", "echo nonsense", "kill -9 $$", "echo Host 1 2 99999999999"}) {
    SayFit(shell);
    Restart();
    const Plan plan = MakeOk("chat");
    EXPECT_TRUE(plan.estimated) << shell;
    EXPECT_GT(plan.claim.host_bytes, 256 * kMiB) << shell;
  }
  options_.fit_params = folder_ / "nowhere";
  Restart();
  EXPECT_TRUE(MakeOk("chat").estimated);
  EXPECT_EQ(Calls().size(), 4U);

  options_.fit_params = folder_ / "fit";
  SayFit("echo Host 92 45 102");
  Restart();
  EXPECT_FALSE(MakeOk("chat").estimated) << "it is asked again";
}

TEST_F(PlannerTest, AnEngineThatHangsIsEnded) {
  SayFit("exec sleep 1000");
  options_.fit_timeout = std::chrono::milliseconds(50);
  EXPECT_TRUE(MakeOk("chat").estimated);
}

TEST_F(PlannerTest, ABadFileIsCorrupt) {
  SayFit("echo 'E llama_model_load: error loading model: tensor data' >&2; kill -6 $$");
  const Result<Plan> refused = Make("chat");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(refused.error().message, HasSubstr("chat.gguf"));

  Write("chat.gguf", Model().substr(0, 50));
  const Result<Plan> cut = Make("chat");
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(Calls().size(), 1U) << "a description cut short needs no engine to see";

  fs::remove(folder_ / "chat.gguf");
  EXPECT_EQ(Make("chat").error().code, ErrorCode::kModelFileMissing);
}

TEST_F(PlannerTest, AnOnnxModelIsWhatItsEntrySaysUntilMeasured) {
  const Plan first = MakeOk("onnx");
  EXPECT_EQ(first.at_ready.host_bytes, 120'000'000U);
  EXPECT_GT(first.claim.host_bytes, first.at_ready.host_bytes);
  EXPECT_EQ(MakeOk("bare-onnx").at_ready.host_bytes, 60'600'000U);
  planner().Learn(first, MeasuredOf(50 * kMiB, 60 * kMiB));
  const Plan next = MakeOk("onnx");
  EXPECT_EQ(next.at_ready.host_bytes, 50 * kMiB);
  EXPECT_GE(next.claim.host_bytes, 60 * kMiB);
  EXPECT_TRUE(Calls().empty());
}

TEST_F(PlannerTest, AMeasurementsFileThatIsSomethingElseIsBegunAnew) {
  Write("plans.json", "{\"version\":1,\"plans\":{\"x\":[");
  const Plan first = MakeOk("chat");
  planner().Learn(first, MeasuredOf(200 * kMiB, 0));
  Restart();
  EXPECT_TRUE(MakeOk("chat").measured);
}

TEST_F(PlannerTest, AModelWithoutFilesHasNoBytes) {
  ModelEntry remote;
  remote.name = "remote";
  const Plan plan = *Run(planner().Make(remote, PlanQuestion()));
  EXPECT_EQ(plan.claim.host_bytes, 0U);
  EXPECT_EQ(plan.key, "");
  EXPECT_EQ(FileIdentity(*catalogue_, remote), "");
}

// With the real engine and the starter generator: what is planned against what is measured.
class RealPlannerTest : public PlannerTest {
 protected:
  void SetUp() override {
    const char* engine = std::getenv("COUNSEL_TEST_ENGINE");
    const char* models = std::getenv("COUNSEL_TEST_MODELS");
    if (engine == nullptr || models == nullptr) {
      GTEST_SKIP() << "COUNSEL_TEST_ENGINE and COUNSEL_TEST_MODELS are not set";
    }
    // Another file and context to plan for, such as the 7B shape.
    const char* context = std::getenv("COUNSEL_TEST_PLAN_CONTEXT");
    const char* own = std::getenv("COUNSEL_TEST_PLAN_FILE");
    starter_ = fs::path(models) / "SmolLM2-135M-Instruct.Q4_1.gguf";
    file_ = own != nullptr ? fs::path(own) : starter_;
    options_.llama_server = fs::path(engine) / "llama-server";
    options_.fit_params = fs::path(engine) / "llama-fit-params";
    std::ofstream(folder_ / "catalogue.toml") << "[[model]]\nname = \"real\"\nrole = \"generator\"\n"
                                                 "context_tokens = " +
                                                     std::string(context != nullptr ? context : "2048") +
                                                     "\n[[model.files]]\npath = \"" + file_.string() + "\"\n";
    LoadCatalogue();
  }

  asio::awaitable<Result<void>> UntilHealthy(const net::Endpoint& endpoint, const child::Child& server) {
    const net::Request health("GET", "/health");
    const std::chrono::seconds patience(10);
    asio::steady_timer timer(io_);
    while (server.running()) {
      const Result<net::Reply> reply = co_await net::Fetch(endpoint, health, patience);
      if (reply && reply->status == 200) co_return Result<void>();
      timer.expires_after(std::chrono::milliseconds(5));
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_return Fail(ErrorCode::kUnavailable, "The server ended.");
  }

  // Loads as planned, asks one short question, measures.
  asio::awaitable<Result<std::uint64_t>> LoadAndMeasure(Plan plan) {
    ServerPrograms programs;
    programs.llama_server = options_.llama_server;
    const net::Endpoint endpoint = net::Endpoint::Unix((folder_ / (NewId() + ".sock")).string());
    child::ChildOptions command = ServerCommand(programs, *catalogue_, Entry("real"), plan, endpoint.unix_path,
                                                {options_.threads, options_.threads});
    Result<std::unique_ptr<child::Child>> server = child::Child::Spawn(io_.get_executor(), std::move(command));
    if (!server) co_return Fail(server.error());
    const Result<void> healthy = co_await UntilHealthy(endpoint, **server);
    if (!healthy) co_return Fail(healthy.error());
    net::Request question("POST", "/v1/chat/completions");
    question.headers = {{"Content-Type", "application/json"}};
    question.body = R"({"messages":[{"role":"user","content":"Say hello."}],"max_tokens":8})";
    const std::chrono::seconds patience(60);
    const Result<net::Reply> answer = co_await net::Fetch(endpoint, question, patience);
    if (!answer) co_return Fail(answer.error());
    Result<std::uint64_t> measured = MeasureHost((*server)->pid(), {file_}, plan.mapped_bytes);
    (*server)->Kill();
    (void)co_await (*server)->Wait();
    co_return measured;
  }

  void ExpectRight(LoadStyle style) {
    PlanQuestion question;
    question.style = style;
    const Plan first = MakeOk("real", question);
    EXPECT_FALSE(first.estimated);
    const Result<std::uint64_t> measured = Run(LoadAndMeasure(first));
    ASSERT_TRUE(measured) << measured.error().ToString();
    planner().Learn(first, MeasuredOf(*measured, 0));
    const Plan next = MakeOk("real", question);
    std::printf("[  figure  ] %s, %s: planned %.1f MiB at ready, measured %.1f; claim %.1f, then %.1f\n",
                file_.filename().c_str(), style == LoadStyle::kQuick ? "quick" : "repacked",
                static_cast<double>(first.at_ready.host_bytes) / kMiB, static_cast<double>(*measured) / kMiB,
                static_cast<double>(first.claim.host_bytes) / kMiB, static_cast<double>(next.claim.host_bytes) / kMiB);
    const bool small = fs::file_size(file_) < (std::uintmax_t{1} << 30);
    EXPECT_GE(first.at_ready.host_bytes, *measured);
    EXPECT_LE(first.at_ready.host_bytes, *measured + *measured / 10 + (small ? 100 * kMiB : 0));
    const Result<std::uint64_t> again = Run(LoadAndMeasure(next));
    ASSERT_TRUE(again) << again.error().ToString();
    EXPECT_NEAR(static_cast<double>(next.at_ready.host_bytes), static_cast<double>(*again),
                0.03 * static_cast<double>(*again));
  }
  fs::path starter_;
  fs::path file_;
};

TEST_F(RealPlannerTest, APlanIsNoLessThanWhatALoadTakesAndTheNextIsRight) {
  ExpectRight(LoadStyle::kRepacked);
  ExpectRight(LoadStyle::kQuick);
}

TEST_F(RealPlannerTest, AFileCutShortIsCorrupt) {
  fs::copy_file(starter_, folder_ / "cut.gguf");
  fs::resize_file(folder_ / "cut.gguf", 50'000'000);
  std::ofstream(folder_ / "catalogue.toml")
      << "[[model]]\nname = \"cut\"\nrole = \"generator\"\n"
         "context_tokens = 512\n[[model.files]]\npath = \"cut.gguf\"\nsha256 = \"00\"\n";
  LoadCatalogue();
  EXPECT_EQ(Make("cut").error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace counsel::models
