#include "ingest/pipeline.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <malloc.h>
#include <spdlog/spdlog.h>

#include "base/offload.h"
#include "base/supervise.h"
#include "ingest/guarded.h"
#include "understanding/known_rows.h"

namespace counsel::ingest {
namespace {

namespace asio = boost::asio;
using documents::DocumentState;
using documents::Priority;

constexpr std::ptrdiff_t kPreparedAhead = 3;  // documents of a priority; bounds the texts in memory

// They are read one by one: half a millisecond.
constexpr std::int64_t kRowsWithoutFiles = 500;
constexpr std::int64_t kRowsGone = 16;

std::size_t Lane(Priority priority) {
  return static_cast<std::size_t>(priority);
}

}  // namespace

Pipeline::Pipeline(asio::any_io_executor io, store::Store& store, const documents::Originals& originals,
                   std::unique_ptr<Embedding> embedding, IngestOptions options)
    : io_(std::move(io)),
      store_(store),
      originals_(originals),
      embedding_(std::move(embedding)),
      options_(std::move(options)),
      changed_(io_),
      stored_(io_),
      stopped_(io_),
      retries_(options_.first_pause, options_.longest_pause, options_.tries),
      counted_(io_) {
  if (options_.index) index_upkeeps_.emplace_back(options_.index, options_.index_policy);
  if (!options_.row_index) return;
  search::IndexPolicy policy = options_.index_policy;
  policy.least = std::min(policy.least, kRowsWithoutFiles);
  // A row that is gone costs a question nothing.
  policy.most_gone *= kRowsGone;
  index_upkeeps_.emplace_back(options_.row_index, policy, &understanding::ForEachSign);
}

void Pipeline::Spawn(asio::awaitable<void> work) {
  asio::co_spawn(io_, std::move(work),
                 [self = shared_from_this()](const std::exception_ptr& thrown) { LogThrown("ingest", thrown); });
}

void Pipeline::SpawnFor(JobPointer job, asio::awaitable<void> work) {
  asio::co_spawn(io_, std::move(work), [self = shared_from_this(), job](const std::exception_ptr& thrown) {
    LogThrown("ingest: document " + job->document.id, thrown);
    if (thrown) self->Lost(job);
  });
}

void Pipeline::Lost(const JobPointer& job) {
  const auto found = jobs_.find(job->document.id);
  if (found == jobs_.end() || found->second != job) return;  // it had ended
  std::erase(prepared_, job);
  job->preparing.reset();
  left_between_states_ = true;
  (void)retries_.Failed(job->document.id, Judgement::kSmaller, false, Signal::Clock::now());
  Ended(*job);
}

void Pipeline::Keep(const char* name, asio::awaitable<void> (Pipeline::*loop)()) {
  RestartPauses pauses;
  pauses.first = options_.first_pause;
  pauses.longest = options_.longest_pause;
  Spawn(Supervised(
      name, [self = shared_from_this(), loop] { return (self.get()->*loop)(); }, pauses));
}

asio::awaitable<Result<void>> Pipeline::Start() {
  auto work = [](store::Connection& db) -> Result<bool> {
    if (Result<void> requeued = documents::Requeue(db); !requeued) return Fail(std::move(requeued.error()));
    if (Result<void> given_up = search::GiveUpAllStaged(db); !given_up) return Fail(std::move(given_up.error()));
    return search::RemoveHidden(db, store::kPiece);
  };
  Result<bool> hidden = co_await store_.Write(work);
  if (!hidden) co_return Fail(std::move(hidden.error()));
  if (*hidden) Spawn(RemoveHidden());
  Keep("ingest: claiming documents", &Pipeline::ClaimLoop);
  Keep("ingest: embedding", &Pipeline::EmbedLoop);
  Keep("ingest: counting the queue", &Pipeline::CountPending);
  Keep("ingest: finishing deletions", &Pipeline::FinishDeletions);
  Spawn(PutMissingRows());
  Spawn(RewriteWords());
  for (const std::shared_ptr<search::Index>& index : {options_.index, options_.row_index}) {
    if (!index) continue;
    index->WakeUpkeepBy([weak = weak_from_this(), io = io_] {
      asio::post(io, [weak] {
        if (const std::shared_ptr<Pipeline> self = weak.lock()) self->stored_.Give();
      });
    });
  }
  if (!index_upkeeps_.empty()) Keep("ingest: the index's files", &Pipeline::KeepIndex);
  co_return Result<void>();
}

void Pipeline::Wake() {
  retries_.Hurry();
  changed_.Give();
  stored_.Give();
  Recount();
}

asio::awaitable<void> Pipeline::Stop() {
  stopping_ = true;
  for (const auto& [id, job] : jobs_) job->extraction->Request();
  for (const std::shared_ptr<search::Index>& index : {options_.index, options_.row_index}) {
    if (index) index->WakeUpkeepBy(nullptr);
  }
  for (search::IndexUpkeep& upkeep : index_upkeeps_) upkeep.Stop();
  changed_.Give();
  stored_.Give();
  stopped_.Give();
  const Signal::Clock::time_point until = Signal::Clock::now() + options_.stop_time;
  for (;;) {
    const std::uint64_t seen = changed_.count();
    if (claim_loops_ + embed_loops_ == 0 && jobs_.empty() && requests_ + keeping_index_ == 0) break;
    if (Signal::Clock::now() >= until) {
      spdlog::warn("ingest: {} documents did not come to a stop within {} ms; they are read again after the next start",
                   jobs_.size(), options_.stop_time.count());
      break;
    }
    co_await changed_.WaitBeyond(seen, until);
  }
  if (options_.readers) options_.readers->Stop();
  embedding_->Release();
}

// ---- preparing ----

asio::awaitable<void> Pipeline::ClaimLoop() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  const Count running(claim_loops_, changed_);
  if (std::exchange(swept_, true)) {
    left_between_states_ = true;  // an exception ended us: what was being claimed then is queued again
  } else {
    co_await RemoveLeftOvers();
  }
  for (;;) {
    const Room room = co_await WaitForRoom();
    if (stopping_) break;
    const std::uint64_t seen = changed_.count();
    Result<JobPointer> claimed = co_await Claim(room);
    if (!claimed) {
      spdlog::error("the queue of documents cannot be read: {}", claimed.error().ToString());
      (void)retries_.Failed("", Judgement::kLater, false, Signal::Clock::now());
      continue;
    }
    JobPointer job = *claimed;
    if (!job) {
      co_await Idle(seen);
      continue;
    }
    Begin(job);
  }
}

