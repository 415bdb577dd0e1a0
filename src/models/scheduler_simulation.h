// A virtual machine for the scheduler: its clock, its memory, and servers that load, crash, hang and grow as a test
// says. Everything is decided by the test and its seed, so that a run can be repeated exactly. A case takes a few
// lines:
//
//   Simulation sim;
//   sim.AddModel("a", 4 * kGiB, 3s);                     // claim, load time
//   sim.At(0s, [&] { sim.Ask("a", {.lasts = 2s}); });    // a request whose lease lasts 2 s
//   sim.Run();
//   EXPECT_EQ(sim.outcome(0).what, Outcome::kGranted);
//
// After every step the invariants are checked (Check); a broken one fails the test and prints the schedule.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/scheduler_simulation_script.h"

namespace counsel::models {

class Simulation {
 public:
  explicit Simulation(SchedulerOptions options = DefaultOptions(), std::uint64_t total = 24 * kGiB)
      : total_(total), limits_(options.ledger), scheduler_(options, [this] { return Host(); }) {}

  static SchedulerOptions DefaultOptions() {
    SchedulerOptions options;
    options.ledger.share = 1;
    options.ledger.margin_bytes = 0;
    return options;
  }

  void AddModel(const std::string& name, std::uint64_t claim, Span load) {
    Script script;
    script.claim = claim;
    script.load = load;
    AddModel(name, script);
  }
  void AddModel(const std::string& name, Script script) {
    scripts_[name] = std::move(script);
    policies_[name].name = name;
  }
  Script& script(const std::string& name) { return scripts_.at(name); }
  ModelPolicy& policy(const std::string& name) { return policies_.at(name); }
  Scheduler& scheduler() { return scheduler_; }
  [[nodiscard]] Time now() const { return now_; }

  void At(Span when, std::function<void()> what) { events_.emplace(Time() + when, std::move(what)); }
  void After(Span delay, std::function<void()> what) { events_.emplace(now_ + delay, std::move(what)); }

  // The number of the request, for outcome().
  std::size_t Ask(const std::string& name, Asking asking = {}) {
    Log("ask " + name + (asking.priority == Priority::kBackground ? " (background)" : ""));
    Outcome outcome;
    outcome.model = name;
    outcome.asked = now_;
    outcome.deadline = now_ + (asking.slots > 0 ? std::max(asking.patience, asking.turn) : asking.patience);
    outcome.asking = asking;
    outcomes_.push_back(outcome);
    const std::size_t number = outcomes_.size() - 1;
    RequestOptions options;
    options.priority = asking.priority;
    options.insist = asking.insist;
    options.prompt_tokens = asking.prompt_tokens;
    options.held.slots = asking.slots;
    options.held.reading = asking.slots > 0 && asking.reads;
    options.turn = asking.turn;
    options.arrived = outcomes_.back().arrived = now_ - asking.arrived_before;
    const RequestId id = scheduler_.Request(policies_.at(name), options, now_ + asking.patience, now_);
    requests_[id] = {number, asking.lasts};
    if (asking.leaves_after) {
      After(*asking.leaves_after, [this, id, number] {
        if (outcomes_[number].what != Outcome::kWaiting) return;
        Log("leave");
        outcomes_[number].what = Outcome::kLeft;
        scheduler_.Leave(id, now_);
      });
    }
    return number;
  }
  void Unload(const std::string& name, Span grace, bool force) {
    Log("unload " + name + (force ? " by force" : ""));
    user_unloads_.insert(name);
    if (force) forced_.insert(name);
    scheduler_.Unload(name, now_ + grace, force, now_);
  }
  void SetPressure(host::PressureLevel level) {
    Log("pressure: " + std::to_string(static_cast<int>(level)));
    scheduler_.Pressure(level, now_);
  }
  // What others use of the memory.
  void SetOthers(std::uint64_t bytes) {
    Log("others use " + std::to_string(bytes / kGiB) + " GiB");
    others_ = bytes;
  }

