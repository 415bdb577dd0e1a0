#include "models/slots.h"

#include <algorithm>

#include "models/estimate.h"
#include "models/model_server.h"

namespace counsel::models {
namespace {

// counsel-remote answers a further request with 503.
constexpr std::uint32_t kRemoteSlots = 64;
// On a processor each text that is written beside others gains a little and waits longer for the prompts of others: a
// slot for each thread. A device reads the weights once for all of them.
constexpr std::uint32_t kFewest = 2;
constexpr std::uint32_t kMost = 8;

}  // namespace

std::uint32_t MostSlots(const ModelEntry& entry, unsigned threads, bool on_device) {
  if (entry.remote) return kRemoteSlots;
  if (IsOnnx(entry)) return 0;
  if (entry.role != Role::kGenerator) return 1;
  if (const std::optional<std::uint32_t> own = OwnSlots(entry)) return *own;
  return on_device ? kMost : std::clamp<std::uint32_t>(threads, kFewest, kMost);
}

std::optional<std::uint32_t> OwnSlots(const ModelEntry& entry) {
  bool shared = false;
  bool named = false;
  for (const std::string& flag : entry.flags) {
    if (flag == "--kv-unified" || flag == "-kvu") shared = true;
    if (flag == "--parallel" || flag == "-np") named = true;
  }
  if (shared) return 1;
  if (!named) return std::nullopt;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(ReadFlags(entry.flags).slots, 1, 256));
}

bool LeavesRoom(std::uint64_t claim_bytes, std::uint64_t headroom_bytes) {
  return claim_bytes <= headroom_bytes / 4 * 3;
}

}  // namespace counsel::models
