// The pool's decisions, without processes, clocks, files or waiting: what happened goes in with the time it happened,
// what is to be done comes out as actions. ModelPool carries the actions out on real processes; the simulation
// (scheduler_simulation_test.cc) does so on a virtual machine, for thousands of schedules.
//
//   in:   Request, Leave, EndLease, Unload          what callers want
//         Planned, Progress, Ready, Ended           what became of an action
//         Pressure, Tick                            the machine, and time passing
//   out:  TakeActions()
//
// One Server is one attempt to have a process for a model, from the wish to the end of the process:
//
//   planning ──Planned──▶ waiting ──room──▶ starting ──Ready──▶ serving ──▶ stopping ──Ended──▶ gone
//       └── bad file ──▶ gone ◀── never fits ──┘       └── Ended: failed ──▶ gone ◀── Ended: died ──┘
//
//   planning  how many bytes will it take? Nothing is reserved.
//   waiting   for memory: servers before it in the line are promised theirs first; idle ones are being given up for it,
//             or, after its patience, busy ones asked to finish.
//   starting  its claim is reserved, its process loads.
//   serving   requests get leases at once; `closing` set: no new ones, the process is stopped after the last.
//   stopping  the process was told to end; its claim stays reserved until it has.
//
// A user sees the model's state: no server is cold (or failed, with a reason); planning, waiting and starting are
// loading; serving is ready; closing and stopping are draining.
//
// Hand-over: a serving model that was loaded the quick way and has read many tokens of prompt gets a successor, loaded
// the repacked way beside it into memory that is free (scheduler_hand_over.cc). Once ready, it takes the new requests;
// the first one closes and serves those it has.
//
// The order of the line is priority, then the oldest request's arrival. A later load may pass an earlier one only
// beside what the earlier one was promised.
//
// Slots (scheduler_slots.cc): a server writes so many texts at a time. A request that makes it write takes slots, and
// each has a context of its own, as long as one request may use. What finds none free waits in the model's line.
//
// Threads: one. Nothing here blocks.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "host/pressure.h"
#include "models/admission.h"
#include "models/load_pace.h"
#include "models/load_style.h"
#include "models/model_state.h"

