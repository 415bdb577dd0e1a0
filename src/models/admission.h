// Whether a load may start now, and what has to go for it: the pool's ledger as a pure function of what is held.
//
// Each server holds a claim (the most it may come to need, by its plan and by what was measured) and a charge (what the
// kernel has given it already and cannot take back). A load is admitted when
//
//   claim ≤ headroom − margin − Σ max(0, claim_i − charge_i)        nobody else's promise is spent twice
//   claim + Σ claim_i ≤ share × total                               MEMORY_THRESHOLD
//   claim_d + Σ claim_i,d ≤ capacity_d                              for each device
//
// Mapped weights count as available to the kernel; the claims are there because headroom alone does not show them.
//
// Whom to evict: the set that frees enough and whose loss is least, loss being the seconds to load a model again,
// halved for every five minutes nobody asked for it (the idea of GreedyDual-Size: Cao and Irani, "Cost-aware WWW proxy
// caching algorithms", 1997). Exact for up to 12 candidates, else greedily by loss for a byte.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/plan.h"

namespace counsel::models {

using ServerId = std::uint64_t;

// What the machine has, when the decision is made. Bytes.
struct HostState {
  HostState() = default;
  std::uint64_t total_bytes = 0;     // of the machine, or the smallest control-group limit above us
  std::uint64_t headroom_bytes = 0;  // what could be had without swapping (host/budget.h)
  std::string bound_by = "the machine";
  // Of each device: what Counsel may use of it at all, others' use taken off.
  std::map<std::string, std::uint64_t> device_capacity;
  // What each server holds that the kernel cannot take back.
  std::map<ServerId, std::uint64_t> charges;
};

struct LedgerLimits {
  double share = 0.8;                                     // MEMORY_THRESHOLD
  std::uint64_t margin_bytes = std::uint64_t{256} << 20;  // left free for everybody else
};

// A server that holds memory, or a load that was promised some.
struct Holding {
  Holding() = default;
  ServerId server = 0;
  Footprint claim;
  std::uint64_t charge = 0;
  enum class Hold {
    kFirm,  // pinned, on its way out, or promised to another load: cannot be taken
    kBusy,  // may be taken once its requests have ended
    kIdle,  // may be taken now
  } hold = Hold::kFirm;
  double loss = 0;  // seconds, see above
};

enum class Verdict {
  kFits,
  kFitsWithout,      // once `take` is gone, all of it idle
  kFitsAfterLeases,  // once `take` is gone, some of it busy
  kNever,            // not even without everything that could go
};

struct Admission {
  Admission() = default;
  Verdict verdict = Verdict::kNever;
  std::vector<ServerId> take;
  // For kNever: where it fails, and by how much.
  std::string where;  // "memory", "Vulkan0"
  std::uint64_t needed_bytes = 0;
  std::uint64_t there_bytes = 0;  // the most that could be had
  std::string reason;             // for a user: "needs 4.4 GB of memory; the machine can give it at most 3.0 GB"
};

[[nodiscard]] Admission Admit(const Footprint& claim, const HostState& host, const std::vector<Holding>& held,
                              const LedgerLimits& limits);

// The loss of giving up a model: seconds.
[[nodiscard]] double EvictionLoss(double load_seconds, double idle_seconds);

}  // namespace counsel::models
