// For tests: the whole pipeline on a real store and the real extractor, with an embedder that the test scripts.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/pipeline.h"

namespace counsel::ingest {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using documents::Document;
using documents::DocumentState;
using testing::HasSubstr;

// Answers with unit vectors, or as scripted.
class FakeEmbedding : public Embedding {
 public:
  struct Log {
    std::string model = "fake";
    int requests = 0;
    int running = 0;
    int most_running = 0;
    int releases = 0;
    int counts = 0;
    std::size_t texts = 0;
    std::deque<Error> failures;        // of the next requests
    std::function<void()> on_request;  // while it runs
    std::string poison;                // a text with it kills the model
    bool counts_nothing = false;       // of tokens
    bool hold = false;                 // requests wait until it is false
    int throwing_releases = 0;         // the next ones, of the claim loop
  };
  FakeEmbedding(asio::any_io_executor io, Log& log) : io_(std::move(io)), log_(log) {}

  std::string model() const override { return log_.model; }
  asio::awaitable<Result<models::Embeddings>> Embed(std::vector<std::string> texts) override {
    ++log_.requests;
    log_.texts += texts.size();
    log_.most_running = std::max(log_.most_running, ++log_.running);
    if (log_.on_request) log_.on_request();
    do {
      asio::steady_timer turn(io_, std::chrono::milliseconds(1));
      co_await turn.async_wait(asio::use_awaitable);
    } while (log_.hold);
    --log_.running;
    for (const std::string& text : texts) {
      if (!log_.poison.empty() && text.find(log_.poison) != std::string::npos) {
        co_return Fail(ErrorCode::kUnavailable, "The embedder died.");
      }
    }
    if (!log_.failures.empty()) {
      Error failure = log_.failures.front();
      log_.failures.pop_front();
      co_return Fail(std::move(failure));
    }
    models::Embeddings embeddings;
    embeddings.dimensions = 2;
    for (const std::string& text : texts) {
      const std::array<float, 2> vector = VectorOf(text);
      embeddings.values.insert(embeddings.values.end(), vector.begin(), vector.end());
    }
    co_return embeddings;
  }
  // Of unit length, and another for another text.
  static std::array<float, 2> VectorOf(const std::string& text) {
    const double angle = static_cast<double>(std::hash<std::string>()(text) % 6'000) / 1'000;
    return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  }
  // A word is a token.
  asio::awaitable<Result<TokenCounts>> CountTokens(std::vector<std::string> texts) override {
    ++log_.counts;
    TokenCounts counts;
    counts.longest = 510;
    if (log_.counts_nothing) co_return counts;
    for (const std::string& text : texts) {
      counts.tokens.push_back(static_cast<std::uint32_t>(1 + std::count(text.begin(), text.end(), ' ')));
    }
    co_return counts;
  }
  void Release() override {
    if (log_.throwing_releases > 0 && log_.throwing_releases-- > 0) throw std::bad_alloc();
    ++log_.releases;
  }

 private:
  asio::any_io_executor io_;
  Log& log_;
};

class Ingesting : public testing::Test {
 protected:
  // In a folder of its own, empty or a copy of `from`.
  explicit Ingesting(const fs::path& from = {})
      : folder_(fs::temp_directory_path() / ("counsel-ingest-" + NewId())), originals_(folder_ / "originals") {
    fs::create_directories(folder_);
    if (!from.empty()) CopyInUse(from);
    store_ = std::move(*store::Store::Open(folder_ / "counsel.db", threads_));
    options_.extractor = fs::read_symlink("/proc/self/exe").parent_path() / "counsel-extract";
    options_.first_pause = std::chrono::milliseconds(1);
    options_.longest_pause = std::chrono::milliseconds(8);
    // Files of the index from the first few passages on, so that every test meets them.
    options_.index = search::Index::Of(store_->path(), folder_ / "index");
    options_.row_index = search::Index::Of(store_->path(), folder_ / "index", search::kOfRows);
    options_.index_policy.least = 2;
    options_.index_policy.batch = 8;
    options_.index_policy.together = 3;
  }
  ~Ingesting() override {
    if (pipeline_) Stop();
    store_.reset();
    fs::remove_all(folder_);
  }

  // Whoever uses `from` may remove a file in the middle of it: then all is copied anew.
  void CopyInUse(const fs::path& from) {
    for (int tries = 1;; ++tries) {
      std::error_code failed;
      fs::copy(from, folder_, fs::copy_options::recursive, failed);
      if (!failed) return;
      constexpr int kMostTries = 50;
      if (failed != std::errc::no_such_file_or_directory || tries == kMostTries)
        throw fs::filesystem_error("copy", failed);
      fs::remove_all(folder_);
      fs::create_directories(folder_);
    }
  }

