// How much memory a model may still take on this host, and how much each process has taken: what the models' ledger
// reckons with.
//
// Threads: any, the io thread too: ReadBudget reads a handful of the kernel's small files in about 0.12 ms (half of it
// the table of mounts: 0.4 ms with 2,000 of them), ReadCharge one in 0.01 ms. Both wait for nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/types.h>

#include "base/result.h"

namespace counsel::host {

struct Budget {
  Budget() = default;

  // The smaller of MemTotal and the smallest limit of this process's memory control groups, ancestors included.
  std::uint64_t total_bytes = 0;
  // What can be taken before something is killed: the smallest of MemAvailable and, for each of those groups,
  // limit − usage + page cache. Never below 0. Swap is not counted: a model in swap answers nobody.
  // Mapped weights are page cache and so count as available, in use or not: the ledger knows which are.
  std::uint64_t headroom_bytes = 0;
  // What bounds the headroom, for a person: "the machine", "the control group /docker/abc".
  std::string bound_by = "the machine";
};

// `root` as in host.h. A host whose /proc cannot be read has nothing to give: 0 bytes.
[[nodiscard]] Budget ReadBudget(const std::filesystem::path& root = "/");

// What one process holds, from /proc/PID/status: the kernel's counters, so the time does not grow with the process.
// Nothing is divided among those who share a page, and pages in swap are not in it. A process that has ended, but was
// not waited for yet, holds nothing.
struct Charge {
  Charge() = default;

  // What the kernel cannot take back:
  std::uint64_t anon_bytes = 0;   // RssAnon
  std::uint64_t shmem_bytes = 0;  // RssShmem
  // What it can: mapped files, weights among them.
  std::uint64_t file_bytes = 0;  // RssFile

  [[nodiscard]] std::uint64_t held_bytes() const { return anon_bytes + shmem_bytes; }
};

// kNotFound when there is no such process.
[[nodiscard]] Result<Charge> ReadCharge(pid_t pid, const std::filesystem::path& root = "/");

}  // namespace counsel::host
