#include "models/pool.h"

#include <algorithm>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "host/host.h"
#include "models/pool_core.h"

namespace counsel::models {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

Error Cancelled() {
  return {ErrorCode::kCancelled, "The request was cancelled."};
}

}  // namespace

std::string_view ModelStateName(ModelState state) {
  switch (state) {
    case ModelState::kCold:
      return "cold";
    case ModelState::kLoading:
      return "loading";
    case ModelState::kReady:
      return "ready";
    case ModelState::kDraining:
      return "draining";
    case ModelState::kFailed:
      return "failed";
  }
  return "cold";
}

struct Lease::State {
  std::shared_ptr<ModelPool::Core> core;
  std::shared_ptr<Process> process;
  double waited = 0;

  ~State() {
    if (process) core->EndLease(*process);
  }
};

Lease::Lease() = default;
Lease::Lease(Lease&&) noexcept = default;
Lease& Lease::operator=(Lease&&) noexcept = default;
Lease::~Lease() = default;

const net::Endpoint& Lease::endpoint() const {
  return state_->process->endpoint;
}
const ModelEntry& Lease::model() const {
  return *state_->process->entry;
}
double Lease::waited_seconds() const {
  return state_->waited;
}
std::optional<Error> Lease::lost() const {
  return state_->process->lost;
}

ModelPool::ModelPool(asio::any_io_executor io, const Catalogue& catalogue, PoolOptions options)
    : core_(std::make_shared<Core>(std::move(io), catalogue, std::move(options))) {}

ModelPool::~ModelPool() {
  core_->Abandon();
}

asio::awaitable<Result<Lease>> ModelPool::Acquire(std::string name, std::chrono::milliseconds timeout) {
  const std::shared_ptr<Core> core = core_;
  const Result<const ModelEntry*> entry = core->catalogue.Find(name);
  if (!entry) co_return Fail(entry.error());
  Slot& slot = core->SlotOf(**entry);
  const Clock::time_point began = Clock::now();
  const Clock::time_point deadline = began + timeout;
  std::uint64_t joined = 0;  // the load whose outcome is ours
  for (;;) {
    if (joined > 0 && slot.failed_load >= joined) co_return Fail(*slot.failure);
    if (slot.state == ModelState::kReady) {
      Lease lease;
      lease.state_ = std::make_unique<Lease::State>();
      lease.state_->core = core;
      lease.state_->process = slot.process;
      lease.state_->waited = joined > 0 ? std::chrono::duration<double>(Clock::now() - began).count() : 0;
      ++slot.process->leases;
      co_return lease;
    }
    if (slot.state == ModelState::kCold || slot.state == ModelState::kFailed) {
      if (Result<void> installed = core->catalogue.RequireInstalled(**entry); !installed) {
        co_return Fail(std::move(installed.error()));
      }
      core->StartLoad(slot);
      joined = slot.load_number;
      continue;
    }
    if (slot.state == ModelState::kLoading && joined == 0) joined = slot.load_number;
    if (Clock::now() >= deadline) {
      co_return Fail(ErrorCode::kDeadlineExceeded, "'" + name + "' was not ready in time; it goes on loading.",
                     "Ask again in a moment.");
    }
    co_await slot.change.Wait(deadline);
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return Fail(Cancelled());
  }
}

asio::awaitable<Result<void>> ModelPool::Unload(std::string name, std::chrono::milliseconds grace, bool force) {
  const std::shared_ptr<Core> core = core_;
  const Result<const ModelEntry*> entry = core->catalogue.Find(name);
  if (!entry) co_return Fail(entry.error());
  Slot& slot = core->SlotOf(**entry);
  if (slot.state == ModelState::kLoading) core->CancelLoad(slot);
  if (slot.state == ModelState::kReady) core->StartDrain(slot, Clock::now() + grace, force);
  if (slot.state == ModelState::kDraining && force) {
    slot.force_drain = true;
    slot.change.Notify();
  }
  const std::uint64_t load = slot.load_number;
  while (slot.load_number == load && (slot.state == ModelState::kLoading || slot.state == ModelState::kDraining)) {
    co_await slot.change.Wait(Clock::time_point::max());
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return Fail(Cancelled());
  }
  if (slot.load_number == load && slot.state == ModelState::kReady) {
    co_return Fail(ErrorCode::kDeadlineExceeded, "'" + name + "' still serves requests and was kept.",
                   "Wait for them, or end them with: counsel unload --force");
  }
  if (slot.load_number == load && slot.state == ModelState::kFailed) core->Enter(slot, ModelState::kCold, "");
  co_return Result<void>();
}

asio::awaitable<Result<void>> ModelPool::UnloadAll(std::chrono::milliseconds grace, bool force) {
  const std::shared_ptr<Core> core = core_;
  const Clock::time_point deadline = Clock::now() + grace;
  // All begin at once; then each is waited for.
  for (auto& [name, slot] : core->slots) {
    if (slot.state == ModelState::kLoading) core->CancelLoad(slot);
    if (slot.state == ModelState::kReady) core->StartDrain(slot, deadline, force);
  }
  Result<void> outcome;
  for (auto& [name, slot] : core->slots) {
    const std::string model = name;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    Result<void> unloaded = co_await Unload(model, std::max(left, std::chrono::milliseconds(0)), force);
    if (!unloaded) outcome = std::move(unloaded);
  }
  co_return outcome;
}

std::vector<ModelStatus> ModelPool::Status() const {
  std::vector<ModelStatus> all;
  for (const ModelEntry& entry : core_->catalogue.entries()) {
    ModelStatus status;
    status.name = entry.name;
    status.role = entry.role;
    status.installed = core_->catalogue.Installed(entry);
    status.planned_host_bytes = entry.planned_bytes;
    if (const auto found = core_->slots.find(entry.name); found != core_->slots.end()) {
      const Slot& slot = found->second;
      status.state = slot.state;
      status.reason = slot.reason;
      status.progress = slot.progress;
      status.load_seconds = slot.load_seconds;
      if (slot.process) {
        status.pid = slot.process->child->pid();
        status.leases = slot.process->leases;
        status.measured_host_bytes = host::PssOfProcess(slot.process->child->pid()).value_or(0);
      }
      if (slot.state == ModelState::kReady) status.ready_since = slot.ready_since;
    }
    all.push_back(std::move(status));
  }
  return all;
}

std::shared_ptr<void> ModelPool::Subscribe(Listener listener) {
  const std::uint64_t id = core_->next_listener++;
  core_->listeners[id] = std::move(listener);
  return {nullptr, [core = std::weak_ptr<Core>(core_), id](void*) {
            if (const std::shared_ptr<Core> alive = core.lock()) alive->listeners.erase(id);
          }};
}

}  // namespace counsel::models
