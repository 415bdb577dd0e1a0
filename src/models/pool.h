// The ModelPool: loads each model on first use, keeps it while it serves, gives it back when memory is needed.
//
// What a user sees of a model is in model_state.h; what is decided, and why, in scheduler.h (pure) and admission.h (the
// ledger). The pool carries the decisions out: it plans (planner.h), starts and stops model servers, and watches them.
// docs/models.md tells the whole.
//
// A lease keeps its model's process alive but cannot keep it from dying: then requests to its endpoint fail with
// kUnavailable, and Lease::lost() says why.
//
// Threads: io thread only; the pool is the only owner of its state. Every member of every class here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.h"
#include "models/catalogue.h"
#include "models/devices.h"
#include "models/load_style.h"
#include "models/model_state.h"
#include "models/plan.h"
#include "models/serving_times.h"
#include "net/http.h"

namespace counsel::models {

// What /api/models and `counsel status` show of one model. Bytes and seconds.
struct ModelStatus {
  ModelStatus() = default;
  std::string name;
  Role role = Role::kGenerator;
  bool installed = false;
  std::string remote;  // the host that serves it, to which what is asked is sent; "" for a local one
  ModelState state = ModelState::kCold;
  std::string reason;  // "" or why it is in this state, for a user
  std::int64_t pid = 0;
  bool pinned = false;
  std::uint32_t leases = 0;
  std::size_t waiting = 0;          // requests that wait for it
  double progress = 0;              // 0..1 of a running load
  std::optional<LoadFigures> load;  // while its process starts
  Footprint planned;                // of the running server: what the ledger reserves; else the catalogue's estimate
  Footprint measured;              // what the process holds now: its own pages and those of the file that are in memory
  std::vector<std::string> flags;  // of the running server, beyond the ones every server gets
  std::string reduced;             // what the ladder took after device memory ran out; \"\" for nothing
  std::uint32_t context_tokens = 0;         // of the running server, else the catalogue's; 0: not known
  std::uint32_t slots = 0;                  // of the running server: texts that it writes at a time; 0: not known
  double load_seconds = 0;                  // of the last load that ended well
  std::optional<std::int64_t> ready_since;  // unix seconds
  std::optional<double> expires_in;         // seconds until it is given back for idleness
  unsigned failures = 0;                    // in a row
  std::optional<double> retry_in;           // seconds until it is tried again
};

// One load that ended, for status: what was planned and what came of it.
struct LoadRecord {
  LoadRecord() = default;
  std::string model;
  std::int64_t at = 0;  // unix seconds
  double seconds = 0;
  Footprint planned;   // at ready
  Footprint measured;  // at ready; zeros when it failed
  std::string reason;  // "" or why it failed
};

// What has happened to a model since the daemon's start; for /metrics.
struct ModelCounts {
  ModelCounts() = default;
  std::uint64_t loads = 0;           // that ended well
  std::uint64_t failed_loads = 0;    // of a process that did not become ready
  std::uint64_t failed_serving = 0;  // processes that died or were ended while they served
  std::map<Eviction::Cause, std::uint64_t> evictions;
};

// What a load would do now (counsel plan).
struct PlanReport {
  PlanReport() = default;
  Plan plan;
  bool fits = false;
  std::vector<std::string> evicts;     // models that would be given back for it
  std::vector<std::string> waits_for;  // those of them that serve requests now
  std::string reason;                  // why it does not fit, or what it would wait for
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
  // Of the running server, which may have less than the model's entry says after device memory ran out. 0: not known.
  [[nodiscard]] std::uint32_t context_tokens() const;
  // Of the running server: what decides how it computes (EngineFlags).
  [[nodiscard]] std::vector<std::string> flags() const;
  // Nobody else has had a lease of its server since this one began: what it wrote depends on its own prompt alone.
  [[nodiscard]] bool alone() const;
  // Seconds that the lease was waited for, by a load, for memory, in the line; 0 when the model was ready.
  [[nodiscard]] double waited_seconds() const;
  // Its request's prompt has been read: the model's first word is there (AcquireOptions::tells_reading).
  void HasRead() const;
  // Once the process has died under the lease: what to tell the user. Nothing while it lives.
  [[nodiscard]] std::optional<Error> lost() const;
  // It died because a device's memory ran out, and will be loaded with less: a request of which nothing was answered
  // yet is worth repeating, and not for ever: each time there is less to give up.
  [[nodiscard]] bool less_next() const;
  // The model's, for who forwards requests to add to. Lives as long as the pool.
  [[nodiscard]] ServingTimes& times() const;

