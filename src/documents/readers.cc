#include "documents/readers.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include "child/zygote.h"

namespace counsel::documents {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

// What the options limit, for a process that is to limit itself.
std::vector<std::string> ArgumentsOf(const child::ChildOptions& options) {
  std::vector<std::string> arguments(options.argv.begin() + 1, options.argv.end());
  const auto add = [&arguments](const char* name, std::uint64_t value) {
    if (value == 0) return;
    arguments.emplace_back(name);
    arguments.push_back(std::to_string(value));
  };
  add("--memory-bytes", options.address_space_limit);
  add("--seconds", options.cpu_seconds_limit);
  add("--written-bytes", options.file_size_limit);
  add("--nice", static_cast<std::uint64_t>(std::max(0, options.nice)));
  return arguments;
}

// The document and the answer, by their numbers in the reader.
std::vector<int> DescriptorsOf(const child::ChildOptions& options) {
  std::vector<std::pair<int, int>> ordered = options.descriptors;
  std::sort(ordered.begin(), ordered.end(),
            [](const auto& one, const auto& other) { return one.second < other.second; });
  std::vector<int> descriptors;
  for (const auto& [here, there] : ordered) descriptors.push_back(here);
  return descriptors;
}

}  // namespace

// One program's.
struct Readers::Line {
  explicit Line(const asio::any_io_executor& io) : idle(io) {}
  std::shared_ptr<child::Zygote> zygote;
  int left = 0;         // documents for it
  bool proved = false;  // it has forked
  Clock::time_point not_before{};
  asio::steady_timer idle;
};

Readers::Readers(asio::any_io_executor io, ReadersOptions options) : io_(std::move(io)), options_(options) {}

Readers::~Readers() = default;

void Readers::Stop() {
  stopped_ = true;
  for (const auto& [program, line] : lines_) {
    line->idle.cancel();
    line->zygote.reset();
  }
}

std::size_t Readers::zygotes() const {
  return static_cast<std::size_t>(
      std::count_if(lines_.begin(), lines_.end(), [](const auto& line) { return line.second->zygote != nullptr; }));
}

// With a zygote, where there can be one.
std::shared_ptr<Readers::Line> Readers::LineOf(const child::ChildOptions& options) {
  std::shared_ptr<Line>& line = lines_[options.argv[0]];
  if (!line) line = std::make_shared<Line>(io_);
  if (line->zygote && line->left > 0) return line;
  line->zygote.reset();
  if (stopped_ || Clock::now() < line->not_before) return line;
  child::ChildOptions own;
  own.argv = {options.argv[0], "--zygote"};
  own.environment = options.environment;
  Result<std::unique_ptr<child::Zygote>> started = child::Zygote::Start(io_, std::move(own), options_.patience);
  line->proved = false;
  line->left = options_.documents;
  if (started) line->zygote = std::move(*started);
  return line;
}

void Readers::EndWhenIdle(const std::shared_ptr<Line>& line) {
  line->idle.expires_after(options_.idle);
  line->idle.async_wait([weak = std::weak_ptr<Line>(line)](boost::system::error_code cancelled) {
    if (const std::shared_ptr<Line> line = weak.lock(); line && !cancelled) line->zygote.reset();
  });
}

asio::awaitable<Result<std::unique_ptr<child::Child>>> Readers::Start(child::ChildOptions options) {
  const std::shared_ptr<Line> line = LineOf(options);
  const std::shared_ptr<child::Zygote> zygote = line->zygote;
  if (!zygote) co_return child::Child::Spawn(io_, std::move(options));
  --line->left;
  EndWhenIdle(line);
  std::vector<std::string> arguments = ArgumentsOf(options);
  std::vector<int> descriptors = DescriptorsOf(options);
  auto forking = zygote->Fork(std::move(arguments), std::move(descriptors));
  Result<std::unique_ptr<child::Child>> forked = co_await std::move(forking);
  if (forked) {
    line->proved = true;
    co_return forked;
  }
  // One that never forked would not the next time either: the kernel lacks something.
  if (!line->proved) line->not_before = Clock::now() + options_.pause;
  if (line->zygote == zygote) line->zygote.reset();
  spdlog::debug("a reader has a program of its own: {}", forked.error().message);
  co_return child::Child::Spawn(io_, std::move(options));
}

}  // namespace counsel::documents
