// The ModelPool: loads each model on first use, keeps it while it serves, gives it back.
//
//            ┌────────────────────────────── unload, died ──────────────┐
//            ▼                                                           │
//   cold ──Acquire──▶ loading ──healthy──▶ ready ──Unload while leased──▶ draining ──last lease ended──▶ cold
//            ▲           │  failed to load    │ no lease: Unload ▶ cold
//            │           ▼                    │ child died
//            └─Acquire─ failed ◀──────────────┘
//
//   cold      no process. The next Acquire loads.
//   loading   one process is starting; every Acquire joins and waits with its own deadline.
//   ready     the process answers; Acquire gives a lease at once.
//   draining  no new lease; ends when the last lease does, then the process is stopped. An Acquire waits for that and
//             loads anew.
//   failed    the last load or the running process ended badly; `reason` says how, for a user. The next Acquire tries
//             again (no sooner than its back-off, which the next issue brings).
//
// A lease keeps its model's process alive but cannot keep it from dying: then requests to its endpoint fail with
// kUnavailable, and Lease::lost() says why.
//
// Threads: io thread only; the pool is the only owner of its state. Every member of every class here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "models/catalogue.h"
#include "net/http.h"

namespace counsel::models {

enum class ModelState { kCold, kLoading, kReady, kDraining, kFailed };
[[nodiscard]] std::string_view ModelStateName(ModelState state);

// What /api/models and `counsel status` show of one model. Bytes and seconds.
struct ModelStatus {
  ModelStatus() = default;
  std::string name;
  Role role = Role::kGenerator;
  bool installed = false;
  ModelState state = ModelState::kCold;
  std::string reason;  // "" or why it is in this state, for a user
  std::int64_t pid = 0;
  bool pinned = false;
  std::uint32_t leases = 0;
  double progress = 0;  // 0..1 of a running load
  std::uint64_t planned_host_bytes = 0;
  std::uint64_t measured_host_bytes = 0;    // Pss of the process, read when asked for; 0 when there is none
  double load_seconds = 0;                  // of the last load that ended well
  std::optional<std::int64_t> ready_since;  // unix seconds
};

// A change worth telling: a state reached, or progress of a load.
struct PoolEvent {
  PoolEvent() = default;
  std::string model;
  ModelState state = ModelState::kCold;
  double progress = 0;
  std::string reason;
};

class ModelPool;

// Keeps a model ready. Move-only; its end lets the model go idle. Must not outlive the pool.
class Lease {
 public:
  Lease();
  Lease(Lease&&) noexcept;
  Lease& operator=(Lease&&) noexcept;
  ~Lease();

  // Where the model's server listens.
  [[nodiscard]] const net::Endpoint& endpoint() const;
  [[nodiscard]] const ModelEntry& model() const;
  // Seconds the load took that this lease waited for; 0 when the model was ready.
  [[nodiscard]] double waited_seconds() const;
  // Once the process has died under the lease: what to tell the user. Nothing while it lives.
  [[nodiscard]] std::optional<Error> lost() const;

 private:
  friend class ModelPool;
  struct State;
  std::unique_ptr<State> state_;
};

struct PoolOptions {
  PoolOptions() = default;
  std::filesystem::path llama_server;    // the engine's programs
  std::filesystem::path embedder;        // counsel-embedder
  std::filesystem::path runtime_folder;  // short, 0700: the children's sockets
  unsigned threads = 0;                  // per child; 0: the processors this process may use
  std::chrono::seconds load_timeout{300};
};

class ModelPool {
 public:
  // `catalogue` must outlive the pool.
  ModelPool(boost::asio::any_io_executor io, const Catalogue& catalogue, PoolOptions options);
  ~ModelPool();
  ModelPool(const ModelPool&) = delete;
  ModelPool& operator=(const ModelPool&) = delete;

  // A lease on the model, loading it first if need be. Waits at most `timeout`. Errors: kNotFound, kModelFileMissing,
  // kCorrupt (the file), kOutOfMemory, kUnavailable (the process died), kDeadlineExceeded, kCancelled. A caller that
  // leaves does not stop the load while another waits for it.
  [[nodiscard]] boost::asio::awaitable<Result<Lease>> Acquire(std::string name, std::chrono::milliseconds timeout);

  // Gives the model back: refuses new leases, waits at most `grace` for running ones (`force`: ends them at once),
  // stops the process. Returns when it is gone; kDeadlineExceeded when leases still run after `grace`: the model is
  // kept. Unloading a cold model succeeds. A load in progress is cancelled; its waiters get kCancelled.
  [[nodiscard]] boost::asio::awaitable<Result<void>> Unload(std::string name, std::chrono::milliseconds grace,
                                                            bool force = false);
  // Every model at once.
  [[nodiscard]] boost::asio::awaitable<Result<void>> UnloadAll(std::chrono::milliseconds grace, bool force = false);

  // Installed and known models. Reads /proc for measured bytes: a few ms.
  [[nodiscard]] std::vector<ModelStatus> Status() const;

  // Calls `listener` for each event until the returned token is destroyed.
  using Listener = std::function<void(const PoolEvent&)>;
  [[nodiscard]] std::shared_ptr<void> Subscribe(Listener listener);

 private:
  friend class Lease;
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace counsel::models
