// When there is a process that forks readers, and what is read without one.
#include "documents/readers.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ids.h"

namespace counsel::documents {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using testing::HasSubstr;
using namespace std::chrono_literals;

class ReadersTest : public testing::Test {
 protected:
  ReadersTest() : folder_(fs::temp_directory_path() / ("counsel-readers-" + NewId())) {
    fs::create_directories(folder_);
    program_ = fs::read_symlink("/proc/self/exe").parent_path() / "counsel-extract-text";
  }
  ~ReadersTest() override { fs::remove_all(folder_); }

  // What came of reading one document.
  struct Reading {
    Reading() = default;
    child::Exit exit;
    std::string answer;
    pid_t group = 0;  // of the reader
  };

  asio::awaitable<Reading> Read(Readers& readers, bool kill = false) {
    const int document = ::memfd_create("document", MFD_CLOEXEC);
    const int answer = ::memfd_create("answer", MFD_CLOEXEC);
    EXPECT_EQ(::pwrite(document, "Rent is due.", 12, 0), 12);
    child::ChildOptions options;
    options.argv = {program_.string(), "--max-text-bytes", "1000"};
    options.environment = {"LC_ALL=C.UTF-8"};
    options.descriptors = {{document, 3}, {answer, 4}};
    options.file_size_limit = 1 << 20;
    auto starting = readers.Start(std::move(options));
    Result<std::unique_ptr<child::Child>> reader = co_await std::move(starting);
    Reading reading;
    EXPECT_TRUE(reader) << reader.error().message;
    if (reader) {
      reading.group = ::getpgid((*reader)->pid());
      if (kill) (*reader)->Kill();
      reading.exit = co_await (*reader)->Wait();
    }
    reading.answer.resize(1000);
    const ssize_t size = ::pread(answer, reading.answer.data(), reading.answer.size(), 0);
    reading.answer.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    ::close(document);
    ::close(answer);
    co_return reading;
  }

  template <class Body>
  void Run(const Body& body) {
    asio::co_spawn(io_, body(), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
    io_.restart();
    io_.run_for(20s);
  }

  // In place of the program; "$REAL" "$@" goes on with it.
  void UseScript(const std::string& body) {
    const std::string real = program_.string();
    program_ = folder_ / "reader";
    std::ofstream(program_) << "#!/bin/sh\nREAL=" << real << "\necho \"$1\" >> " << (folder_ / "starts").string()
                            << "\n"
                            << body << "\n";
    fs::permissions(program_, fs::perms::owner_all);
  }

  // How often the script was started with `argument` first.
  int Starts(const std::string& argument) {
    std::ifstream file(folder_ / "starts");
    int count = 0;
    for (std::string line; std::getline(file, line);) count += line == argument ? 1 : 0;
    return count;
  }

  fs::path folder_;
  fs::path program_;
  asio::io_context io_;
};

constexpr const char* kReal = "exec \"$REAL\" \"$@\"";

TEST_F(ReadersTest, OneProgramForksTheReadersAndEndsSomeTimeAfterTheLast) {
  UseScript(kReal);
  ReadersOptions options;
  options.idle = 50ms;
  std::optional<Readers> readers(std::in_place, io_.get_executor(), options);
  EXPECT_EQ(readers->zygotes(), 0U) << "before the first document";
  Run([&]() -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      const Reading reading = co_await Read(*readers);
      EXPECT_EQ(reading.exit.ToString(), "exited with status 0");
      EXPECT_THAT(reading.answer, HasSubstr("\nRent is due."));
      EXPECT_NE(reading.group, ::getpgrp()) << "killed with us";
    }
  });  // until nothing is left to wait for: the program has gone
  EXPECT_EQ(readers->zygotes(), 0U);
  EXPECT_EQ(Starts("--zygote"), 1);
  EXPECT_EQ(Starts("--max-text-bytes"), 0) << "a reader of its own";
  Run([&]() -> asio::awaitable<void> { co_await Read(*readers); });
  EXPECT_EQ(Starts("--zygote"), 2);
}

