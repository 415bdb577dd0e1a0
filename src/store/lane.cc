#include "store/lane.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <malloc.h>
#include <sys/resource.h>

#include "store/store.h"

namespace counsel::store {

namespace asio = boost::asio;

namespace {

Error Stopping() {
  return {ErrorCode::kCancelled, "Counsel is stopping.", "Start it again, then repeat this."};
}

// Ends what runs, from the thread of whoever waits for it. The mutex keeps a late one from the work that comes next.
class Interrupt {
 public:
  void Give() {
    const std::lock_guard lock(mutex_);
    given_ = true;
    if (running_ != nullptr) running_->Interrupt();
  }
  // false: given before anything ran.
  bool Begin(Connection& connection) {
    const std::lock_guard lock(mutex_);
    if (given_) return false;
    running_ = &connection;
    return true;
  }
  void End() {
    const std::lock_guard lock(mutex_);
    running_ = nullptr;
  }

 private:
  std::mutex mutex_;
  bool given_ = false;             // guarded by mutex_, as what follows
  Connection* running_ = nullptr;  // while its work runs
};

}  // namespace

struct Lane::Work {
  Work() = default;
  virtual ~Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  virtual void Do(Connection& connection) = 0;
  virtual void Refuse(Error error) = 0;

  Patience patience;
  std::shared_ptr<Interrupt> interrupt = std::make_shared<Interrupt>();
};

struct Lane::State {
  explicit State(Options options_in) : options(std::move(options_in)) {}
  const Options options;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::unique_ptr<Work>> line;  // guarded by mutex, as what follows
  std::vector<std::shared_ptr<Interrupt>> running;
  std::size_t threads = 0;  // that take work
  std::size_t idle = 0;     // of them, that wait for some
  std::size_t ending = 0;
  bool stopping = false;
  std::unique_ptr<Connection> kept;  // of the only thread there is, between two of them

  bool HasThread(const std::shared_ptr<State>& self);
  void Do(Work& work, std::unique_ptr<Connection>& connection) const;
};

// The work of one waiting coroutine.
template <class Handler>
struct Lane::Awaited : Lane::Work {
  Awaited(Handler handler_in, const std::function<void(Connection&)>& work_in, std::optional<Error>& refused_in,
          std::exception_ptr& thrown_in)
      : handler(std::move(handler_in)),
        guard(asio::make_work_guard(asio::get_associated_executor(handler))),
        work(work_in),
        refused(refused_in),
        thrown(thrown_in) {}

  void Do(Connection& connection) override {
    try {
      work(connection);
    } catch (...) {
      thrown = std::current_exception();
    }
    Resume();
  }
  void Refuse(Error error) override {
    refused.emplace(std::move(error));
    Resume();
  }
  void Resume() {
    const auto executor = guard.get_executor();
    asio::post(executor, [handler = std::move(handler), guard = std::move(guard)]() mutable {
      asio::get_associated_cancellation_slot(handler).clear();
      std::move(handler)();
    });
  }

  Handler handler;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> guard;
  // Of the coroutine that waits.
  const std::function<void(Connection&)>& work;
  std::optional<Error>& refused;
  std::exception_ptr& thrown;
};

Lane::Lane(Options options, std::unique_ptr<Connection> kept) : state_(std::make_shared<State>(std::move(options))) {
  state_->kept = std::move(kept);
}

Lane::~Lane() {
  Stop();
}

asio::awaitable<Result<void>> Lane::Run(std::function<void(Connection&)> work, Patience patience) {
  std::optional<Error> refused;
  std::exception_ptr thrown;
  auto initiate = [&](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto awaited = std::make_unique<Awaited<decltype(handler)>>(std::move(handler), work, refused, thrown);
    awaited->patience = patience;
    if (patience.given_up_with_caller && slot.is_connected()) {
      slot.assign([interrupt = awaited->interrupt](asio::cancellation_type) { interrupt->Give(); });
    }
    Add(std::move(awaited));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
  if (thrown) std::rethrow_exception(thrown);
  if (refused) co_return Fail(std::move(*refused));
  co_return Result<void>();
}

void Lane::Add(std::unique_ptr<Work> work) {
  State& state = *state_;
  std::optional<Error> refused;
  {
    const std::lock_guard lock(state.mutex);
    if (state.stopping) {
      refused = Stopping();
    } else if (!state.HasThread(state_)) {
      refused = Error(ErrorCode::kOutOfMemory, "The system gives Counsel no further thread.",
                      "Close other programs, then try again.");
    } else {
      state.line.push_back(std::move(work));
    }
  }
  if (refused) {
    work->Refuse(std::move(*refused));
  } else {
    state.changed.notify_one();
  }
}

// For one more piece of work, under the mutex: begins a thread if those that wait are too few.
bool Lane::State::HasThread(const std::shared_ptr<State>& self) {
  if (idle > line.size() || threads == options.threads) return true;
  try {
    // Nobody joins it: Stop waits until it has ended all it does with us.
    std::thread([self] { Serve(self); }).detach();
    ++threads;
  } catch (const std::system_error&) {
    // Those there are do it later.
  }
  return threads > 0;
}

// One piece of work, on a connection that is there or made now.
void Lane::State::Do(Work& work, std::unique_ptr<Connection>& connection) const {
  if (!connection) {
    Result<std::unique_ptr<Connection>> opened = options.open();
    if (!opened) return work.Refuse(std::move(opened.error()));
    connection = std::move(*opened);
  }
  connection->Begin(work.patience.most);
  if (!work.interrupt->Begin(*connection)) return work.Refuse(Error(ErrorCode::kCancelled, "Stopped."));
  work.Do(*connection);
  work.interrupt->End();
  if (connection->ran_out_of_memory()) connection.reset();
}

void Lane::Serve(const std::shared_ptr<State>& shared) {
  State& state = *shared;
  if (state.options.nice > 0) (void)::setpriority(PRIO_PROCESS, 0, state.options.nice);  // of this thread alone
  std::unique_lock lock(state.mutex);
  std::unique_ptr<Connection> connection = std::move(state.kept);
  for (;;) {
    const auto something = [&state] { return !state.line.empty() || state.stopping; };
    ++state.idle;
    (void)state.changed.wait_for(lock, state.options.idle, something);
    --state.idle;
    if (state.line.empty()) break;
    const std::unique_ptr<Work> work = std::move(state.line.front());
    state.line.pop_front();
    if (work->patience.given_up_with_caller) state.running.push_back(work->interrupt);
    lock.unlock();
    state.Do(*work, connection);
    lock.lock();
    std::erase(state.running, work->interrupt);
  }
  // Whoever comes next finds the connection, or begins a thread.
  if (connection && state.options.keep_connection) {
    connection->Shrink();
    state.kept = std::move(connection);
  }
  const bool last = --state.threads == 0;
  ++state.ending;
  lock.unlock();
  connection.reset();
  // What the work took goes back to the system, not only to our heap.
  if (last) ::malloc_trim(0);
  lock.lock();
  --state.ending;
  state.changed.notify_all();
}

void Lane::Stop() {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.stopping = true;
  for (const std::shared_ptr<Interrupt>& interrupt : state.running) interrupt->Give();
  for (const std::unique_ptr<Work>& work : state.line) {
    if (work->patience.given_up_with_caller) work->interrupt->Give();
  }
  state.changed.notify_all();
  state.changed.wait(lock, [&state] { return state.threads == 0 && state.ending == 0; });
  state.kept.reset();
}

}  // namespace counsel::store
