// Thousands of random schedules on a virtual machine: whatever callers, models, memory and luck do, the invariants of
// Simulation hold after every step and every request ends. A failing seed prints its schedule; repeat it alone with
//   COUNSEL_SIMULATION_SEED=N build/release/bin/models_test --gtest_filter='SimulationTest.*'
#include "models/scheduler_simulation.h"

#include <cstdlib>
#include <random>

namespace counsel::models {
namespace {

constexpr std::uint64_t kSchedules = 2000;

class Luck {
 public:
  explicit Luck(std::uint64_t seed) : bits_(seed) {}
  std::int64_t Of(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(bits_);
  }
  bool Once(int in) { return Of(1, in) == 1; }

 private:
  std::mt19937_64 bits_;
};

Script RandomScript(Luck& luck) {
  Script script;
  script.claim = static_cast<std::uint64_t>(luck.Of(1, 30)) * kGiB;  // some never fit
  script.load = luck.Of(50, 15'000) * 1ms;
  script.crashes_loading = luck.Once(12);
  script.hangs_loading = luck.Once(20);
  script.bad_file = luck.Once(25);
  if (luck.Once(3)) script.repack_from_tokens = 300;
  if (luck.Once(8)) script.dies_after = luck.Of(0, 60'000) * 1ms;
  if (luck.Once(8)) script.grows_to = script.claim + static_cast<std::uint64_t>(luck.Of(1, 4)) * kGiB;
  if (luck.Once(8)) script.rungs = static_cast<int>(luck.Of(1, 3));
  if (luck.Once(2)) script.slots = static_cast<std::uint32_t>(luck.Of(1, 3));
  script.reads_alone = luck.Once(2);
  return script;
}

Asking RandomAsking(Luck& luck) {
  Asking asking;
  asking.lasts = luck.Of(0, 20'000) * 1ms;
  asking.patience = luck.Of(1, 600'000) * 1ms;
  if (luck.Once(6)) asking.priority = Priority::kBackground;
  asking.insist = luck.Once(10);
  if (luck.Once(2)) asking.prompt_tokens = static_cast<std::uint32_t>(luck.Of(0, 600));
  if (luck.Once(6)) asking.leaves_after = luck.Of(0, 30'000) * 1ms;
  if (luck.Once(2)) asking.slots = static_cast<std::uint32_t>(luck.Of(1, 4));
  if (luck.Once(2)) asking.reads = luck.Of(0, 10'000) * 1ms;
  if (luck.Once(3)) asking.turn = luck.Of(1, 300'000) * 1ms;
  return asking;
}

std::string Name(std::int64_t number) {
  return std::string(1, static_cast<char>('a' + number));
}

void RunSchedule(std::uint64_t seed) {
  Luck luck(seed);
  SchedulerOptions options = Simulation::DefaultOptions();
  options.ledger.share = luck.Once(2) ? 1.0 : 0.8;
  options.auto_unload = !luck.Once(4);
  options.queue_limit = luck.Once(4) ? 5 : 256;
  Simulation sim(options);
  const std::int64_t models = luck.Of(1, 6);
  for (std::int64_t i = 0; i < models; ++i) {
    sim.AddModel(Name(i), RandomScript(luck));
    sim.policy(Name(i)).pinned = luck.Once(8);
    if (luck.Once(4)) sim.policy(Name(i)).keep_alive = luck.Of(0, 30) * 1s;
  }
  const std::int64_t steps = luck.Of(10, 60);
  for (std::int64_t i = 0; i < steps; ++i) {
    const Span when = luck.Of(0, 120'000) * 1ms;
    const std::string name = Name(luck.Of(0, models - 1));
    const std::int64_t what = luck.Of(1, 20);
    if (what <= 15) {
      sim.At(when, [&sim, name, asking = RandomAsking(luck)] { sim.Ask(name, asking); });
    } else if (what == 16) {
      sim.At(when, [&sim, name, grace = luck.Of(0, 30) * 1s, force = luck.Once(2)] { sim.Unload(name, grace, force); });
    } else if (what <= 18) {
      sim.At(when, [&sim, level = luck.Of(0, 2)] { sim.SetPressure(static_cast<host::PressureLevel>(level)); });
    } else {
      sim.At(when, [&sim, bytes = static_cast<std::uint64_t>(luck.Of(0, 20)) * kGiB] { sim.SetOthers(bytes); });
    }
  }
  sim.Run();
}

TEST(SimulationTest, EveryScheduleKeepsTheInvariantsAndEndsEveryRequest) {
  const char* one = std::getenv("COUNSEL_SIMULATION_SEED");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  const std::uint64_t last = one != nullptr ? first : kSchedules;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    RunSchedule(seed);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

// Where nothing fails and everything fits alone, nobody with ten minutes of patience is turned away.
TEST(SimulationTest, NoModelStarves) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Luck luck(seed);
    Simulation sim;
    const std::int64_t models = luck.Of(2, 5);
    for (std::int64_t i = 0; i < models; ++i) {
      sim.AddModel(Name(i), static_cast<std::uint64_t>(luck.Of(4, 24)) * kGiB, luck.Of(100, 5'000) * 1ms);
    }
    for (std::int64_t i = 0; i < 150; ++i) {
      Asking asking;
      asking.lasts = luck.Of(0, 3'000) * 1ms;
      sim.At(luck.Of(0, 60'000) * 1ms, [&sim, name = Name(luck.Of(0, models - 1)), asking] { sim.Ask(name, asking); });
    }
    sim.Run();
    for (const Outcome& outcome : sim.outcomes()) {
      ASSERT_EQ(outcome.what, Outcome::kGranted) << "seed " << seed << ": " << outcome.model << "\n" << sim.schedule();
    }
  }
}

// However many slots it takes, and whoever else asks: it waits for those who came before it, and for no others.
TEST(SimulationTest, TheLineForSlotsIsFair) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Luck luck(seed);
    Simulation sim;
    Script script;
    script.slots = static_cast<std::uint32_t>(luck.Of(1, 4));
    script.load = luck.Of(100, 5'000) * 1ms;
    script.reads_alone = luck.Once(2);
    sim.AddModel("a", script);
    for (std::int64_t i = 0; i < 100; ++i) {
      Asking asking;
      asking.lasts = luck.Of(0, 3'000) * 1ms;
      asking.patience = 20s;  // for the load, not for the line
      if (luck.Once(2)) asking.reads = luck.Of(0, 3'000) * 1ms;
      asking.slots = static_cast<std::uint32_t>(luck.Of(0, script.slots));
      if (luck.Once(6)) asking.leaves_after = luck.Of(0, 30'000) * 1ms;
      sim.At(luck.Of(0, 20'000) * 1ms, [&sim, asking] { sim.Ask("a", asking); });
    }
    sim.Run();
    for (const Outcome& outcome : sim.outcomes()) {
      ASSERT_NE(outcome.what, Outcome::kRefused) << "seed " << seed << "\n" << sim.schedule();
    }
  }
}

}  // namespace
}  // namespace counsel::models