TEST_F(ReadersTest, AfterSomeDocumentsThereIsANewOne) {
  UseScript(kReal);
  ReadersOptions options;
  options.documents = 2;
  std::optional<Readers> readers(std::in_place, io_.get_executor(), options);
  Run([&]() -> asio::awaitable<void> {
    for (int i = 0; i < 5; ++i) {
      const Reading reading = co_await Read(*readers);
      EXPECT_EQ(reading.exit.status, 0);
    }
    readers.reset();
  });
  EXPECT_EQ(Starts("--zygote"), 3);
}

TEST_F(ReadersTest, ReadersAtTheSameTimeAndOneThatIsKilledDoNotTouchEachOther) {
  ReadersOptions options;
  options.idle = 50ms;
  Readers readers(io_.get_executor(), options);
  int read = 0;
  int killed = 0;
  const auto one = [&](bool kill) -> asio::awaitable<void> {
    const Reading reading = co_await Read(readers, kill);
    const bool whole = reading.exit.kind == child::ExitKind::kExited && reading.exit.status == 0;
    read += whole && reading.answer.find("Rent is due.") != std::string::npos ? 1 : 0;
    killed += reading.exit.kind == child::ExitKind::kSignalled && reading.exit.status == SIGKILL ? 1 : 0;
  };
  for (int i = 0; i < 10; ++i) {
    asio::co_spawn(io_, one(i % 2 == 1), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  io_.run_for(20s);
  EXPECT_GE(read, 5);
  EXPECT_EQ(read + killed, 10);
}

TEST_F(ReadersTest, AProgramThatCannotForkIsStartedForEachDocumentAndNotAskedAgain) {
  UseScript("[ \"$1\" = --zygote ] && exit 5\nexec \"$REAL\" \"$@\"");
  Readers readers(io_.get_executor());
  Run([&]() -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      const Reading reading = co_await Read(readers);
      EXPECT_THAT(reading.answer, HasSubstr("\nRent is due."));
    }
    EXPECT_EQ(readers.zygotes(), 0U);
  });
  EXPECT_EQ(Starts("--zygote"), 1);
  EXPECT_EQ(Starts("--max-text-bytes"), 3);
}

TEST_F(ReadersTest, OneThatDiesIsMadeAnew) {
  UseScript("echo $$ > \"$(/usr/bin/dirname \"$0\")/pid\"\nexec \"$REAL\" \"$@\"");
  std::optional<Readers> readers(std::in_place, io_.get_executor());
  Run([&]() -> asio::awaitable<void> {
    co_await Read(*readers);
    pid_t pid = 0;
    std::ifstream(folder_ / "pid") >> pid;
    EXPECT_EQ(::kill(pid, SIGKILL), 0);
    for (int i = 0; i < 2; ++i) {
      const Reading reading = co_await Read(*readers);
      EXPECT_THAT(reading.answer, HasSubstr("\nRent is due."));
    }
    readers.reset();
  });
  EXPECT_EQ(Starts("--zygote"), 2);
}

TEST_F(ReadersTest, OneThatHangsIsEndedAndHoldsNobodyUp) {
  UseScript("echo $$ > \"$(/usr/bin/dirname \"$0\")/pid\"\nexec \"$REAL\" \"$@\"");
  ReadersOptions options;
  options.patience = 100ms;
  std::optional<Readers> readers(std::in_place, io_.get_executor(), options);
  Run([&]() -> asio::awaitable<void> {
    co_await Read(*readers);
    pid_t pid = 0;
    std::ifstream(folder_ / "pid") >> pid;
    EXPECT_EQ(::kill(pid, SIGSTOP), 0);
    const Reading reading = co_await Read(*readers);
    EXPECT_THAT(reading.answer, HasSubstr("\nRent is due."));
    EXPECT_NE(::kill(pid, 0), 0) << "it is still there";
    readers.reset();
  });
}

TEST_F(ReadersTest, AProgramThatIsMissingIsTheErrorThatItIsWithoutAZygote) {
  program_ = folder_ / "missing";
  Readers readers(io_.get_executor());
  Run([&]() -> asio::awaitable<void> {
    child::ChildOptions options;
    options.argv = {program_.string()};
    auto starting = readers.Start(std::move(options));
    const Result<std::unique_ptr<child::Child>> reader = co_await std::move(starting);
    EXPECT_FALSE(reader);
    if (reader) co_return;
    EXPECT_EQ(reader.error().code, ErrorCode::kUnavailable);
  });
}

}  // namespace
}  // namespace counsel::documents
