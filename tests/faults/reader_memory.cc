// reader_memory_faults [--task ocr] [--step N] FILE: reads a document as counsel-extract does, again and again, and
// each time another allocation fails, for every n up to the last (every N-th with --step), once alone and once with all
// that follow. Each reading ends as the daemon would see it: with the whole answer, or with a sentence about memory.
//
// Each is a process forked from one that has loaded its libraries already.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "documents/extractor_answer.h"
#include "extractor/answer.h"
#include "extractor/memory.h"
#include "tests/faults/failing_allocations.h"

namespace counsel::faults {
namespace {

constexpr int kSecondsOfOne = 60;
constexpr int kRefused = 2;

struct Ended {
  Ended() = default;
  int status = 0;  // of wait
  std::string answer;
  std::string last_words;
};

std::string Contents(int fd) {
  std::string bytes(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)), '\0');
  if (::pread(fd, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) bytes.clear();
  return bytes;
}

// In a child. n == 0: nothing fails, and the number of allocations is left in *counted.
Ended Read(const std::string& file, const extractor::Order& order, long long n, bool on, long long* counted) {
  const int answer = ::memfd_create("answer", 0);
  const int words = ::memfd_create("words", 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit time{kSecondsOfOne, kSecondsOfOne};
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CPU, &time);
    ::setrlimit(RLIMIT_CORE, &none);
    ::alarm(kSecondsOfOne);
    const int document = ::open(file.c_str(), O_RDONLY);
    // Out of the way first: any of them may be 3 or 4.
    const int from = ::fcntl(document, F_DUPFD, 10);
    const int to = ::fcntl(answer, F_DUPFD, 10);
    ::dup2(words, STDERR_FILENO);
    ::dup2(from, extractor::kDocument);
    ::dup2(to, extractor::kResult);
    fail_allocation(n, on ? 1 : 0);
    const int status = extractor::Answer(order, true);
    *counted = allocations_counted();
    ::_exit(status);
  }
  Ended ended;
  ::waitpid(child, &ended.status, 0);
  ended.answer = Contents(answer);
  ended.last_words = Contents(words);
  ::close(answer);
  ::close(words);
  return ended;
}

// What is wrong with how it ended; "" when nothing is. `whole`: the answer when nothing fails.
std::string WrongWith(const Ended& ended, const std::string& whole, const std::string& name) {
  if (WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 0) {
    return ended.answer == whole ? "" : "an answer that lacks something";
  }
  // As poppler, C++ and GLib say it; the daemon looks for these words (documents/extraction.cc).
  for (const char* words : {"Out of memory", "bad_alloc", "failed to allocate"}) {
    if (ended.last_words.find(words) != std::string::npos) return "";
  }
  if (WIFSIGNALED(ended.status)) return "ended by signal " + std::to_string(WTERMSIG(ended.status));
  if (WEXITSTATUS(ended.status) != kRefused) return "exit status " + std::to_string(WEXITSTATUS(ended.status));
  const FileDescriptor file(::memfd_create("answer", 0));
  if (::write(file.get(), ended.answer.data(), ended.answer.size()) < 0) return "no place for an answer";
  const Error error = documents::ReadRefusal(file, name);
  if (error.code == ErrorCode::kOutOfMemory) return "";
  return "'" + error.ToString() + "'";
}

int Main(int argc, char** argv) {
  extractor::Order order;
  long long most = 1'000'000'000;
  for (int i = 1; i + 2 < argc; i += 2) {
    if (std::strcmp(argv[i], "--most") == 0) most = std::atoll(argv[i + 1]);
    if (std::strcmp(argv[i], "--task") == 0) order.task = extractor::Task::kOcr;
  }
  const std::string file = argv[argc - 1];
  order.name = std::filesystem::path(file).filename().string();
  order.page.page = 1;
  order.page.language_data = extractor::FindLanguageData();
  extractor::LoadEarly();
  auto* counted = static_cast<long long*>(
      ::mmap(nullptr, sizeof(long long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  const Ended whole = Read(file, order, 0, false, counted);
  if (whole.status != 0) {
    std::printf("%s cannot be read at all\n", file.c_str());
    return 2;
  }
  const long long last = *counted;
  const long long step = std::max(1LL, (last + most - 1) / most);
  std::map<std::string, std::pair<long long, long long>> wrong;  // what: how often, the first n
  long long readings = 0;
  for (long long n = 1; n <= last; n += step) {
    for (const bool on : {false, true}) {
      ++readings;
      const std::string one = WrongWith(Read(file, order, n, on, counted), whole.answer, order.name);
      if (one.empty()) continue;
      auto& [times, first] = wrong[one];
      if (++times == 1) first = n;
    }
  }
  std::printf("%s: %lld allocations, %lld readings\n", order.name.c_str(), last, readings);
  for (const auto& [what, how] : wrong) {
    std::printf("  %lld times, first at allocation %lld: %s\n", how.first, how.second, what.c_str());
  }
  return wrong.empty() ? 0 : 1;
}

}  // namespace
}  // namespace counsel::faults

int main(int argc, char** argv) {
  return counsel::faults::Main(argc, argv);
}