  // Until nothing is left to happen but idle models expiring; at most `longest` of virtual time.
  void Run(Span longest = 24h) {
    const Time until = now_ + longest;
    Carry();
    for (int steps = 0;; ++steps) {
      if (steps > 2'000'000) return Broken("the simulation does not come to an end");
      const Time tick = scheduler_.NextTick(now_);
      if (tick <= now_) return Broken("NextTick is not after now");
      const Time next = events_.empty() ? tick : std::min(tick, events_.begin()->first);
      if (next == Time::max() || next > until) break;
      now_ = next;
      if (!events_.empty() && events_.begin()->first == now_) {
        const std::function<void()> what = std::move(events_.begin()->second);
        events_.erase(events_.begin());
        what();
      } else {
        scheduler_.Tick(now_);
      }
      Carry();
      if (::testing::Test::HasFailure()) return;
    }
    if (longest < 24h) now_ = until;
    for (const Outcome& outcome : outcomes_) {
      if (outcome.what == Outcome::kWaiting && longest >= 24h)
        return Broken("a request for " + outcome.model + " never ended");
    }
  }

  [[nodiscard]] const Outcome& outcome(std::size_t number) const { return outcomes_.at(number); }
  [[nodiscard]] const std::vector<Outcome>& outcomes() const { return outcomes_; }
  [[nodiscard]] int loads(const std::string& name) const {
    const auto found = loads_.find(name);
    return found == loads_.end() ? 0 : found->second;
  }
  [[nodiscard]] bool Runs(const std::string& name) const {
    for (const auto& [id, server] : running_) {
      if (server.model == name) return true;
    }
    return false;
  }
  [[nodiscard]] const std::vector<PoolEvent>& events() const { return told_; }
  [[nodiscard]] std::string schedule() const { return log_.str(); }

 private:
  [[nodiscard]] int Count(const std::string& name) const {
    int count = 0;
    for (const auto& [id, server] : running_) count += server.model == name ? 1 : 0;
    return count;
  }
  [[nodiscard]] bool Serves(const std::string& name) const {
    for (const auto& [id, server] : running_) {
      if (server.model == name && server.ready) return true;
    }
    return false;
  }

  HostState Host() {
    HostState host;
    host.total_bytes = total_;
    std::uint64_t used = others_;
    for (const auto& [id, server] : running_) {
      host.charges[id] = server.charge;
      used += server.charge;
    }
    host.headroom_bytes = total_ > used ? total_ - used : 0;
    return host;
  }

  void Log(const std::string& what) {
    log_ << "  " << std::chrono::duration<double>(now_ - Time()).count() << " s: " << what << "\n";
  }
  void Broken(const std::string& what) { ADD_FAILURE() << what << "\nSchedule:\n" << log_.str(); }

  void Carry() {
    for (int rounds = 0;; ++rounds) {
      if (rounds > 1000) return Broken("actions without end");
      const std::vector<Action> actions = scheduler_.TakeActions();
      if (actions.empty()) break;
      for (const Action& action : actions) std::visit([this](const auto& what) { Do(what); }, action);
    }
    Check();
  }

  void Do(const MakePlan& action) {
    Plan plan;
    const Script& script = scripts_.at(action.model);
    plan.claim.host_bytes = script.claim;  // a repacked server takes half as much again as a quick one
    plan.repack_from_tokens = script.repack_from_tokens;
    const bool quick = action.only_quick || action.prompt_tokens < script.repack_from_tokens;
    plan.style = script.repack_from_tokens > 0 && quick ? LoadStyle::kQuick : LoadStyle::kRepacked;
    if (script.repack_from_tokens > 0 && !quick) plan.claim.host_bytes += script.claim / 2;
    plan.rung = action.rung;
    if (action.rung > 0) plan.what = "rung " + std::to_string(action.rung);
    plan.load_seconds = script.expected_seconds;
    plan.slots = script.slots;
    plan.reads_alone = script.reads_alone;
    const bool bad = script.bad_file;
    After(10ms, [this, id = action.server, plan, bad] {
      if (bad) return scheduler_.Planned(id, Fail(ErrorCode::kCorrupt, "The file is damaged."), now_);
      scheduler_.Planned(id, plan, now_);
    });
  }

