#include "review/runner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

#include "base/supervise.h"

namespace counsel::review {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t kAtOnce = 16;              // documents of one look, and of one transaction at most
constexpr std::chrono::milliseconds kWhile{200};  // that is worked before what is filled is written

Runner* current = nullptr;  // io thread

struct Filled {
  Filled() = default;
  std::vector<Missing> rows;
  std::vector<Json> cells;
};

// Some documents, each in a snapshot of its own.
Result<Filled> FillAFew(store::Connection& db, std::int64_t id, const ColumnSet& columns) {
  auto look = [id](store::Connection& in) { return MissingRows(in, id, kAtOnce); };
  ASSIGN_OR_RETURN(const std::vector<Missing> missing, store::InTransaction(db, false, look));
  Filled filled;
  const auto end = std::chrono::steady_clock::now() + kWhile;
  for (const Missing& one : missing) {
    RETURN_IF_ERROR(db.MayGoOn());
    auto fill = [&](store::Connection& in) { return FillRow(in, columns, one.document); };
    Result<Json> cells = store::InTransaction(db, false, fill);
    const bool its_own =
        !cells && (cells.error().code == ErrorCode::kNotFound || cells.error().code == ErrorCode::kCorrupt);
    if (!cells && !its_own) return Fail(std::move(cells.error()));
    filled.rows.push_back(one);
    // A text that cannot be read is a row without cells: the others go on.
    filled.cells.push_back(cells ? std::move(*cells) : Json::array());
    if (std::chrono::steady_clock::now() > end) break;
  }
  return filled;
}

}  // namespace

Runner::Runner(asio::any_io_executor io, store::Store& store, std::function<void(const RunProgress&)> told)
    : io_(std::move(io)), store_(store), told_(std::move(told)), changed_(io_) {
  current = this;
}

Runner::~Runner() {
  if (current == this) current = nullptr;
}

Runner* Runner::Current() {
  return current;
}

void Runner::Wake() {
  again_ = true;
  if (running_ || stopping_) return;
  running_ = true;
  const std::shared_ptr<Runner> self = shared_from_this();
  asio::co_spawn(io_, Run(), [self](const std::exception_ptr& thrown) {
    LogThrown("filling reviews", thrown);
    self->running_ = false;
    self->changed_.Give();
  });
}

asio::awaitable<void> Runner::Stop() {
  const std::shared_ptr<Runner> self = shared_from_this();
  stopping_ = true;
  while (running_) {
    const std::uint64_t seen = changed_.count();
    if (running_) co_await changed_.WaitBeyond(seen);
  }
}

void Runner::Tell(const std::string& state) {
  progress_.state = state;
  told_(progress_);
}

asio::awaitable<void> Runner::Run() {
  while (std::exchange(again_, false) && !stopping_) {
    for (;;) {
      auto next = [](store::Connection& db) { return NextRunning(db); };
      const Result<std::int64_t> id = co_await store_.Read(next);
      if (!id) spdlog::warn("which reviews are to be filled was not looked for: {}", id.error().ToString());
      if (!id || *id == 0 || stopping_) break;
      const Result<void> filled = co_await Fill(*id);
      if (stopping_) break;
      if (filled) continue;
      spdlog::warn("review {}: {}", *id, filled.error().ToString());
      co_await EndWith(*id, "failed", filled.error().ToString());
      // Where even that cannot be written, on a full disk, the next start or run goes on.
      auto look = [](store::Connection& db) { return NextRunning(db); };
      const Result<std::int64_t> left = co_await store_.Read(look);
      if (!left || *left == *id) break;
    }
  }
}

asio::awaitable<void> Runner::EndWith(std::int64_t id, std::string state, std::string reason) {
  auto write = [id, &state, &reason](store::Connection& db) -> Result<bool> {
    const Result<Review> review = FindReview(db, id);
    if (!review || review->state != "running") return false;  // deleted or cancelled meanwhile
    if (state == "done") {
      // A document that became ready since the last look.
      ASSIGN_OR_RETURN(const std::vector<Missing> missing, MissingRows(db, id, 1));
      if (!missing.empty()) return false;
    }
    RETURN_IF_ERROR(SetReviewState(db, id, state, reason));
    return true;
  };
  const Result<bool> written = co_await store_.Write(write);
  if (!written) spdlog::warn("the state of review {} was not written: {}", id, written.error().ToString());
  if (!written || *written) Tell(state);
}

asio::awaitable<Result<void>> Runner::Fill(std::int64_t id) {
  auto find = [id](store::Connection& db) { return FindReview(db, id); };
  const Result<Review> review = co_await store_.Read(find);
  if (!review && review.error().code == ErrorCode::kNotFound) {
    // Its matter is being deleted: so is it.
    auto end = [id](store::Connection& db) { return SetReviewState(db, id, "cancelled"); };
    co_return co_await store_.Write(end);
  }
  if (!review) co_return Fail(review.error());
  const Result<ColumnSet> columns = ReadColumns(review->columns, review->name);
  if (!columns) co_return Fail(columns.error());
  progress_ = RunProgress();
  progress_.review = id;
  progress_.filled = review->filled;
  progress_.documents = review->documents - review->unread - review->waiting;
  rate_ = ingest::Rate();
  Tell("running");
  for (;;) {
    const Result<bool> more = co_await FillSome(id, *columns);
    if (!more) co_return Fail(more.error());
    if (!*more || stopping_) break;
  }
  if (!stopping_) co_await EndWith(id, "done", "");
  co_return Result<void>();
}

// false: nothing is missing, or the review runs no more.
asio::awaitable<Result<bool>> Runner::FillSome(std::int64_t id, const ColumnSet& columns) {
  auto fill = [id, &columns](store::Connection& db) { return FillAFew(db, id, columns); };
  const Result<Filled> filled = co_await store_.ReadApart(fill);
  if (!filled) co_return Fail(filled.error());
  if (filled->rows.empty()) co_return false;
  auto write = [id, &filled](store::Connection& db) -> Result<bool> {
    for (std::size_t i = 0; i < filled->rows.size(); ++i) {
      ASSIGN_OR_RETURN(const bool running, PutRow(db, id, filled->rows[i], filled->cells[i]));
      if (!running) return false;
    }
    return true;
  };
  const Result<bool> written = co_await store_.Write(write);
  if (!written || !*written) co_return written;
  const auto count = static_cast<std::int64_t>(filled->rows.size());
  progress_.filled += count;
  progress_.documents = std::max(progress_.documents, progress_.filled);
  rate_.Add(count, std::chrono::steady_clock::now());
  const std::optional<double> rate = rate_.PerSecond();
  progress_.seconds_left.reset();
  if (rate && *rate > 0) {
    progress_.seconds_left = static_cast<double>(progress_.documents - progress_.filled) / *rate;
  }
  Tell("running");
  co_return true;
}

}  // namespace counsel::review
