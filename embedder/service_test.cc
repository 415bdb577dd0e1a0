#include "service.h"

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace counsel::embedder {
namespace {

namespace asio = boost::asio;
using ::testing::HasSubstr;
using Json = nlohmann::json;

// An encoder whose vectors hold the text's length. While closed, it keeps its callers.
class GatedEncoder : public Encoder {
 public:
  [[nodiscard]] Result<TextVector> Embed(std::string_view text) const override {
    std::unique_lock lock(mutex_);
    ++begun_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    if (text == "bad") return Fail(ErrorCode::kInternal, "The model failed on a text: why.");
    if (text == "worse") throw std::runtime_error("a surprise");
    return TextVector{{static_cast<float>(text.size())}, text.size() + 2, false};
  }

  [[nodiscard]] std::vector<std::int64_t> Tokenize(std::string_view text, bool add_special) const override {
    return {static_cast<std::int64_t>(text.size()), add_special ? 1 : 0};
  }

  void Close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void WaitUntilBegun(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return begun_ >= count; });
  }
  int begun() const {
    const std::lock_guard lock(mutex_);
    return begun_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool open_ = true;
  mutable int begun_ = 0;
};

class FakeExchange : public net::Exchange {
 public:
  FakeExchange(std::string method, std::string target, std::string body)
      : request_(std::move(method), std::move(target)), body_(std::move(body)) {}

  const net::Request& request() const override { return request_; }
  bool local() const override { return true; }
  bool FromOwnUser() override { return true; }
  asio::awaitable<Result<std::string>> ReadBody(std::size_t limit) override {
    if (body_.size() > limit) co_return Fail(ErrorCode::kTooLarge, "The body is too large.");
    co_return body_;
  }
  asio::awaitable<Result<std::string>> ReadSome() override { co_return Fail(ErrorCode::kInternal, "not used"); }
  asio::awaitable<Result<void>> Send(net::Reply& reply) override {
    sent = reply;
    co_return Result<void>();
  }
  asio::awaitable<Result<void>> Begin(net::Reply&) override { co_return Fail(ErrorCode::kInternal, "not used"); }
  asio::awaitable<Result<void>> Write(std::string_view) override { co_return Fail(ErrorCode::kInternal, "not used"); }
  asio::awaitable<Result<void>> End() override { co_return Fail(ErrorCode::kInternal, "not used"); }
  bool begun() const override { return sent.has_value(); }

  std::optional<net::Reply> sent;

 private:
  net::Request request_;
  std::string body_;
};

class ServiceTest : public ::testing::Test {
 protected:
  ~ServiceTest() override {
    encoder_->Open();
    workers_.Stop();
  }

  std::shared_ptr<FakeExchange> Start(std::string method, std::string target, std::string body = "",
                                      asio::cancellation_slot slot = {}) {
    auto exchange = std::make_shared<FakeExchange>(std::move(method), std::move(target), std::move(body));
    asio::co_spawn(io_, service_.Handle(*exchange),
                   asio::bind_cancellation_slot(slot, [exchange](const std::exception_ptr&) {}));
    io_.restart();
    io_.poll();
    return exchange;
  }

  net::Reply Call(std::string method, std::string target, std::string body = "") {
    auto exchange = Start(std::move(method), std::move(target), std::move(body));
    io_.run();
    return exchange->sent.value_or(net::Reply(0, "", "nothing was sent"));
  }

  void BeReady() { service_.SetReady(encoder_); }

  static std::string Batch(std::size_t count) {
    return Json({{"input", std::vector<std::string>(count, "text")}}).dump();
  }

  std::shared_ptr<GatedEncoder> encoder_ = std::make_shared<GatedEncoder>();
  Workers workers_{1, Service::kMaxWaitingTexts};
  Service service_{workers_, "bge"};
  asio::io_context io_{1};
};

TEST_F(ServiceTest, AnswersLoadingUntilItIsReady) {
  const net::Reply loading = Call("GET", "/health");
  EXPECT_EQ(loading.status, 503);
  EXPECT_EQ(Json::parse(loading.body)["error"]["message"], "Loading model");
  EXPECT_EQ(Call("POST", "/v1/embeddings", R"({"input": "a"})").status, 503);
  BeReady();
  const net::Reply ready = Call("GET", "/health");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, R"({"status":"ok"})");
}

