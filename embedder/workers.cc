#include "workers.h"

namespace counsel::embedder {

Workers::Workers(int threads, std::size_t limit) : queue_(limit) {
  threads_.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Workers::~Workers() {
  Stop();
}

void Workers::Stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  const std::lock_guard lock(mutex_);
  while (queue_.Pop()) {
  }
}

std::optional<RequestId> Workers::Submit(std::vector<Job> jobs) {
  RequestId request = 0;
  {
    const std::lock_guard lock(mutex_);
    request = next_request_++;
    if (!queue_.Push(request, std::move(jobs))) return std::nullopt;
  }
  changed_.notify_all();
  return request;
}

void Workers::Drop(RequestId request) {
  std::deque<Job> dropped;  // destroyed after the lock
  const std::lock_guard lock(mutex_);
  dropped = queue_.Drop(request);
}

void Workers::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || queue_.size() > 0; });
    if (ending_) return;
    std::optional<Job> job = queue_.Pop();
    lock.unlock();
    (*job)();
    job.reset();
    lock.lock();
  }
}

}  // namespace counsel::embedder