void Pipeline::Begin(const JobPointer& job) {
  try {
    jobs_[job->document.id] = job;
    worked_ = true;
    if (stopping_) job->extraction->Request();
    job->preparing.emplace(preparing_[Lane(job->document.priority)], changed_);
    SpawnFor(job, PrepareJob(job));
  } catch (...) {
    Lost(job);
    throw;
  }
}

asio::awaitable<void> Pipeline::PrepareJob(JobPointer job) {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  auto preparing = Guarded(Prepare(job));
  Result<void> prepared = co_await std::move(preparing);
  job->preparing.reset();
  if (job->in_line) {
    if (!prepared && !job->failure) job->failure = std::move(prepared.error());
    changed_.Give();
  } else if (stopping_ || job->deleted) {
    Abandoned(job);
  } else if (!prepared) {
    co_await Failed(job, prepared.error());
  } else {
    Line(job);
    changed_.Give();
  }
}

// Into the line of those to embed.
void Pipeline::Line(const JobPointer& job) {
  job->in_line = true;
  const auto behind = [](const JobPointer& one, const JobPointer& other) {
    return one->document.priority < other->document.priority;
  };
  prepared_.insert(std::upper_bound(prepared_.begin(), prepared_.end(), job, behind), job);
}

asio::awaitable<void> Pipeline::RemoveLeftOvers() {
  const documents::Originals& originals = originals_;
  auto work = [&originals](store::Connection& db) { return documents::RemoveUnreferenced(db, originals); };
  Result<void> removed = co_await store_.WriteOutside(work);
  if (!removed) spdlog::warn("originals without a document were not removed: {}", removed.error().ToString());
}

bool Pipeline::HasRoom(Priority priority) const {
  const auto ahead = std::count_if(prepared_.begin(), prepared_.end(),
                                   [priority](const JobPointer& job) { return job->document.priority == priority; });
  return preparing_[Lane(priority)] == 0 && ahead < kPreparedAhead;
}

Pipeline::Room Pipeline::LookForRoom() const {
  Room room;
  if (retries_.careful() || left_between_states_) {
    room.waited_for = room.one_of_many = jobs_.empty();
  } else {
    room.waited_for = HasRoom(Priority::kWaitedFor);
    room.one_of_many = HasRoom(Priority::kOneOfMany);
  }
  return room;
}

