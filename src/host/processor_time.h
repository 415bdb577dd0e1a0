// How busy the processors are, from /proc/stat and /proc/loadavg. Threads: any; a call reads one small file of the
// kernel's.
#pragma once

#include <cstdint>
#include <filesystem>

namespace counsel::host {

// Ticks of all processors since the machine started.
struct ProcessorTime {
  std::uint64_t busy = 0;
  std::uint64_t total = 0;  // with idle time and waits for disks
};

// Zeros when the kernel does not say.
[[nodiscard]] ProcessorTime ReadProcessorTime(const std::filesystem::path& root = "/");

// 0 to 1: of the time between two looks, the share that was busy; 0 when none has passed.
[[nodiscard]] double BusyShare(const ProcessorTime& before, const ProcessorTime& after);

// How many threads of this machine want a processor beside the caller: the load of the last minute, but no more than
// run or wait for one at this moment, so that work that has just ended does not count. 0 when the kernel does not say.
[[nodiscard]] double OthersThatRun(const std::filesystem::path& root = "/");

}  // namespace counsel::host
