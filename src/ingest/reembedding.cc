#include "ingest/reembedding.h"

#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include "base/judgement.h"
#include "ingest/guarded.h"

namespace counsel::ingest {
namespace {

namespace asio = boost::asio;
using State = ReembedProgress::State;

constexpr std::size_t kBatch = 32;             // texts a request, as of documents
constexpr std::size_t kForgottenAtOnce = 500;  // vectors a transaction
// Between two looks whether documents are still being read.
constexpr std::chrono::milliseconds kBetweenLooks{500};
// After an error of the model, before it is tried again; doubled up to the longest.
constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{60};
constexpr int kTries = 5;

}  // namespace

std::string_view ReembedStateName(State state) {
  switch (state) {
    case State::kIdle:
      return "idle";
    case State::kRunning:
      return "running";
    case State::kDone:
      return "done";
    case State::kStopped:
      return "stopped";
    case State::kFailed:
      return "failed";
  }
  return "idle";
}

Reembedder::Reembedder(asio::any_io_executor io, store::Store& store, MakeEmbedding make_embedding,
                       std::function<bool()> busy, std::function<void(const std::string& model)> switched)
    : io_(std::move(io)),
      store_(store),
      make_embedding_(std::move(make_embedding)),
      busy_(std::move(busy)),
      switched_(std::move(switched)),
      changed_(io_) {}

void Reembedder::Resume() {
  again_ = true;
  if (running_ || stopping_) return;
  running_ = true;
  asio::co_spawn(io_, Run(), asio::detached);
}

asio::awaitable<Result<void>> Reembedder::Begin(std::string model) {
  const std::shared_ptr<Reembedder> self = shared_from_this();
  auto look = [](store::Connection& db) { return search::FindReembedding(db); };
  Result<search::Reembedding> before = co_await store_.Read(look);
  if (!before) co_return Fail(std::move(before.error()));
  if (before->model != model) {
    Result<void> given_up = co_await GiveUp();
    if (!given_up) co_return given_up;
  }
  for (;;) {
    auto begin = [&model](store::Connection& db) { return search::BeginReembedding(db, model); };
    Result<bool> begun = co_await store_.Write(begin);
    if (!begun) co_return Fail(std::move(begun.error()));
    if (*begun) break;
    Result<void> forgotten = co_await Forget();
    if (!forgotten) co_return forgotten;
  }
  // From now on, for whoever follows it.
  if (progress_.state != State::kRunning) {
    progress_ = ReembedProgress();
    progress_.state = State::kRunning;
    progress_.model = model;
  }
  Resume();
  co_return Result<void>();
}

asio::awaitable<Result<void>> Reembedder::GiveUp() {
  const std::shared_ptr<Reembedder> self = shared_from_this();
  give_up_ = true;
  changed_.Give();
  while (running_) {
    const std::uint64_t seen = changed_.count();
    if (running_) co_await changed_.WaitBeyond(seen);
  }
  give_up_ = false;
  auto end = [](store::Connection& db) { return search::EndReembedding(db); };
  Result<void> ended = co_await store_.Write(end);
  if (!ended) co_return ended;
  if (progress_.state == State::kRunning) {
    progress_.state = State::kStopped;
    Tell();
  }
  co_return co_await Forget();
}

asio::awaitable<void> Reembedder::Stop() {
  const std::shared_ptr<Reembedder> self = shared_from_this();
  stopping_ = true;
  changed_.Give();
  while (running_) {
    const std::uint64_t seen = changed_.count();
    if (running_) co_await changed_.WaitBeyond(seen);
  }
}

// One at a time; ends when there is nothing more to do.
asio::awaitable<void> Reembedder::Run() {
  const std::shared_ptr<Reembedder> self = shared_from_this();
  while (std::exchange(again_, false) && !stopping_ && !give_up_) {
    Result<void> done = co_await RunOnce();
    if (stopping_ || give_up_) break;
    if (progress_.state == State::kRunning && !again_) {
      progress_.state = done ? State::kDone : State::kFailed;
      progress_.reason = done ? "" : done.error().ToString();
      Tell();
    }
    if (done) done = co_await Forget();
    if (!done) spdlog::warn("re-embedding: {}", done.error().ToString());
  }
  running_ = false;
  changed_.Give();
}

asio::awaitable<Result<void>> Reembedder::RunOnce() {
  auto look = [](store::Connection& db) { return search::FindReembedding(db); };
  Result<search::Reembedding> found = co_await store_.Read(look);
  if (!found) co_return Fail(std::move(found.error()));
  if (found->model.empty()) co_return Result<void>();
  progress_ = ReembedProgress();
  progress_.state = State::kRunning;
  progress_.model = found->model;
  progress_.done = found->done;
  progress_.passages = found->passages;
  rate_ = Rate();
  Tell();
  auto working = Guarded(Work(found->model));
  co_return co_await std::move(working);
}

// From the passages without a vector to the switch. Errors of the model are met by waiting, some times.
asio::awaitable<Result<void>> Reembedder::Work(std::string model) {
  const std::unique_ptr<Embedding> embedding = make_embedding_(model);
  std::chrono::seconds pause = kFirstPause;
  int failures = 0;
  for (;;) {
    const std::int64_t before = progress_.done;
    Result<void> embedded = co_await EmbedAll(*embedding, model);
    if (stopping_ || give_up_) co_return Result<void>();
    if (embedded) {
      auto exchange = [](store::Connection& db) { return search::SwitchVectors(db); };
      Result<bool> switched = co_await store_.Write(exchange);
      if (!switched) co_return Fail(std::move(switched.error()));
      if (!*switched) continue;  // a document came meanwhile
      spdlog::info("'{}' serves now: {} passages", model, progress_.done);
      switched_(model);
      co_return Result<void>();
    }
    if (progress_.done > before) failures = 0;
    if (Judge(embedded.error()) == Judgement::kPermanent || ++failures == kTries) co_return embedded;
    spdlog::warn("re-embedding with '{}': {} (will be tried again)", model, embedded.error().message);
    const std::uint64_t seen = changed_.count();
    const Signal::Clock::time_point until = Signal::Clock::now() + pause;
    co_await changed_.WaitBeyond(seen, until);
    pause = std::min(pause * 2, kLongestPause);
    if (stopping_ || give_up_) co_return Result<void>();
  }
}

asio::awaitable<Result<void>> Reembedder::EmbedAll(Embedding& embedding, const std::string& model) {
  std::int64_t after = 0;
  for (;;) {
    co_await LetOthersGoFirst();
    if (stopping_ || give_up_) co_return Result<void>();
    auto read = [after](store::Connection& db) { return search::NextToReembed(db, after, kBatch); };
    Result<std::vector<search::PassageText>> passages = co_await store_.Read(read);
    if (!passages) co_return Fail(std::move(passages.error()));
    if (passages->empty()) co_return Result<void>();
    after = passages->back().chunk;
    std::vector<std::int64_t> chunks;
    std::vector<std::string> texts;
    for (search::PassageText& passage : *passages) {
      chunks.push_back(passage.chunk);
      texts.push_back(std::move(passage.text));
    }
    Result<models::Embeddings> embeddings = co_await embedding.Embed(std::move(texts));
    if (!embeddings) co_return Fail(std::move(embeddings.error()));
    auto write = [&model, &chunks, &embeddings](store::Connection& db) {
      return search::AddNextVectors(db, model, chunks, embeddings->values);
    };
    Result<void> written = co_await store_.Write(write);
    if (!written) co_return written;
    progress_.done += static_cast<std::int64_t>(chunks.size());
    progress_.passages = std::max(progress_.passages, progress_.done);
    rate_.Add(static_cast<std::int64_t>(chunks.size()), Signal::Clock::now());
    Tell();
  }
}

asio::awaitable<void> Reembedder::LetOthersGoFirst() {
  while (busy_() && !stopping_ && !give_up_) {
    const std::uint64_t seen = changed_.count();
    const Signal::Clock::time_point until = Signal::Clock::now() + kBetweenLooks;
    co_await changed_.WaitBeyond(seen, until);
  }
}

// A few at a time, so that others write in between.
asio::awaitable<Result<void>> Reembedder::Forget() {
  for (;;) {
    auto forget = [](store::Connection& db) { return search::ForgetVectors(db, kForgottenAtOnce); };
    Result<bool> more = co_await store_.Write(forget);
    if (!more) co_return Fail(std::move(more.error()));
    if (!*more || stopping_) co_return Result<void>();
  }
}

void Reembedder::Tell() {
  progress_.per_second = rate_.PerSecond();
  progress_.seconds_left.reset();
  if (progress_.per_second.value_or(0) > 0) {
    progress_.seconds_left = static_cast<double>(progress_.passages - progress_.done) / *progress_.per_second;
  }
  // A listener may subscribe or leave while it is told.
  const std::vector<std::weak_ptr<std::function<void(const ReembedProgress&)>>> listeners = listeners_;
  for (const auto& listener : listeners) {
    if (const auto alive = listener.lock()) (*alive)(progress_);
  }
}

std::shared_ptr<void> Reembedder::Subscribe(std::function<void(const ReembedProgress&)> listener) {
  std::erase_if(listeners_, [](const auto& one) { return one.expired(); });
  auto kept = std::make_shared<std::function<void(const ReembedProgress&)>>(std::move(listener));
  listeners_.push_back(kept);
  return kept;
}

}  // namespace counsel::ingest