  void Do(const StartServer& action) {
    Log("start " + action.model);
    // Beside another only to take over from one that serves.
    const bool takes_over = Count(action.model) == 1 && Serves(action.model);
    if (Runs(action.model) && !takes_over) Broken("too many processes for " + action.model);
    ++loads_[action.model];
    user_unloads_.erase(action.model);
    Running server;
    server.model = action.model;
    server.plan = action.plan;
    running_[action.server] = server;
    const ServerId id = action.server;
    const Script script = scripts_.at(action.model);
    if (script.hangs_loading) {
      After(5min, [this, id] { End(id, Error(ErrorCode::kDeadlineExceeded, "It took too long."), false); });
    } else if (script.crashes_loading || action.plan.rung < script.rungs) {
      const bool rung = !script.crashes_loading;
      After(script.load / 2, [this, id, rung] { End(id, Error(ErrorCode::kUnavailable, "It crashed."), rung); });
    } else {
      After(script.load / 2, [this, id, script] {
        if (!running_.count(id)) return;
        running_[id].charge = script.claim / 2;
        scheduler_.Progress(id, 0.5, now_);
      });
      After(script.load, [this, id, script] { BecomeReady(id, script); });
    }
  }

  void BecomeReady(ServerId id, const Script& script) {
    const auto found = running_.find(id);
    if (found == running_.end() || found->second.stopping) return;
    Log("ready " + found->second.model);
    found->second.ready = true;
    found->second.charge = std::max(script.claim, script.grows_to);
    scheduler_.Ready(id, now_);
    if (script.grows_to > script.claim) {
      Footprint measured;
      measured.host_bytes = script.grows_to;
      scheduler_.Grew(id, measured, now_);
    }
    if (script.dies_after) {
      After(*script.dies_after,
            [this, id] { End(id, Error(ErrorCode::kUnavailable, "It crashed while it served."), false); });
    }
  }

  void End(ServerId id, std::optional<Error> error, bool next_rung) {
    const auto found = running_.find(id);
    if (found == running_.end()) return;
    Log("ended " + found->second.model + (error ? ": " + error->message : ""));
    if (found->second.stopping) error.reset();
    ServerEnded end;
    end.error = std::move(error);
    end.next_rung = next_rung && end.error;
    running_.erase(found);
    scheduler_.Ended(id, std::move(end), now_);
  }

  void Do(const StopServer& action) {
    const auto found = running_.find(action.server);
    if (found == running_.end()) return Broken("a stop for a server that does not run");
    Running& server = found->second;
    Log("stop " + server.model);
    const bool by_user = user_unloads_.count(server.model) > 0;
    if (server.leases > 0 && forced_.count(server.model) == 0) Broken(server.model + " was stopped under a lease");
    // In a hand-over one of two goes.
    if (policies_.at(server.model).pinned && !by_user && Count(server.model) < 2)
      Broken(server.model + " is pinned and was stopped");
    server.stopping = true;
    After(100ms, [this, id = action.server] { End(id, std::nullopt, false); });
  }

  void Do(const GrantLease& action) {
    Outcome& outcome = EndRequest(action.request, Outcome::kGranted);
    const auto found = running_.find(action.server);
    if (found == running_.end() || !found->second.ready || found->second.stopping) {
      return Broken("a lease on a server of " + outcome.model + " that does not serve");
    }
    ++found->second.leases;
    Running& server = found->second;
    server.slots += action.held.slots;
    const std::uint32_t most = server.plan.slots;
    if (action.held.slots != outcome.asking.slots || (most > 0 && server.slots > most))
      Broken("more slots than there are");
    if (action.held.slots > 0 && most > 0 && server.plan.reads_alone && server.reading > 0)
      Broken("a prompt is read beside another");
    CheckOrder(outcome);
    Log("lease on " + outcome.model);
    const auto held = std::make_shared<Held>(action.held);
    if (held->reading) {
      ++server.reading;
      After(std::min(*outcome.asking.reads, pending_.lasts), [this, held, id = action.server] {
        if (!std::exchange(held->reading, false)) return;
        if (const auto reads = running_.find(id); reads != running_.end()) --reads->second.reading;
        scheduler_.HasRead(id, now_);
      });
    }
    After(pending_.lasts, [this, held, id = action.server, name = outcome.model] {
      Log("lease on " + name + " ends");
      if (const auto leased = running_.find(id); leased != running_.end()) {
        --leased->second.leases;
        leased->second.slots -= held->slots;
        if (held->reading) --leased->second.reading;
      }
      scheduler_.EndLease(id, std::exchange(*held, Held()), now_);
    });
  }

