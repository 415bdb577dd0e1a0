// A program of ours that forks itself for each order (a zygote): what it has loaded, and where it has confined itself,
// its forks have at once. counsel-extract --zygote is one (extractor/zygote.h). It and its forks have a child's tethers
// (child.h); a fork is our child, not the zygote's, and goes on when that ends.
//
// An order is a packet over a unix socket, the zygote's descriptor 3: the arguments, each ended by a zero byte, with
// the descriptors that the fork gets, the last of them for its own words. The answer is its process number (int), or a
// negated errno value.
//
// io thread only, as child.h says.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "child/child.h"

namespace counsel::child {

class Zygote {
 public:
  // Starts it; errors as Child::Spawn's. That it cannot serve shows with the first order. One that has not answered an
  // order for `patience` is ended.
  [[nodiscard]] static Result<std::unique_ptr<Zygote>> Start(const boost::asio::any_io_executor& io,
                                                             ChildOptions options,
                                                             std::chrono::milliseconds patience = kPatience);
  static constexpr std::chrono::milliseconds kPatience{10'000};
  // Ends it, and what waits for a fork with kUnavailable. Forks go on.
  ~Zygote();
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;

  // A fork that follows `arguments` and gets copies of `descriptors`. kUnavailable: the zygote has ended, or cannot
  // fork. Not cancelled half-way.
  [[nodiscard]] boost::asio::awaitable<Result<std::unique_ptr<Child>>> Fork(std::vector<std::string> arguments,
                                                                            std::vector<int> descriptors);

 private:
  struct State;
  explicit Zygote(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace counsel::child
