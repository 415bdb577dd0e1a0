#include "host/host.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <sched.h>

#include "host/control_groups.h"
#include "host/kernel_files.h"

namespace counsel::host {
namespace {

namespace fs = std::filesystem;

unsigned AffinityCount() {
  // Larger machines than cpu_set_t holds exist; the kernel says EINVAL until the set is large enough.
  for (int processors = CPU_SETSIZE; processors <= 64 * CPU_SETSIZE; processors *= 2) {
    cpu_set_t* set = CPU_ALLOC(processors);
    const std::size_t size = CPU_ALLOC_SIZE(processors);
    const bool known = ::sched_getaffinity(0, size, set) == 0;
    const int count = known ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (known) return static_cast<unsigned>(std::max(count, 1));
  }
  return 1;
}

// Whole processors only: threads that wait for each other at every layer are all held up by one that is throttled.
unsigned UsableProcessors(const fs::path& root) {
  const unsigned allowed = AffinityCount();
  const double quota = ProcessorQuota(root);
  if (quota <= 0 || quota >= allowed) return allowed;
  return std::max(1U, static_cast<unsigned>(quota));
}

bool IsGpuNode(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || name.size() == prefix.size()) return false;
  name.remove_prefix(prefix.size());
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

void FindNodes(const fs::path& root, const char* folder, std::string_view prefix, std::vector<std::string>* nodes) {
  std::error_code failed;
  for (fs::directory_iterator entry(root / fs::path(folder).relative_path(), failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (IsGpuNode(name, prefix)) nodes->push_back((fs::path(folder) / name).string());
  }
}

}  // namespace

Memory ReadMemory(const fs::path& root) {
  const std::string meminfo = ReadKernelFile(root / "proc/meminfo");
  Memory memory;
  memory.total_bytes = BytesInRow(meminfo, "MemTotal:");
  memory.available_bytes = BytesInRow(meminfo, "MemAvailable:");
  memory.limit_bytes = MemoryLimit(root);
  return memory;
}

Hardware CheckHardware(const fs::path& root) {
  Hardware hardware;
  hardware.processors = UsableProcessors(root);
  hardware.memory = ReadMemory(root);
  FindNodes(root, "/dev", "nvidia", &hardware.gpu_nodes);
  FindNodes(root, "/dev/dri", "renderD", &hardware.gpu_nodes);
  std::sort(hardware.gpu_nodes.begin(), hardware.gpu_nodes.end());
  return hardware;
}

Result<ProcessMemory> ReadProcessMemory(pid_t pid, const fs::path& root) {
  const std::string rollup = ReadKernelFile(root / "proc" / std::to_string(pid) / "smaps_rollup");
  if (rollup.empty()) return Fail(ErrorCode::kNotFound, "There is no process " + std::to_string(pid) + ".");
  ProcessMemory memory;
  memory.pss_bytes = BytesInRow(rollup, "Pss:");
  memory.pss_anon_bytes = BytesInRow(rollup, "Pss_Anon:");
  memory.pss_shmem_bytes = BytesInRow(rollup, "Pss_Shmem:");
  return memory;
}

Result<std::uint64_t> PssOfProcess(pid_t pid, const fs::path& root) {
  ASSIGN_OR_RETURN(const ProcessMemory memory, ReadProcessMemory(pid, root));
  return memory.pss_bytes;
}

std::uint64_t OutOfMemoryKills(const fs::path& root) {
  return NumberInRow(ReadKernelFile(root / "proc/vmstat"), "oom_kill ");
}

}  // namespace counsel::host