namespace counsel::models {

using RequestId = std::uint64_t;
using Time = std::chrono::steady_clock::time_point;
using Span = std::chrono::steady_clock::duration;

// ---- what is to be done ----

// Answer with Planned.
struct MakePlan {
  ServerId server = 0;
  std::string model;
  std::uint32_t prompt_tokens = kUnknownPrompt;  // the longest of those who wait
  bool only_quick = false;                       // there is no memory for a repacked one
  int rung = 0;
};
// Answer with Ready or Ended.
struct StartServer {
  ServerId server = 0;
  std::string model;
  Plan plan;
};
// Answer with Ended. `at_once`: kill it.
struct StopServer {
  ServerId server = 0;
  bool at_once = false;
};
// What a lease holds of its server.
struct Held {
  std::uint32_t slots = 0;
  bool reading = false;  // it will tell when its prompt has been read
};
// The lease begins; answer with EndLease when it ends.
struct GrantLease {
  RequestId request = 0;
  ServerId server = 0;
  Held held;
};
// Its place in the line for a slot is another than was told last.
struct TellPlace {
  RequestId request = 0;
  std::size_t before = 0;  // requests before it: in the line, and running
};
struct RefuseRequest {
  RequestId request = 0;
  Error error;
};
using Action = std::variant<MakePlan, StartServer, StopServer, GrantLease, TellPlace, RefuseRequest, PoolEvent>;

// ---- what the decisions go by ----

struct SchedulerOptions {
  SchedulerOptions() = default;
  LedgerLimits ledger;
  bool auto_unload = true;  // AUTO_UNLOAD: idle expiry and giving up under pressure
  // Requests of one model that may wait or run at a time; one more is refused.
  std::uint32_t queue_limit = 256;
  // How long a load waits before busy models are asked to finish for it; a model that has just become ready may serve
  // at least as long, and as long as its load took.
  Span patience = std::chrono::seconds(2);
  // How long a load goes on that nobody waits for any more, unless its memory is wanted.
  Span unwanted_grace = std::chrono::seconds(30);
  // After the second failure in a row, doubled with each further one; from `circuit_after` failures on, requests are
  // refused until then.
  Span first_back_off = std::chrono::seconds(1);
  Span longest_back_off = std::chrono::minutes(2);
  unsigned circuit_after = 4;
  // A model that served as long without dying has no failures behind it.
  Span recovered_after = std::chrono::minutes(1);
  // Between two models given up under rising pressure.
  Span pressure_step = std::chrono::milliseconds(500);
};

// What a model is to the scheduler; given with each request and may change between two.
struct ModelPolicy {
  ModelPolicy() = default;
  std::string name;
  bool pinned = false;
  std::optional<Span> keep_alive = std::chrono::minutes(5);  // after its last lease; nothing: for ever
  std::string identity;                                      // of its files: another one clears past failures
  std::uint64_t file_bytes = 0;                              // of its files; 0: not known
};

enum class Priority {
  kUser,
  kBackground,  // preloading: takes only what is free, and gives it back first
};

struct RequestOptions {
  RequestOptions() = default;
  Priority priority = Priority::kUser;
  std::uint32_t prompt_tokens = kUnknownPrompt;   // about; decides how the model is loaded
  std::optional<std::optional<Span>> keep_alive;  // instead of the model's own, until the next request
  bool insist = false;                            // a person asks to try now: past failures do not count
  Held held;  // what its lease will hold; no slots: it makes the server write nothing
  // How long it waits for slots. Its deadline is for the load.
  Span turn = std::chrono::hours(1);
  std::optional<Time> arrived;  // before now: it keeps the place in the line that it had, or was waited for elsewhere
};

// Why a process ended.
struct ServerEnded {
  ServerEnded() = default;
  std::optional<Error> error;  // nothing: we stopped it
  bool next_rung = false;      // the ladder has another rung, and it is worth trying
  std::string why_less;        // why, in words that go before ": loading with …"
};

enum class ServerPhase { kPlanning, kWaiting, kStarting, kServing, kStopping };

struct ServerView {
  ServerView() = default;
  ServerId id = 0;
  ServerPhase phase = ServerPhase::kPlanning;
  bool closing = false;
  std::uint32_t leases = 0;
  std::uint32_t slots_taken = 0;
  double progress = 0;
  LoadPace pace;  // of its load
  Plan plan;
  Footprint claim;              // the plan's, or what it grew to
  Time since;                   // in this phase
  std::optional<Time> expires;  // when it will be given up for idleness
};

// What there is to know of a model; for status, and for tests.
struct ModelView {
  ModelView() = default;
  ModelState state = ModelState::kCold;
  std::string reason;
  std::size_t waiting = 0;
  std::optional<ServerView> server;
  bool beside = false;      // a second process: a successor that loads, or what serves its last requests after one
  double load_seconds = 0;  // of the last load that ended well
  unsigned failures = 0;    // in a row
  std::optional<Time> retry_at;
};

class Scheduler {
 public:
  // `host` is asked whenever a load could start: cheap, and true at that moment.
  Scheduler(SchedulerOptions options, std::function<HostState()> host);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Ends in exactly one GrantLease or RefuseRequest, unless it leaves before.
  [[nodiscard]] RequestId Request(const ModelPolicy& model, const RequestOptions& options, Time deadline, Time now);
  // A waiting request is not wanted any more. Unknown ids are ignored.
  void Leave(RequestId request, Time now);
  void EndLease(ServerId server, Held held, Time now);
  // Of a lease that held `reading`: it does not any more.
  void HasRead(ServerId server, Time now);

  // Gives a model up: a load is cancelled (its waiters get kCancelled), a serving one closes and waits for its leases
  // until `deadline`, then stays as it was; `force` does not wait. A failed one becomes cold, its failures forgotten.
  void Unload(const std::string& model, Time deadline, bool force, Time now);

  // Another policy for a model that was asked for before; others come with their next request.
  void SetPolicy(const ModelPolicy& model);
  // MEMORY_THRESHOLD and AUTO_UNLOAD from now on. What runs is not stopped for a smaller share.
  void SetLimits(double share, bool auto_unload, Time now);

  void Planned(ServerId server, Result<Plan> plan, Time now);
  void Progress(ServerId server, double progress, Time now);
  void Ready(ServerId server, Time now);
  // The process is gone and its memory is back. Also for a StartServer that could not be carried out.
  void Ended(ServerId server, ServerEnded end, Time now);
  // What it was measured to need, when that is more than its claim.
  void Grew(ServerId server, const Footprint& measured, Time now);

  // Memory is getting short: idle models go, one a step.
  void Pressure(host::PressureLevel level, Time now);
  void Tick(Time now);
  // When to call Tick at the latest; Time::max() when nothing waits for time. Always after `now`.
  [[nodiscard]] Time NextTick(Time now) const;

  [[nodiscard]] std::vector<Action> TakeActions();

  [[nodiscard]] ModelView View(const std::string& model) const;
  // No process runs or will.
  [[nodiscard]] bool Idle() const;
  // What a load of the model with this claim would meet now.
  [[nodiscard]] Admission Foresee(const std::string& model, const Footprint& claim, Time now) const;
  // The claims of all servers that hold memory or start.
  [[nodiscard]] std::vector<Holding> Ledger(Time now) const;

