#include "host/processor_time.h"

#include <algorithm>
#include <sstream>
#include <string>

#include "host/kernel_files.h"

namespace counsel::host {

ProcessorTime ReadProcessorTime(const std::filesystem::path& root) {
  // user, nice, system, idle, iowait, irq, softirq, steal; a guest's time is counted in user already.
  constexpr int kColumns = 8;
  constexpr int kIdle = 3;
  constexpr int kDiskWait = 4;
  const std::string stat = ReadKernelFile(root / "proc/stat");
  std::istringstream row(std::string(Row(stat, "cpu ").value_or("")));
  ProcessorTime time;
  std::uint64_t ticks = 0;
  for (int column = 0; column < kColumns && row >> ticks; ++column) {
    time.total += ticks;
    if (column != kIdle && column != kDiskWait) time.busy += ticks;
  }
  return time;
}

double BusyShare(const ProcessorTime& before, const ProcessorTime& after) {
  if (after.total <= before.total || after.busy < before.busy) return 0;
  return std::min(1.0, static_cast<double>(after.busy - before.busy) / static_cast<double>(after.total - before.total));
}

double OthersThatRun(const std::filesystem::path& root) {
  // "0.20 0.18 0.12 3/512 11206": averages over 1, 5 and 15 minutes, running/all threads, the newest process.
  std::istringstream line(ReadKernelFile(root / "proc/loadavg"));
  double minute = 0;
  double longer = 0;
  double longest = 0;
  double running = 0;
  if (!(line >> minute >> longer >> longest >> running)) return 0;
  return std::clamp(running - 1, 0.0, std::max(minute, 0.0));
}

}  // namespace counsel::host