// Until another document may be claimed.
asio::awaitable<Pipeline::Room> Pipeline::WaitForRoom() {
  Room room;
  while (!stopping_) {
    const std::uint64_t seen = changed_.count();
    room = LookForRoom();
    const Signal::Clock::time_point next_try = retries_.next_try();
    if (room.any() && Signal::Clock::now() >= next_try) break;
    const Signal::Clock::time_point until = room.any() ? next_try : Signal::Clock::time_point::max();
    co_await changed_.WaitBeyond(seen, until);
  }
  co_return room;
}

// The next queued document that there is room for, or nothing.
asio::awaitable<Result<Pipeline::JobPointer>> Pipeline::Claim(Room room) {
  const bool requeue = std::exchange(left_between_states_, false);
  std::optional<Priority> only;
  if (!room.one_of_many) only = Priority::kWaitedFor;
  if (!room.waited_for) only = Priority::kOneOfMany;
  auto work = [requeue, only](store::Connection& db) -> Result<JobPointer> {
    if (requeue) {
      if (Result<void> requeued = documents::Requeue(db); !requeued) return Fail(std::move(requeued.error()));
    }
    Result<std::optional<documents::Document>> next = documents::NextQueued(db, only);
    if (!next) return Fail(std::move(next.error()));
    if (!*next) return JobPointer();
    auto job = std::make_shared<Job>(std::move(**next));
    Result<std::int64_t> scope = documents::MatterId(db, job->document.matter);
    if (!scope) return Fail(std::move(scope.error()));
    job->scope = *scope;
    Result<void> state = documents::SetState(db, job->document.id, DocumentState::kExtracting);
    if (!state) return Fail(std::move(state.error()));
    return job;
  };
  Result<JobPointer> claimed = co_await store_.Write(work);
  if (!claimed) left_between_states_ = requeue;
  co_return claimed;
}

asio::awaitable<void> Pipeline::Idle(std::uint64_t seen) {
  if (jobs_.empty() && std::exchange(worked_, false)) {
    embedding_->Release();
    // What the work took goes back to the system, not only to our heap.
    auto trim = [] { return ::malloc_trim(0); };
    (void)co_await Offload(store_.threads(), trim);
  }
  co_await changed_.WaitBeyond(seen);
}

// From claimed to split into chunks.
asio::awaitable<Result<void>> Pipeline::Prepare(JobPointer job) {
  Publish(*job, DocumentState::kExtracting);
  Result<documents::ExtractedText> text = co_await ReadText(job);
  if (!text) co_return Fail(std::move(text.error()));
  Result<void> written = co_await StoreText(job, *text);
  if (!written) co_return written;
  Publish(*job, DocumentState::kEmbedding);
  auto splitting = Guarded(SplitIntoChunks(job, *text));
  Result<void> split = co_await std::move(splitting);
  if (!split && !job->failure) job->failure = std::move(split.error());  // the model's: Finish deals with those
  co_return Result<void>();
}

// The stored text, when an earlier try came so far (a text never changes), else the extractor's.
asio::awaitable<Result<documents::ExtractedText>> Pipeline::ReadText(JobPointer job) {
  if (job->document.characters > 0) {
    auto read = [&job](store::Connection& db) { return documents::GetText(db, job->document.id); };
    co_return co_await store_.Read(read);
  }
  if (const auto own = options_.own_readers.find(job->document.media_type); own != options_.own_readers.end()) {
    const std::filesystem::path file = originals_.PathOf(job->document.sha256);
    auto read = [&own, &file] { return own->second(file); };
    co_return co_await Offload(store_.threads(), read);
  }
  documents::OcrOptions ocr = options_.ocr;
  if (retries_.careful()) ocr.at_once = 1;
  ocr.take_what_there_is = retries_.LastTry(job->document.id);
  auto progress = [this, job](int done, int pages) {
    job->pages_done = done;
    job->pages = pages;
    if (!Over(*job)) Publish(*job, DocumentState::kExtracting);
  };
  documents::Extractor extractor(options_.extractor, options_.readers);
  auto extracting = documents::ExtractWithOcr(io_, store_.threads(), std::move(extractor),
                                              originals_.PathOf(job->document.sha256), job->document.name,
                                              options_.limits, std::move(ocr), job->extraction, std::move(progress));
  Result<documents::ExtractedText> text = co_await std::move(extracting);
  if (text && options_.own_readers.contains(text->media_type)) {
    co_return Fail(ErrorCode::kCorrupt, "The document claims to be one that only Counsel itself writes.");
  }
  co_return text;
}

}  // namespace counsel::ingest
