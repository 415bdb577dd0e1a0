#include "host/budget.h"

#include <algorithm>

#include "host/control_groups.h"
#include "host/kernel_files.h"

namespace counsel::host {
namespace {

namespace fs = std::filesystem;

std::uint64_t Headroom(const MemoryGroup& group) {
  // Usage and its parts are read one after the other: the cache may be the larger by then.
  const std::uint64_t held = group.usage_bytes - std::min(group.usage_bytes, group.file_bytes);
  return group.limit_bytes - std::min(group.limit_bytes, held);
}

// The real root has no limit: one that has is the root of a namespace.
std::string Describe(const MemoryGroup& group) {
  return group.name == "/" ? "this container's control group" : "the control group " + group.name;
}

}  // namespace

Budget ReadBudget(const fs::path& root) {
  const std::string meminfo = ReadKernelFile(root / "proc/meminfo");
  Budget budget;
  budget.total_bytes = BytesInRow(meminfo, "MemTotal:");
  budget.headroom_bytes = BytesInRow(meminfo, "MemAvailable:");
  for (const MemoryGroup& group : LimitedMemoryGroups(root)) {
    budget.total_bytes = std::min(budget.total_bytes, group.limit_bytes);
    const std::uint64_t headroom = Headroom(group);
    if (headroom >= budget.headroom_bytes) continue;
    budget.headroom_bytes = headroom;
    budget.bound_by = Describe(group);
  }
  return budget;
}

Result<Charge> ReadCharge(pid_t pid, const fs::path& root) {
  const std::string status = ReadKernelFile(root / "proc" / std::to_string(pid) / "status");
  if (status.empty()) return Fail(ErrorCode::kNotFound, "There is no process " + std::to_string(pid) + ".");
  Charge charge;
  charge.anon_bytes = BytesInRow(status, "RssAnon:");
  charge.shmem_bytes = BytesInRow(status, "RssShmem:");
  charge.file_bytes = BytesInRow(status, "RssFile:");
  return charge;
}

}  // namespace counsel::host
