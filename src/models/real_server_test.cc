// The pool and the client with the real llama-server and the starter generator. Skipped where COUNSEL_TEST_ENGINE (a
// folder with llama-server) and COUNSEL_TEST_MODELS (one with the model) are not set.
#include <cstdio>

#include "models/model_client.h"
#include "models/pool_fixture.h"

namespace counsel::models {
namespace {

using ::testing::HasSubstr;

class RealServerTest : public PoolFixture {
 protected:
  void SetUp() override {
    const char* engine = std::getenv("COUNSEL_TEST_ENGINE");
    const char* models = std::getenv("COUNSEL_TEST_MODELS");
    if (engine == nullptr || models == nullptr)
      GTEST_SKIP() << "COUNSEL_TEST_ENGINE and COUNSEL_TEST_MODELS are not set";
    options_.llama_server = fs::path(engine) / "llama-server";
    file_ = fs::path(models) / "SmolLM2-135M-Instruct.Q4_1.gguf";
  }
  fs::path file_;
};

TEST_F(RealServerTest, AnswersCountsTokensAndAppliesItsTemplate) {
  AddReal("smol", file_);
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("smol", kLong);
    EXPECT_TRUE(lease.has_value()) << lease.error().ToString();
    if (!lease) co_return;
    const std::vector<std::string> texts = {"Hello world", "", "The licence"};
    const Result<std::vector<std::uint32_t>> counts = co_await CountTokens(*lease, texts);
    EXPECT_TRUE(counts.has_value()) << counts.error().ToString();
    EXPECT_EQ((*counts)[0], 2U);
    EXPECT_EQ((*counts)[1], 0U);

    const std::vector<ChatMessage> messages = {{"system", "You are brief."}, {"user", "Say hello."}};
    const Result<std::string> prompt = co_await ApplyTemplate(*lease, messages);
    EXPECT_TRUE(prompt.has_value()) << prompt.error().ToString();
    EXPECT_THAT(*prompt, HasSubstr("<|im_start|>user\nSay hello.<|im_end|>"));

    std::string text;
    const OnText on_text = [&text](std::string_view piece) -> asio::awaitable<Result<void>> {
      text += piece;
      co_return Result<void>();
    };
    ChatOptions options;
    options.max_tokens = 8;
    const Result<ChatEnd> end = co_await Chat(*lease, messages, options, on_text);
    EXPECT_TRUE(end.has_value()) << end.error().ToString();
    EXPECT_FALSE(text.empty());
    EXPECT_LE(end->completion_tokens, 8U);
    EXPECT_GT(end->prompt_tokens, 5U);
    EXPECT_FALSE(end->finish_reason.empty());
  };
  Run(body());
}

TEST_F(RealServerTest, ItsDeathInAnAnswerIsTheReasonTheAnswerEnds) {
  AddReal("smol", file_);
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("smol", kLong);
    EXPECT_TRUE(lease.has_value()) << lease.error().ToString();
    if (!lease) co_return;
    const auto pid = static_cast<pid_t>(StatusOf("smol").pid);
    const OnText on_text = [pid](std::string_view) -> asio::awaitable<Result<void>> {
      ::kill(pid, SIGKILL);
      co_return Result<void>();
    };
    const std::vector<ChatMessage> messages = {{"user", "Count from one to a thousand."}};
    const ChatOptions options;
    const Result<ChatEnd> end = co_await Chat(*lease, messages, options, on_text);
    EXPECT_FALSE(end.has_value());
    EXPECT_THAT(end.error().message, HasSubstr("signal 9"));
    EXPECT_EQ(StatusOf("smol").state, ModelState::kFailed);
    const Result<Lease> again = co_await pool().Acquire("smol", kLong);
    EXPECT_TRUE(again.has_value());
  };
  Run(body());
}

TEST_F(RealServerTest, ATruncatedFileIsCorrupt) {
  const fs::path cut = folder_ / "cut.gguf";
  fs::copy_file(file_, cut);
  fs::resize_file(cut, 50'000'000);
  AddReal("cut", cut);
  const auto body = [this]() -> asio::awaitable<void> {
    const Result<Lease> lease = co_await pool().Acquire("cut", kLong);
    EXPECT_EQ(lease.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(lease.error().message, HasSubstr("cut.gguf is damaged"));
  };
  Run(body());
}

TEST_F(RealServerTest, UnloadEndsIt) {
  AddReal("smol", file_);
  const auto body = [this]() -> asio::awaitable<void> {
    {
      const Result<Lease> lease = co_await pool().Acquire("smol", kLong);
      EXPECT_TRUE(lease.has_value()) << lease.error().ToString();
      if (!lease) co_return;
      std::printf("[  figure  ] ready after %.3f s\n", lease->waited_seconds());
    }
    const std::int64_t pid = StatusOf("smol").pid;
    EXPECT_GT(StatusOf("smol").measured.host_bytes, std::uint64_t{100} << 20);
    const auto began = std::chrono::steady_clock::now();
    const Result<void> unloaded = co_await pool().UnloadAll(kLong);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    EXPECT_TRUE(unloaded.has_value());
    EXPECT_FALSE(Alive(pid));
    std::printf("[  figure  ] unloaded in %.3f s\n", took.count());
  };
  Run(body());
}

}  // namespace
}  // namespace counsel::models
