#include "models/admission.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/format.h"

namespace counsel::models {
namespace {

using Hold = Holding::Hold;

constexpr double kHalfLifeSeconds = 300;
// A model whose load was never timed, and one that loads in no time, are still worth something.
constexpr double kLeastLoadSeconds = 0.05;
constexpr std::size_t kExactCandidates = 12;

std::uint64_t Minus(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

std::uint64_t OnDevice(const Footprint& footprint, const std::string& device) {
  const auto found = footprint.device_bytes.find(device);
  return found == footprint.device_bytes.end() ? 0 : found->second;
}

// What is still missing before the claim fits, per resource; and what a holding gives back of each.
struct Shortage {
  std::uint64_t headroom = 0;
  std::uint64_t share = 0;
  std::map<std::string, std::uint64_t> devices;

  [[nodiscard]] bool none() const {
    return headroom == 0 && share == 0 &&
           std::all_of(devices.begin(), devices.end(), [](const auto& device) { return device.second == 0; });
  }
  void Take(const Holding& holding) {
    headroom = Minus(headroom, std::max(holding.claim.host_bytes, holding.charge));
    share = Minus(share, holding.claim.host_bytes);
    for (auto& [device, missing] : devices) missing = Minus(missing, OnDevice(holding.claim, device));
  }
};

std::uint64_t ShareOf(const HostState& host, const LedgerLimits& limits) {
  return static_cast<std::uint64_t>(limits.share * static_cast<double>(host.total_bytes));
}

Shortage Missing(const Footprint& claim, const HostState& host, const std::vector<Holding>& held,
                 const LedgerLimits& limits) {
  Shortage missing;
  std::uint64_t promised = limits.margin_bytes;
  std::uint64_t claims = claim.host_bytes;
  for (const Holding& holding : held) {
    promised += Minus(holding.claim.host_bytes, holding.charge);
    claims += holding.claim.host_bytes;
  }
  // A model without bytes of its own (a remote one) needs no room.
  if (claim.host_bytes > 0) {
    missing.headroom = Minus(claim.host_bytes + promised, host.headroom_bytes);
    missing.share = Minus(claims, ShareOf(host, limits));
  }
  for (const auto& [device, bytes] : claim.device_bytes) {
    std::uint64_t used = bytes;
    for (const Holding& holding : held) used += OnDevice(holding.claim, device);
    const auto capacity = host.device_capacity.find(device);
    missing.devices[device] = Minus(used, capacity == host.device_capacity.end() ? 0 : capacity->second);
  }
  return missing;
}

// The cheapest set of `candidates` that makes up for `missing`; nothing when not even all of them do.
std::optional<std::vector<const Holding*>> Cheapest(Shortage missing, std::vector<const Holding*> candidates) {
  Shortage after_all = missing;
  for (const Holding* candidate : candidates) after_all.Take(*candidate);
  if (!after_all.none()) return std::nullopt;
  std::vector<const Holding*> best;
  if (candidates.size() <= kExactCandidates) {
    double least = std::numeric_limits<double>::infinity();
    for (std::uint32_t set = 0; set < (1U << candidates.size()); ++set) {
      Shortage rest = missing;
      double loss = 0;
      std::vector<const Holding*> chosen;
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        if ((set >> i & 1U) == 0) continue;
        rest.Take(*candidates[i]);
        loss += candidates[i]->loss;
        chosen.push_back(candidates[i]);
      }
      if (rest.none() && loss < least) {
        least = loss;
        best = std::move(chosen);
      }
    }
    return best;
  }
  std::sort(candidates.begin(), candidates.end(), [](const Holding* a, const Holding* b) {
    const auto for_a_byte = [](const Holding* holding) {
      return holding->loss / static_cast<double>(std::max<std::uint64_t>(1, holding->claim.host_bytes));
    };
    return for_a_byte(a) < for_a_byte(b);
  });
  for (const Holding* candidate : candidates) {
    if (missing.none()) break;
    missing.Take(*candidate);
    best.push_back(candidate);
  }
  return best;
}

std::vector<const Holding*> Takeable(const std::vector<Holding>& held, bool busy_too) {
  std::vector<const Holding*> candidates;
  for (const Holding& holding : held) {
    if (holding.hold == Hold::kIdle || (busy_too && holding.hold == Hold::kBusy)) candidates.push_back(&holding);
  }
  return candidates;
}

std::vector<ServerId> Ids(const std::vector<const Holding*>& holdings) {
  std::vector<ServerId> ids;
  for (const Holding* holding : holdings) ids.push_back(holding->server);
  return ids;
}

// Says where the claim fails even when everything that could go has gone.
void Explain(const Footprint& claim, const Shortage& rest, const std::string& bound_by, Admission* admission) {
  std::string giver = bound_by;
  admission->where = "memory";
  admission->needed_bytes = claim.host_bytes;
  admission->there_bytes = Minus(claim.host_bytes, std::max(rest.headroom, rest.share));
  for (const auto& [device, missing] : rest.devices) {
    if (missing == 0) continue;
    giver = admission->where = device;
    admission->needed_bytes = OnDevice(claim, device);
    admission->there_bytes = Minus(admission->needed_bytes, missing);
    break;
  }
  admission->reason = "needs " + FormatBytes(admission->needed_bytes) + " of " + admission->where + "; " + giver +
                      " can give it at most " + FormatBytes(admission->there_bytes);
}

}  // namespace

Admission Admit(const Footprint& claim, const HostState& host, const std::vector<Holding>& held,
                const LedgerLimits& limits) {
  Admission admission;
  const Shortage missing = Missing(claim, host, held, limits);
  if (missing.none()) {
    admission.verdict = Verdict::kFits;
    return admission;
  }
  if (const auto idle = Cheapest(missing, Takeable(held, false))) {
    admission.verdict = Verdict::kFitsWithout;
    admission.take = Ids(*idle);
    return admission;
  }
  const std::vector<const Holding*> all = Takeable(held, true);
  if (const auto busy = Cheapest(missing, all)) {
    admission.verdict = Verdict::kFitsAfterLeases;
    admission.take = Ids(*busy);
    return admission;
  }
  Shortage rest = missing;
  for (const Holding* holding : all) rest.Take(*holding);
  Explain(claim, rest, host.bound_by, &admission);
  return admission;
}

double EvictionLoss(double load_seconds, double idle_seconds) {
  return std::max(load_seconds, kLeastLoadSeconds) * std::exp2(-std::max(idle_seconds, 0.0) / kHalfLifeSeconds);
}

}  // namespace counsel::models
