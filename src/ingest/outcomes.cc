// How the work on a document ends, and who is told.
#include <exception>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/judgement.h"
#include "base/supervise.h"
#include "ingest/pipeline.h"
#include "search/reembedding.h"

namespace counsel::ingest {

namespace asio = boost::asio;
using documents::DocumentState;

asio::awaitable<void> Pipeline::Succeeded(JobPointer job) {
  retries_.Succeeded(job->document.id);
  unwritten_.erase(job->document.id);
  spdlog::info("document {} is ready: {} passages", job->document.id, job->chunks.size());
  Ended(*job);
  Publish(*job, DocumentState::kReady);
  TellWaiters(job->document.id);
  stored_.Give();
  co_return;
}

// As it is judged: back into the queue for another try, or failed.
asio::awaitable<void> Pipeline::Failed(JobPointer job, Error error) {
  const Judgement judgement = Judge(error);
  const bool give_up = retries_.Failed(job->document.id, judgement, jobs_.size() == 1, Signal::Clock::now());
  if (judgement != Judgement::kPermanent) {
    // Sentences name the document; a log that is kept or sent to somebody does not, unless it is asked to.
    spdlog::warn("document {}: {}{}", job->document.id, ErrorCodeName(error.code),
                 give_up ? " (given up)" : " (will be tried again)");
    spdlog::debug("document {}: {}", job->document.id, error.message);
    if (give_up) error.message += " Counsel tried " + std::to_string(retries_.Tries(judgement)) + " times.";
  }
  const DocumentState state = give_up ? DocumentState::kFailed : DocumentState::kQueued;
  std::string reason = error.ToString();
  co_await WriteState(job, state, reason);
}

void Pipeline::Abandoned(JobPointer job) {
  if (job->deleted) {
    retries_.Forget(job->document.id);
    unwritten_.erase(job->document.id);
  }
  Ended(*job);
}

asio::awaitable<void> Pipeline::WriteState(JobPointer job, DocumentState state, std::string reason) {
  auto work = [&](store::Connection& db) { return documents::SetState(db, job->document.id, state, reason); };
  Result<void> written = co_await store_.Write(work);
  const bool deleted = !written && written.error().code == ErrorCode::kNotFound;
  if (!written && !deleted) {
    // It stays between states in the store: whoever waits is told, and it is queued again as soon as that can be
    // written.
    spdlog::error("document {}: its state cannot be written: {}", job->document.id, written.error().ToString());
    left_between_states_ = true;
    if (state == DocumentState::kFailed) unwritten_.insert_or_assign(job->document.id, Error(written.error()));
    (void)retries_.Failed(job->document.id, Judgement::kLater, false, Signal::Clock::now());
  }
  Ended(*job);
  if (!deleted) Publish(*job, state, reason);
  if (state == DocumentState::kFailed || deleted) TellWaiters(job->document.id);
}

void Pipeline::Ended(const Job& job) {
  const std::string id = job.document.id;
  jobs_.erase(id);
  changed_.Give();
  Recount();
}

// Whoever ended has more to do than to count.
void Pipeline::Recount() noexcept {
  try {
    Spawn(CountPending());
  } catch (...) {
    LogThrown("ingest: counting the queue", std::current_exception());
  }
}

// ---- telling ----

void Pipeline::Publish(const Job& job, DocumentState state, const std::string& reason) {
  Progress progress;
  progress.document = job.document.id;
  progress.name = job.document.name;
  progress.state = state;
  progress.reason = reason;
  progress.pages_done = job.pages_done;
  progress.pages = job.pages;
  progress.chunks_done = static_cast<std::int64_t>(job.embedded);
  if (!job.preparing) progress.chunks = static_cast<std::int64_t>(job.chunks.size());
  if (state == DocumentState::kEmbedding && progress.chunks > 0) {
    progress.chunks_per_second = rate_.PerSecond();
    const double left = static_cast<double>(progress.chunks - progress.chunks_done);
    if (progress.chunks_per_second.value_or(0) > 0) progress.seconds_left = left / *progress.chunks_per_second;
  }
  // A listener may subscribe or leave while it is told.
  const std::vector<std::weak_ptr<std::function<void(const Progress&)>>> listeners = listeners_;
  for (const auto& listener : listeners) {
    try {
      if (const auto alive = listener.lock()) (*alive)(progress);
    } catch (...) {
      LogThrown("ingest: telling a listener", std::current_exception());
    }
  }
}

std::shared_ptr<void> Pipeline::Subscribe(std::function<void(const Progress&)> listener) {
  std::erase_if(listeners_, [](const auto& one) { return one.expired(); });
  auto kept = std::make_shared<std::function<void(const Progress&)>>(std::move(listener));
  listeners_.push_back(kept);
  return kept;
}

void Pipeline::TellWaiters(const std::string& id) {
  const auto found = waiters_.find(id);
  if (found == waiters_.end()) return;
  if (const std::shared_ptr<Signal> signal = found->second.lock()) signal->Give();
  if (found->second.expired()) waiters_.erase(found);
}

asio::awaitable<Result<documents::Document>> Pipeline::WaitFor(std::string id) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  std::shared_ptr<Signal> told = waiters_[id].lock();
  if (!told) waiters_[id] = told = std::make_shared<Signal>(io_);
  for (;;) {
    const std::uint64_t seen = told->count();
    auto read = [&id](store::Connection& db) { return documents::GetDocument(db, id); };
    Result<documents::Document> document = co_await store_.Read(read);
    if (!document || document->state == DocumentState::kReady || document->state == DocumentState::kFailed) {
      co_return document;
    }
    if (const auto given_up = unwritten_.find(id); given_up != unwritten_.end()) co_return Fail(given_up->second);
    co_await told->WaitBeyond(seen);
  }
}

asio::awaitable<void> Pipeline::CountPending() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  count_again_ = true;
  if (counting_ > 0) co_return;
  const Count counting(counting_, counted_);
  while (std::exchange(count_again_, false)) {
    std::vector<std::string> models;
    auto count = [&models](store::Connection& db) -> Result<std::int64_t> {
      Result<std::vector<std::string>> found = search::ModelsWithVectors(db);
      if (!found) return Fail(std::move(found.error()));
      models = std::move(*found);
      return documents::CountPending(db);
    };
    Result<std::int64_t> counted = co_await store_.Read(count);
    if (!counted) continue;
    pending_ = *counted;
    models_with_vectors_ = std::move(models);
  }
}

}  // namespace counsel::ingest
