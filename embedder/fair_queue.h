// The jobs of many requests, taken in turn: one of each request, so that a question of one text never waits behind the
// thousand texts of a document, only behind the requests before it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <list>
#include <optional>
#include <utility>
#include <vector>

namespace counsel::embedder {

using RequestId = std::uint64_t;

// Not safe for threads: Workers locks it.
template <class Job>
class FairQueue {
 public:
  // `limit`: how many jobs may wait.
  explicit FairQueue(std::size_t limit) : limit_(limit) {}

  [[nodiscard]] std::size_t size() const { return size_; }

  // Takes all jobs of a request, in their order, or none: false when they would be too many. Once per request.
  [[nodiscard]] bool Push(RequestId request, std::vector<Job> jobs) {
    if (jobs.size() > limit_ - size_) return false;
    size_ += jobs.size();
    if (!jobs.empty()) {
      turns_.push_back({request, {std::make_move_iterator(jobs.begin()), std::make_move_iterator(jobs.end())}});
    }
    return true;
  }

  // The next job of the request whose turn it is.
  [[nodiscard]] std::optional<Job> Pop() {
    if (turns_.empty()) return std::nullopt;
    Turn& turn = turns_.front();
    Job job = std::move(turn.jobs.front());
    turn.jobs.pop_front();
    --size_;
    if (turn.jobs.empty()) {
      turns_.pop_front();
    } else {
      turns_.splice(turns_.end(), turns_, turns_.begin());
    }
    return job;
  }

  // Takes out what is left of a request; the caller destroys it (outside its lock).
  std::deque<Job> Drop(RequestId request) {
    const auto turn = std::find_if(turns_.begin(), turns_.end(), [&](const Turn& t) { return t.request == request; });
    if (turn == turns_.end()) return {};
    std::deque<Job> jobs = std::move(turn->jobs);
    size_ -= jobs.size();
    turns_.erase(turn);
    return jobs;
  }

 private:
  struct Turn {
    RequestId request;
    std::deque<Job> jobs;  // never empty
  };

  const std::size_t limit_;
  std::size_t size_ = 0;
  std::list<Turn> turns_;  // whose turn is next stands first
};

}  // namespace counsel::embedder