 private:
  struct Waiter {
    RequestId id = 0;
    Time arrived;
    Time deadline;
    RequestOptions options;
    bool for_successor = false;  // it waits for the server that is to take over
    bool in_line = false;        // it has waited for slots
    std::optional<std::size_t> told_before;
  };
  struct Model;
  struct Server {
    ServerId id = 0;
    Model* model = nullptr;
    ServerPhase phase = ServerPhase::kPlanning;
    Time since;  // in this phase
    int rung = 0;
    Plan plan;
    Footprint claim;  // the plan's, or what it grew to
    bool background = false;
    std::string why;  // of its phase, for a user; "" when there is nothing to say
    double progress = 0;
    LoadPace pace;
    bool making_room = false;  // waiting: room is being made for it, and promised to it
    std::uint32_t leases = 0;
    std::uint32_t slots_taken = 0;
    std::uint32_t writing = 0;  // leases that hold slots
    std::uint32_t reading = 0;  // of these, those whose prompts are being read
    bool served = false;
    Time idle_since;
    std::optional<std::optional<Span>> keep_alive;
    std::uint64_t read_tokens = 0;  // of the prompts it was given, as far as their lengths were known
    bool handed_over = false;       // a successor was tried
    // Serving: no new leases. For which load, or 0 when a person asked; that wish may lapse, the load's too.
    bool closing = false;
    ServerId closing_for = 0;
    Time closing_until;
  };
  struct Model {
    ModelPolicy policy;
    std::deque<Waiter> waiters;  // by priority, then in order of arrival
    std::unique_ptr<Server> server;
    // During a hand-over: the successor until it is ready, then the one it took over from until that has ended.
    std::unique_ptr<Server> beside;
    std::optional<Error> failure;  // of the last load or process; "failed" as long as it is there
    unsigned failures = 0;         // in a row
    Time retry_at;
    int rung = 0;             // where the ladder left off
    std::string why_less;     // why it was left
    bool only_quick = false;  // a repacked one did not fit
    double load_seconds = 0;
    ModelChange told;
  };

  Model& ModelOf(const ModelPolicy& policy);
  Server* Find(ServerId id);
  [[nodiscard]] std::vector<Server*> Servers() const;
  [[nodiscard]] static ModelState StateOf(const Model& model);
  [[nodiscard]] static std::string ReasonOf(const Model& model);

  // Everything that follows from what has just happened.
  void Advance(Time now);
  void RefuseLate(Model& model, Time now);
  void StartWanted(Model& model, Time now);
  void DropUnwanted(Model& model, Time now);
  void CloseDue(Server& server, Time now);
  void GrantOpen(Model& model, Time now);
  static void PutInLine(Model& model, Waiter waiter);
  [[nodiscard]] static Time DeadlineOf(const Waiter& waiter);
  void TellPlaces(Model& model);
  void ExpireIdle(Model& model, Time now);
  void AdmitLine(Time now);
  bool AdmitOne(Server& server, const std::vector<const Server*>& promised, const HostState& host, Time now);
  void MakeRoom(Server& server, const std::vector<ServerId>& take, Time now);
  [[nodiscard]] Time ResidentUntil(const Server& server) const;
  void RelieveStep(Time now);
  void TellChanges(Time now);

  void HandOver(Model& model, Time now);
  void BeginHandOver(Model& model, Time now);
  void TakeOver(Model& model, Time now);
  // The server that is loaded to take over, if there is one.
  [[nodiscard]] static Server* Successor(const Model& model);
  [[nodiscard]] static bool IsBeside(const Server& server) { return server.model->beside.get() == &server; }
  [[nodiscard]] static bool IsOpen(const Model& model);

  void StartPlanning(Server& server, int rung, Time now);
  [[nodiscard]] static bool WorthRepacking(const Server& server, const RequestOptions& options);
  void Start(Server& server, Time now);
  void Stop(Server& server, bool at_once, std::string why, Time now);
  // Stops what nobody asked to stop, and tells why. `for_model`: "" unless another's load gets the memory.
  void Evict(Server& server, Eviction::Cause cause, const std::string& for_model, std::string why, Time now);
  void Grant(Model& model, const Waiter& waiter, Time now);
  void Refuse(const Waiter& waiter, Error error);
  void RefuseAll(Model& model, const Error& error);
  void Fail(Model& model, Error error, bool counts, Time now);
  static void Drop(Server& server);

  [[nodiscard]] Holding HoldingOf(const Server& server, const HostState& host, Time now) const;
  [[nodiscard]] bool Resident(const Server& server, Time now) const { return now < ResidentUntil(server); }
  [[nodiscard]] std::optional<Time> Expiry(const Server& server) const;
  [[nodiscard]] static Time Oldest(const Server& server);

  SchedulerOptions options_;
  const std::function<HostState()> host_;
  std::map<std::string, std::unique_ptr<Model>> models_;
  std::vector<Action> actions_;
  std::uint64_t next_id_ = 1;
  host::PressureLevel pressure_ = host::PressureLevel::kCalm;
  Time next_relief_;
};

}  // namespace counsel::models
