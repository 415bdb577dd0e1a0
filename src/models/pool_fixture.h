// For tests of the pool: a catalogue in a folder of its own, whose models are served by the scripted server or by the
// real one, and an io loop with a deadline.
#pragma once

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
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "models/pool.h"

namespace counsel::models {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr seconds kLong{60};

class PoolFixture : public ::testing::Test {
 protected:
  PoolFixture() {
    std::string pattern = (fs::temp_directory_path() / "counsel-pool-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directories(folder_ / "run");
    options_.runtime_folder = folder_ / "run";
    options_.llama_server = fs::read_symlink("/proc/self/exe").parent_path() / "pool_test_server";
    options_.threads = 2;
  }
  ~PoolFixture() override {
    pool_.reset();
    // What the pool's coroutines still have to do.
    io_.restart();
    io_.run_for(seconds(5));
    EXPECT_TRUE(fs::is_empty(folder_ / "run")) << "a socket was left";
    fs::remove_all(folder_);
  }

  // A generator served with these flags.
  void AddScripted(const std::string& name, const std::vector<std::string>& flags = {}) {
    std::ofstream(folder_ / (name + ".gguf"), std::ios::binary) << std::string(
        "GGUF\3\0\0\0"
        "\0\0\0\0\0\0\0\0"
        "\0\0\0\0\0\0\0\0",
        24);
    toml_ += "[[model]]\nname = \"" + name + "\"\nrole = \"generator\"\ncontext_tokens = 512\nflags = [";
    for (const std::string& flag : flags) toml_ += "\"" + flag + "\", ";
    toml_ += "]\n[[model.files]]\npath = \"" + name + ".gguf\"\nsha256 = \"00\"\n";
  }
  void AddReal(const std::string& name, const fs::path& file) {
    toml_ += "[[model]]\nname = \"" + name +
             "\"\nrole = \"generator\"\ncontext_tokens = 2048\n[[model.files]]\npath = \"" + file.string() + "\"\n";
  }

  // Made at the first use, from what was added so far.
  ModelPool& pool() {
    if (pool_) return *pool_;
    std::ofstream(folder_ / "catalogue.toml") << toml_;
    Result<Catalogue> loaded = Catalogue::Load(folder_ / "catalogue.toml", folder_ / "none.toml", folder_);
    EXPECT_TRUE(loaded) << loaded.error().ToString();
    catalogue_ = std::make_unique<Catalogue>(std::move(*loaded));
    pool_ = std::make_unique<ModelPool>(io_.get_executor(), *catalogue_, options_);
    return *pool_;
  }

  // Runs the coroutine to its end, at most two minutes: then it ends the program, because what still waits refers to
  // the test's own variables.
  void Run(asio::awaitable<void> body) {
    bool ended = false;
    asio::co_spawn(io_, std::move(body), [&](const std::exception_ptr& error) {
      ended = true;
      io_.stop();
      if (error) std::rethrow_exception(error);
    });
    io_.restart();
    io_.run_for(std::chrono::minutes(2));
    if (ended) return;
    std::fprintf(stderr, "the test's coroutine did not end\n");
    std::abort();
  }
  // Lets others run until `condition`, at most 10 seconds.
  template <class Condition>
  asio::awaitable<bool> Until(Condition condition) {
    asio::steady_timer timer(io_);
    for (int i = 0; i < 10000 && !condition(); ++i) {
      timer.expires_after(milliseconds(1));
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_return condition();
  }

  ModelStatus StatusOf(const std::string& name) {
    for (ModelStatus& status : pool().Status()) {
      if (status.name == name) return status;
    }
    ADD_FAILURE() << "no model " << name;
    return {};
  }
  [[nodiscard]] std::string starts() const { return (folder_ / "starts").string(); }
  [[nodiscard]] std::string gate() const { return (folder_ / "gate").string(); }
  void OpenGate() const { std::ofstream(gate()) << "open"; }
  [[nodiscard]] int CountStarts() const {
    std::ifstream file(starts());
    int count = 0;
    for (std::string line; std::getline(file, line);) ++count;
    return count;
  }
  [[nodiscard]] bool NoSockets() const { return fs::is_empty(folder_ / "run"); }
  static bool Alive(std::int64_t pid) { return ::kill(static_cast<pid_t>(pid), 0) == 0; }

  fs::path folder_;
  PoolOptions options_;
  asio::io_context io_{1};
  std::string toml_;
  std::unique_ptr<Catalogue> catalogue_;
  std::unique_ptr<ModelPool> pool_;
};

}  // namespace counsel::models
