// A mapped file that is cut off while it is read: zeros, a mark, and no end.
#include "index/mapping_guard.h"

#include <atomic>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "index/file.h"
#include "index/index_fixture.h"

namespace counsel::index {
namespace {

class MappingGuardTest : public IndexTest {
 protected:
  static constexpr std::size_t kPages = 64;
  const std::size_t page_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));

  std::filesystem::path Filled(const std::string& name) {
    std::ofstream(folder_ / name) << std::string(kPages * page_, 'x');
    return folder_ / name;
  }
  MappedFile Mapped(const std::string& name) {
    Result<MappedFile> file = MappedFile::Open(Filled(name), kPages * page_);
    EXPECT_TRUE(file) << file.error().ToString();
    return std::move(*file);
  }
  // Every byte, in a way that no compiler leaves out.
  static std::size_t CountOf(char wanted, std::span<const std::byte> bytes) {
    std::size_t count = 0;
    for (const volatile std::byte& one : bytes) count += std::to_integer<char>(one) == wanted ? 1 : 0;
    return count;
  }
  // How a process ends that does `act`.
  template <class Act>
  static int EndOf(Act act) {
    const pid_t child = ::fork();
    if (child == 0) {
      act();
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }
};

TEST_F(MappingGuardTest, AFileThatIsCutOffReadsAsZerosAndIsNotWhole) {
  const MappedFile file = Mapped("one");
  const MappedFile other = Mapped("other");
  EXPECT_EQ(CountOf('x', file.bytes()), kPages * page_);
  EXPECT_TRUE(file.whole());
  std::filesystem::resize_file(folder_ / "one", 3 * page_);
  EXPECT_EQ(CountOf('x', file.bytes().subspan(5 * page_)), 0U);
  EXPECT_FALSE(file.whole());
  EXPECT_EQ(CountOf('x', other.bytes()), kPages * page_);
  EXPECT_TRUE(other.whole());
}

// Behind the end, up to the end of its page, the kernel shows zeros and says nothing.
TEST_F(MappingGuardTest, AFileThatIsCutOffWithinAPageIsNotWholeEither) {
  const MappedFile file = Mapped("one");
  std::filesystem::resize_file(folder_ / "one", kPages * page_ - 10);
  EXPECT_EQ(CountOf('x', file.bytes()), kPages * page_ - 10);
  EXPECT_FALSE(file.whole());
}

TEST_F(MappingGuardTest, ItIsCutOffWhileManyThreadsRead) {
  for (int round = 0; round < 20; ++round) {
    const MappedFile file = Mapped("one");
    const MappedFile other = Mapped("other");
    std::atomic<bool> stop = false;
    std::atomic<int> reading = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        while (!stop) {
          (void)CountOf('x', file.bytes());
          EXPECT_EQ(CountOf('x', other.bytes()), kPages * page_);
          ++reading;
          // Others come and go meanwhile.
          std::string bytes(page_, 'y');
          void* mine = ::mmap(nullptr, page_, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          { const MappingGuard guard(mine, page_); }
          ::munmap(mine, page_);
        }
      });
    }
    while (reading < 4) std::this_thread::yield();
    std::filesystem::resize_file(folder_ / "one", Below(kPages) * page_);
    const int then = reading;
    while (reading < then + 8) std::this_thread::yield();
    stop = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_FALSE(file.whole());
    EXPECT_TRUE(other.whole());
  }
}

TEST_F(MappingGuardTest, AFaultElsewhereEndsTheProcessAsBefore) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "The sanitizer has a handler of its own, to which the signal goes on.";
#endif
  const MappedFile guarded = Mapped("guarded");
  const auto read_cut_off = [this] {
    const FileDescriptor fd(::open(Filled("cut off").c_str(), O_RDWR));
    auto* at = static_cast<volatile char*>(::mmap(nullptr, page_, PROT_READ, MAP_SHARED, fd.get(), 0));
    if (::ftruncate(fd.get(), 0) == 0) ::_exit(at[0]);
  };
  EXPECT_EQ(EndOf(read_cut_off), -SIGBUS);
  EXPECT_EQ(EndOf([] { ::raise(SIGBUS); }), -SIGBUS);
}

TEST_F(MappingGuardTest, WhoeverHandledTheSignalBeforeStillDoes) {
  const auto handled = [this] {
    struct sigaction mine {};
    mine.sa_handler = [](int) { ::_exit(7); };
    ::sigaction(SIGBUS, &mine, nullptr);
    const MappedFile file = Mapped("one");  // the first of this process
    std::filesystem::resize_file(folder_ / "one", 0);
    if (CountOf('x', file.bytes()) != 0) ::_exit(1);
    ::raise(SIGBUS);
  };
  EXPECT_EQ(EndOf(handled), 7);
}

}  // namespace
}  // namespace counsel::index
