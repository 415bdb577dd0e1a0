// What this machine can give: processors, memory, control-group limits, device nodes. Everything is read from /proc,
// /sys and /dev, and no driver is loaded: devices are asked what they have in a child, later.
//
// This says what there is; beside it, for the models' ledger, budget.h says how much of the memory is still to be had,
// and pressure.h whether it is running short.
//
// Threads: any. A call reads a few small files of the kernel's (microseconds), but PssOfProcess walks the process's
// page tables: some milliseconds per resident gigabyte.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

namespace counsel::host {

struct Memory {
  std::uint64_t total_bytes = 0;      // MemTotal
  std::uint64_t available_bytes = 0;  // MemAvailable
  // The smallest limit of this process's memory control groups, their ancestors included; 0: none.
  std::uint64_t limit_bytes = 0;
};

struct Hardware {
  // Those this process may use: its affinity mask, cut to whole processors by the control groups' quota; at least 1.
  unsigned processors = 1;
  Memory memory;
  // GPU device nodes: "/dev/nvidia0", "/dev/dri/renderD128". That one is there does not say that it works.
  std::vector<std::string> gpu_nodes;
};

// What one process holds. Pages shared with others count in part (proportional set size).
struct ProcessMemory {
  std::uint64_t pss_bytes = 0;
  std::uint64_t pss_anon_bytes = 0;
  std::uint64_t pss_shmem_bytes = 0;
};

// `root` is "/", except in tests: a recorded tree with proc/, sys/ and dev/ in it.
[[nodiscard]] Hardware CheckHardware(const std::filesystem::path& root = "/");
[[nodiscard]] Memory ReadMemory(const std::filesystem::path& root = "/");

// kNotFound when there is no such process, or it has ended.
[[nodiscard]] Result<ProcessMemory> ReadProcessMemory(pid_t pid, const std::filesystem::path& root = "/");
[[nodiscard]] Result<std::uint64_t> PssOfProcess(pid_t pid, const std::filesystem::path& root = "/");

// How many processes the kernel has killed for lack of memory since it started. 0 when it does not say.
[[nodiscard]] std::uint64_t OutOfMemoryKills(const std::filesystem::path& root = "/");

}  // namespace counsel::host