TEST_F(ServiceTest, EmbedsTextsInTheOrderOfTheRequest) {
  BeReady();
  const Json reply = Json::parse(Call("POST", "/v1/embeddings", R"({"input": ["aaa", "", "a"]})").body);
  EXPECT_EQ(reply["data"].size(), 3U);
  EXPECT_EQ(reply["data"][0]["embedding"], Json({3}));
  EXPECT_EQ(reply["data"][1]["embedding"], Json({0}));
  EXPECT_EQ(reply["data"][2]["embedding"], Json({1}));
  EXPECT_EQ(reply["model"], "bge");
  EXPECT_EQ(reply["usage"]["prompt_tokens"], 10);
}

TEST_F(ServiceTest, TokenizesAsLlamaServerDoes) {
  BeReady();
  EXPECT_EQ(Call("POST", "/tokenize", R"({"content": "abc"})").body, R"({"tokens":[3,0]})");
  EXPECT_EQ(Call("POST", "/tokenize", R"({"content": "abc", "add_special": true})").body, R"({"tokens":[3,1]})");
}

TEST_F(ServiceTest, CountsTheTokensOfManyTexts) {
  BeReady();
  EXPECT_EQ(Call("POST", "/count-tokens", R"({"input": ["abc", "", "ab"]})").body, R"({"counts":[2,2,2]})");
  EXPECT_EQ(Call("POST", "/count-tokens", R"({"input": [1]})").status, 400);
  EXPECT_EQ(Call("POST", "/count-tokens", R"({"content": "abc"})").status, 400);
  EXPECT_EQ(Call("POST", "/count-tokens", Batch(1025)).status, 413);
}

TEST_F(ServiceTest, RefusesWhatIsWrongOrTooLarge) {
  BeReady();
  EXPECT_EQ(Call("GET", "/nowhere").status, 404);
  EXPECT_EQ(Call("GET", "/tokenize").status, 405);
  EXPECT_EQ(Call("POST", "/v1/embeddings", "{").status, 400);
  EXPECT_EQ(Call("POST", "/v1/embeddings", Batch(1025)).status, 413);
  const net::Reply too_large = Call("POST", "/tokenize", std::string(Service::kMaxBodyBytes + 1, ' '));
  EXPECT_EQ(too_large.status, 413);
  EXPECT_THAT(too_large.body, HasSubstr("larger than 16 MiB"));
}

TEST_F(ServiceTest, ATextThatFailsFailsItsRequestAlone) {
  BeReady();
  const net::Reply failed = Call("POST", "/v1/embeddings", R"({"input": ["a", "bad"]})");
  EXPECT_EQ(failed.status, 500);
  EXPECT_THAT(failed.body, HasSubstr("The model failed on a text: why."));
  EXPECT_EQ(Call("POST", "/v1/embeddings", R"({"input": "worse"})").status, 500);
  EXPECT_EQ(Call("POST", "/v1/embeddings", R"({"input": "good"})").status, 200);
}

TEST_F(ServiceTest, AQuestionOvertakesABatchThatCameBefore) {
  BeReady();
  encoder_->Close();
  const auto batch = Start("POST", "/v1/embeddings", Batch(1000));
  encoder_->WaitUntilBegun(1);
  const auto question = Start("POST", "/v1/embeddings", R"({"input": "q"})");
  encoder_->Open();
  io_.restart();
  while (!question->sent) io_.run_one();
  EXPECT_FALSE(batch->sent);
  io_.run();
  EXPECT_EQ(batch->sent->status, 200);
}

TEST_F(ServiceTest, AFullQueueAnswers503WithRetryAfter) {
  BeReady();
  encoder_->Close();
  const auto running = Start("POST", "/v1/embeddings", R"({"input": "a"})");
  encoder_->WaitUntilBegun(1);
  for (int i = 0; i < 4; ++i) Start("POST", "/v1/embeddings", Batch(1024));
  const auto refused = Start("POST", "/v1/embeddings", R"({"input": "b"})");
  ASSERT_TRUE(refused->sent);
  EXPECT_EQ(refused->sent->status, 503);
  EXPECT_EQ(net::FindHeader(refused->sent->headers, "Retry-After"), "1");
  EXPECT_THAT(refused->sent->body, HasSubstr("Too many texts are waiting"));
}

TEST_F(ServiceTest, TheTextsOfAClientThatLeftAreDropped) {
  BeReady();
  encoder_->Close();
  asio::cancellation_signal leaves;
  Start("POST", "/v1/embeddings", Batch(500), leaves.slot());
  encoder_->WaitUntilBegun(1);
  leaves.emit(asio::cancellation_type::terminal);
  io_.restart();
  io_.poll();
  const auto next = Start("POST", "/v1/embeddings", R"({"input": "a"})");
  encoder_->Open();
  io_.restart();
  while (!next->sent) io_.run_one();
  EXPECT_EQ(encoder_->begun(), 2);
}

}  // namespace
}  // namespace counsel::embedder
