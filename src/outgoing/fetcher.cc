#include "outgoing/fetcher.h"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

namespace counsel::outgoing {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kPatience{30};  // for its start, on a machine that is busy
constexpr std::chrono::milliseconds kGrace{2000};

fs::path BesideProgram() {
  std::error_code failed;
  return fs::read_symlink("/proc/self/exe", failed).parent_path() / "counsel-remote";
}

Error CannotStart(const Error& error) {
  return {ErrorCode::kUnavailable, "Counsel cannot use the network: " + error.message,
          error.next_step.empty() ? "Try again later." : error.next_step};
}

}  // namespace

Use::Use(std::shared_ptr<Fetcher> fetcher, std::shared_ptr<Process> process)
    : fetcher_(std::move(fetcher)), process_(std::move(process)) {
  ++fetcher_->users_;
}

Use& Use::operator=(Use&& other) noexcept {
  std::swap(fetcher_, other.fetcher_);
  std::swap(process_, other.process_);
  return *this;
}

Use::~Use() {
  if (fetcher_) fetcher_->GiveBack();
}

Fetcher::Fetcher(asio::any_io_executor io, CourierOptions options)
    : io_(std::move(io)), options_(std::move(options)), idle_(io_), turn_(io_, Clock::time_point::max()) {
  if (options_.program.empty()) options_.program = BesideProgram();
}

Fetcher::~Fetcher() {
  if (process_ && !process_->ended) process_->child->Kill();
  std::error_code ignored;
  if (own_folder_) fs::remove_all(options_.folder, ignored);
}

Result<void> Fetcher::MakeFolder() {
  if (!options_.folder.empty()) return {};
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::string pattern = std::string(runtime != nullptr && *runtime == '/' ? runtime : "/tmp") + "/counsel-XXXXXX";
  // With mode 0700.
  if (::mkdtemp(pattern.data()) == nullptr) return Fail(ErrnoError(errno, "Cannot make a folder for a socket"));
  options_.folder = pattern;
  own_folder_ = true;
  return {};
}

Result<std::shared_ptr<Process>> Fetcher::Start() {
  if (Result<void> made = MakeFolder(); !made) return Fail(made.error());
  auto process = std::make_shared<Process>(io_);
  // A name of its own: one that ends removes its socket, not the next one's.
  process->socket = (options_.folder / ("fetch-" + std::to_string(++starts_) + ".sock")).string();
  child::ChildOptions options;
  options.argv = {options_.program.string(), "--fetch", "--socket", process->socket};
  options.environment = ProxyVariables();
  options.environment.emplace_back("LC_ALL=C.UTF-8");
  options.on_stdout_line = [weak = std::weak_ptr<Process>(process)](std::string_view line) {
    const std::shared_ptr<Process> self = weak.lock();
    if (!self || line.find(R"("state":"ready")") == std::string_view::npos) return;
    self->ready = true;
    self->changed.cancel();
  };
  Result<std::unique_ptr<child::Child>> child = child::Child::Spawn(io_, std::move(options));
  if (!child) return Fail(CannotStart(child.error()));
  process->child = std::move(*child);
  asio::co_spawn(io_, Watch(process), asio::detached);
  return process;
}

asio::awaitable<void> Fetcher::Watch(std::shared_ptr<Process> process) {
  (void)co_await process->child->Wait();
  process->ended = true;
  process->changed.cancel();
  ::unlink(process->socket.c_str());
}

asio::awaitable<void> Fetcher::TakeTurn() {
  while (users_ >= kMostAtOnce && !stopped_) {
    boost::system::error_code ignored;
    co_await turn_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return;
  }
}

asio::awaitable<Result<Use>> Fetcher::Take() {
  const std::shared_ptr<Fetcher> self = shared_from_this();
  co_await TakeTurn();
  if (stopped_) co_return Fail(ErrorCode::kCancelled, "Counsel is stopping.");
  if (!process_ || process_->ended) {
    Result<std::shared_ptr<Process>> started = Start();
    if (!started) co_return Fail(started.error());
    process_ = std::move(*started);
  }
  idle_.cancel();
  const std::shared_ptr<Process> process = process_;
  Use use(self, process);
  const Clock::time_point until = Clock::now() + kPatience;
  asio::steady_timer patience(io_, until);
  patience.async_wait([process](boost::system::error_code cancelled) {
    if (!cancelled) process->changed.cancel();
  });
  while (!process->ready && !process->ended && Clock::now() < until) {
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) {
      co_return Fail(ErrorCode::kCancelled, "The request was stopped.");
    }
    boost::system::error_code ignored;
    co_await process->changed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (process->ready && !process->ended) co_return use;
  const std::string words(process->child->last_words().substr(0, 300));
  Drop(process);
  if (stopped_) co_return Fail(ErrorCode::kCancelled, "Counsel is stopping.");
  co_return Fail(ErrorCode::kUnavailable, "The program that fetches for Counsel did not start: " + words,
                 "Try again; if it repeats, run: ./run setup");
}

void Fetcher::GiveBack() {
  turn_.cancel();
  if (--users_ > 0 || stopped_) return;
  idle_.expires_after(options_.idle);
  idle_.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
    const std::shared_ptr<Fetcher> self = weak.lock();
    if (self && !cancelled && self->users_ == 0) self->End(std::exchange(self->process_, nullptr));
  });
}

void Fetcher::Drop(const std::shared_ptr<Process>& process) {
  if (process_ == process) End(std::exchange(process_, nullptr));
}

void Fetcher::Stop() {
  stopped_ = true;
  idle_.cancel();
  turn_.cancel();
  End(std::exchange(process_, nullptr));
}

void Fetcher::End(std::shared_ptr<Process> process) {
  if (process && !process->ended) asio::co_spawn(io_, StopProcess(std::move(process)), asio::detached);
}

asio::awaitable<void> Fetcher::StopProcess(std::shared_ptr<Process> process) {
  (void)co_await process->child->Stop(kGrace);
}

int Fetcher::pid() const {
  return process_ && !process_->ended ? process_->child->pid() : 0;
}

}  // namespace counsel::outgoing