  // Nobody of its priority who came before it still waits for slots of the same server.
  void CheckOrder(const Outcome& granted) {
    if (granted.asking.slots == 0 || scripts_.at(granted.model).repack_from_tokens > 0) return;
    for (const auto& [id, pending] : requests_) {
      const Outcome& other = outcomes_[pending.number];
      if (other.what == Outcome::kWaiting && other.model == granted.model && other.asking.slots > 0 &&
          other.asking.slots <= scripts_.at(granted.model).slots && other.arrived < granted.arrived &&
          other.asking.priority == granted.asking.priority)
        Broken("a request for " + granted.model + " was passed in the line");
    }
  }

  void Do(const TellPlace& action) {
    const auto found = requests_.find(action.request);
    if (found != requests_.end()) outcomes_[found->second.number].places.push_back(action.before);
  }

  void Do(const RefuseRequest& action) {
    Outcome& outcome = EndRequest(action.request, Outcome::kRefused);
    Log("refused " + outcome.model + ": " + action.error.message);
    outcome.error = action.error;
  }

  void Do(const PoolEvent& event) { told_.push_back(event); }

  Outcome& EndRequest(RequestId id, Outcome::What what) {
    static Outcome nobody;
    const auto found = requests_.find(id);
    if (found == requests_.end() || outcomes_.at(found->second.number).what != Outcome::kWaiting) {
      Broken("a request ended twice, or after it had left");
      return nobody;
    }
    pending_ = found->second;
    requests_.erase(found);
    Outcome& outcome = outcomes_.at(pending_.number);
    outcome.what = what;
    outcome.ended = now_;
    if (now_ > outcome.deadline) Broken("a request for " + outcome.model + " ended after its deadline");
    return outcome;
  }

  void Check() {
    std::uint64_t planned = 0;
    for (const auto& [id, server] : running_) planned += server.plan.claim.host_bytes;
    if (planned > static_cast<std::uint64_t>(limits_.share * static_cast<double>(total_)))
      Broken("over budget by plan");
    for (const auto& [name, policy] : policies_) {
      const ModelView view = scheduler_.View(name);
      const bool wants_reason =
          view.state == ModelState::kFailed || (view.server && view.server->phase == ServerPhase::kWaiting);
      if (wants_reason && view.reason.empty()) Broken(name + " is in a state that needs a reason");
      const bool wants_none = (view.state == ModelState::kReady && !view.beside) || view.state == ModelState::kCold;
      if (wants_none && !view.reason.empty()) Broken(name + " is ready or cold and has the reason: " + view.reason);
      if (view.state == ModelState::kReady && view.waiting > 0 && !view.beside && view.server->slots_taken == 0)
        Broken(name + " is ready and somebody waits");
      if (view.state == ModelState::kCold && view.waiting > 0) Broken(name + " is cold and somebody waits");
    }
  }

  const std::uint64_t total_;
  const LedgerLimits limits_;
  std::uint64_t others_ = 0;
  Time now_;
  std::map<std::string, Script> scripts_;
  std::map<std::string, ModelPolicy> policies_;
  std::multimap<Time, std::function<void()>> events_;
  std::map<ServerId, Running> running_;
  std::map<RequestId, Pending> requests_;
  Pending pending_;
  std::vector<Outcome> outcomes_;
  std::map<std::string, int> loads_;
  std::set<std::string> user_unloads_;
  std::set<std::string> forced_;
  std::vector<PoolEvent> told_;
  std::ostringstream log_;
  Scheduler scheduler_;
};

}  // namespace counsel::models