  void Start() {
    pipeline_ = std::make_shared<Pipeline>(io_.get_executor(), *store_, originals_,
                                           std::make_unique<FakeEmbedding>(io_.get_executor(), embedder_), options_);
    EXPECT_TRUE(*Run(pipeline_->Start()));
  }
  void Stop() {
    RunVoid(pipeline_->Stop());
    pipeline_.reset();
    // What was on its way ends now.
    io_.restart();
    io_.run();
  }

  template <class T>
  std::optional<T> Run(asio::awaitable<T> work) {
    std::optional<T> result;
    asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr& thrown, T outcome) {
      if (thrown) std::rethrow_exception(thrown);
      result.emplace(std::move(outcome));
    });
    RunUntil([&] { return result.has_value(); });
    return result;
  }
  void RunVoid(asio::awaitable<void> work) {
    bool done = false;
    asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr&) { done = true; });
    RunUntil([&] { return done; });
  }
  void RunUntil(const std::function<bool()>& done) {
    const auto guard = asio::make_work_guard(io_);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    io_.restart();
    while (!done() && std::chrono::steady_clock::now() < deadline) io_.run_one_for(std::chrono::milliseconds(50));
    ASSERT_TRUE(done()) << "not within a minute";
  }
  template <class Work>
  auto Write(Work work) {
    return *Run(store_->Write(work));
  }
  template <class Work>
  auto Read(Work work) {
    return *Run(store_->Read(work));
  }

  std::string Add(const std::string& bytes, const std::string& path, const std::string& matter = "general",
                  documents::Priority priority = documents::Priority::kWaitedFor) {
    Result<documents::Originals::Incoming> incoming = originals_.Begin(std::uint64_t{1} << 30);
    EXPECT_TRUE(incoming->Write(bytes));
    const Result<documents::Originals::Incoming::Stored> stored = incoming->Finish();
    const Result<documents::Added> added = Write([&](store::Connection& db) {
      return documents::AddDocument(db, matter, fs::path(path).filename().string(), path, stored->sha256, stored->bytes,
                                    priority);
    });
    EXPECT_TRUE(added) << added.error().ToString();
    if (pipeline_) pipeline_->Wake();
    return added->document.id;
  }
  Result<Document> WaitFor(const std::string& id) { return *Run(pipeline_->WaitFor(id)); }
  Document Get(const std::string& id) {
    return *Read([&](store::Connection& db) { return documents::GetDocument(db, id); });
  }
  // Files under the folder that hold the word.
  std::vector<std::string> Holding(const std::string& word) {
    std::vector<std::string> holding;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
      if (bytes.find(word) != std::string::npos) holding.push_back(entry.path().filename().string());
    }
    return holding;
  }
  search::IndexCounts Counts() {
    return *Read([](store::Connection& db) { return search::Count(db); });
  }
  std::vector<std::string> FoundIn(const std::string& words) {
    const auto hits = Read([&](store::Connection& db) {
      search::Query query;
      query.text = words;
      return search::Search(db, query);
    });
    EXPECT_TRUE(hits) << hits.error().ToString();
    std::vector<std::string> documents;
    for (const search::Hit& hit : *hits) documents.push_back(hit.document);
    return documents;
  }

  // A stand-in for counsel-extract; $0 is its path, $EXTRACT "$@" the real one.
  void UseScript(const std::string& body) {
    const fs::path real = options_.extractor;
    options_.extractor = folder_ / "reader";
    std::ofstream(options_.extractor) << "#!/bin/sh\nEXTRACT=" << real.string() << "\n" << body << "\n";
    fs::permissions(options_.extractor, fs::perms::owner_all);
  }

  static std::string Long(int sentences, const std::string& word = "licensee") {
    std::string text;
    for (int i = 0; i < sentences; ++i) {
      text += "The " + word + " number " + std::to_string(i) + " shall pay the fee within thirty days of notice. ";
    }
    return text;
  }

  fs::path folder_;
  asio::thread_pool threads_{2};
  asio::io_context io_{1};
  documents::Originals originals_;
  std::unique_ptr<store::Store> store_;
  IngestOptions options_;
  FakeEmbedding::Log embedder_;
  std::shared_ptr<Pipeline> pipeline_;
};

}  // namespace counsel::ingest
