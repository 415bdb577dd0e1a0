// The jobs of many requests: those of the request with the fewest left come first (shortest remaining time first: the
// least mean wait), so that a question of one text never waits behind the thousand texts of a document, and of fifty
// questions at once the first has its sentences when its own are done, not when all are. Every fourth job is the oldest
// request's, so that none waits for ever.
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
      requests_.push_back({request, {std::make_move_iterator(jobs.begin()), std::make_move_iterator(jobs.end())}});
    }
    return true;
  }

  [[nodiscard]] std::optional<Job> Pop() {
    if (requests_.empty()) return std::nullopt;
    auto next = requests_.begin();
    if (++popped_ % kOldestEvery != 0) {
      next = std::min_element(requests_.begin(), requests_.end(),
                              [](const Waiting& a, const Waiting& b) { return a.jobs.size() < b.jobs.size(); });
    }
    Job job = std::move(next->jobs.front());
    next->jobs.pop_front();
    --size_;
    if (next->jobs.empty()) requests_.erase(next);
    return job;
  }

  // Takes out what is left of a request; the caller destroys it (outside its lock).
  std::deque<Job> Drop(RequestId request) {
    const auto of =
        std::find_if(requests_.begin(), requests_.end(), [&](const Waiting& one) { return one.request == request; });
    if (of == requests_.end()) return {};
    std::deque<Job> jobs = std::move(of->jobs);
    size_ -= jobs.size();
    requests_.erase(of);
    return jobs;
  }

 private:
  static constexpr std::size_t kOldestEvery = 4;

  struct Waiting {
    RequestId request;
    std::deque<Job> jobs;  // never empty
  };

  const std::size_t limit_;
  std::size_t size_ = 0;
  std::size_t popped_ = 0;
  std::list<Waiting> requests_;  // the oldest first
};

}  // namespace counsel::embedder