 private:
  friend class ModelPool;
  struct State;
  std::unique_ptr<State> state_;
};

struct PoolOptions {
  PoolOptions() = default;
  std::filesystem::path llama_server;       // the engine's programs
  std::filesystem::path embedder;           // counsel-embedder
  std::filesystem::path remote;             // counsel-remote
  std::filesystem::path runtime_folder;     // short, 0700: the children's sockets
  std::filesystem::path measurements_file;  // what loads took, kept across restarts; "": not kept
  boost::asio::thread_pool* files =
      nullptr;           // for what blocks; must outlive the pool. Null: one of its own when needed
  unsigned threads = 0;  // per child; 0: the processors this process may use
  // From its start until a server must be ready, and without any progress or sign of health.
  std::chrono::seconds load_timeout{1800};
  std::chrono::seconds stall_timeout{120};
  // A server that serves is asked for its health this often while it is leased; two answers missed end it.
  std::chrono::milliseconds health_interval{10'000};
  double memory_threshold = 0.8;  // MEMORY_THRESHOLD: the share of all memory that models may claim
  bool auto_unload = true;        // AUTO_UNLOAD: idle models expire, and go when memory gets short
  std::optional<std::chrono::seconds> keep_alive = std::chrono::minutes(5);  // of an idle model; nothing: for ever
  bool enable_gpu = true;                                                    // ENABLE_GPU_ACCELERATION
  double max_gpu_memory_fraction = 0.85;                                     // MAX_GPU_MEMORY_FRACTION
  std::uint32_t queue_limit = 256;  // requests of one model that may wait or run
};

struct AcquireOptions {
  AcquireOptions() = default;
  explicit AcquireOptions(std::chrono::milliseconds timeout_in) : timeout(timeout_in) {}
  std::chrono::milliseconds timeout{300'000};
  bool background = false;                       // takes only what is free, gives it back first
  bool insist = false;                           // a person asks: past failures do not count
  std::uint32_t prompt_tokens = kUnknownPrompt;  // about; decides how it is loaded (load_style.h)
  bool fall_back = false;                        // a remote model has just failed: its fallback, when it has one
  // Instead of the model's keep-alive, until its next request; an inner nothing is for ever.
  std::optional<std::optional<std::chrono::seconds>> keep_alive;
  // Texts that the request makes the model write at a time. Each takes a slot of the server for as long as the lease
  // lives; when none is free, the request waits in the model's line, in order of arrival. 0: it makes it write nothing.
  std::uint32_t slots = 0;
  // It will call HasRead, so that the next in the line can begin to read then. Who does not (a reply that comes whole)
  // is taken to have read.
  bool tells_reading = false;
  // When what it is for began, for its place in that line; nothing: now.
  std::optional<std::chrono::steady_clock::time_point> arrived;
  // How long it waits in that line. `timeout` is for the load.
  std::chrono::milliseconds turn_timeout = std::chrono::hours(1);
  // Told while it waits in that line: how many requests are before it, those that run included; again when it is
  // another number. Not after Acquire has returned or was cancelled.
  std::function<void(std::size_t)> on_place;
};

class ModelPool {
 public:
  // `catalogue` must outlive the pool.
  ModelPool(boost::asio::any_io_executor io, const Catalogue& catalogue, PoolOptions options);
  ~ModelPool();
  ModelPool(const ModelPool&) = delete;
  ModelPool& operator=(const ModelPool&) = delete;

  // A lease on the model, loading it first if need be. Errors: kNotFound, kModelFileMissing, kCorrupt (the file),
  // kOutOfMemory (it cannot fit), kUnavailable (the process died, or failed so often that it rests), kOverloaded (too
  // many wait), kInvalidArgument (more slots than the model's server has), kDeadlineExceeded, kCancelled. A caller that
  // leaves does not stop the load while another waits for it. A remote model that cannot be had is replaced by its
  // fallback (RemoteServer): Lease::model() says which it is.
  [[nodiscard]] boost::asio::awaitable<Result<Lease>> Acquire(std::string name, AcquireOptions options);
  [[nodiscard]] boost::asio::awaitable<Result<Lease>> Acquire(std::string name, std::chrono::milliseconds timeout) {
    return Acquire(std::move(name), AcquireOptions(timeout));
  }

  // Reads the model's files into the page cache and returns how many bytes that were; no process is started.
  // kOutOfMemory when they would take what running models were promised.
  [[nodiscard]] boost::asio::awaitable<Result<std::uint64_t>> Warm(std::string name);
  // Likewise for a request that will probably come, when no process has the model: asks the kernel and returns at once.
  void ReadAhead(const std::string& name);

  // Gives the model back: refuses new leases, waits at most `grace` for running ones (`force`: ends them at once),
  // stops the process. Returns when it is gone; kDeadlineExceeded when leases still run after `grace`: the model is
  // kept. Unloading a cold model succeeds. A load in progress is cancelled; its waiters get kCancelled.
  [[nodiscard]] boost::asio::awaitable<Result<void>> Unload(std::string name, std::chrono::milliseconds grace,
                                                            bool force = false);
  // Every model at once.
  [[nodiscard]] boost::asio::awaitable<Result<void>> UnloadAll(std::chrono::milliseconds grace, bool force = false);

  // From now on by what `changed` says of memory_threshold, auto_unload, keep_alive, stall_timeout,
  // health_interval, enable_gpu and max_gpu_memory_fraction; its other members are not looked at. What runs keeps its
  // place until its next load.
  void Follow(const PoolOptions& changed);

  // What a load of the model would take now, and what it would do; nothing is done.
  [[nodiscard]] boost::asio::awaitable<Result<PlanReport>> PlanLoad(std::string name, LoadStyle style);

  // Installed and known models. A few small files of /proc for each that runs.
  [[nodiscard]] std::vector<ModelStatus> Status() const;
  // The last loads, newest first; at most 50.
  [[nodiscard]] std::vector<LoadRecord> History() const;
  // The GPUs as the last load found them; none before the first.
  [[nodiscard]] const std::vector<Device>& SeenDevices() const;

  // Of the models that were loaded or failed, by name.
  [[nodiscard]] const std::map<std::string, ModelCounts>& Counts() const;
  // As it was last seen; calm while nothing is loaded.
  [[nodiscard]] host::PressureLevel Pressure() const;

  // Of the models that have served, by name.
  [[nodiscard]] const std::map<std::string, ServingTimes>& Times() const;

  // Calls `listener` for each event until the returned token is destroyed.
  using Listener = std::function<void(const PoolEvent&)>;
  [[nodiscard]] std::shared_ptr<void> Subscribe(Listener listener);

 private:
  friend class Lease;
  struct Core;
  [[nodiscard]] boost::asio::awaitable<Result<Lease>> AcquireNamed(std::string name, AcquireOptions options);
  std::shared_ptr<Core> core_;
};

}  // namespace counsel::models
