// The sandbox of a process that parses hostile bytes: no network, no files, no new programs or processes.
//
// Several layers of the kernel say no to the same things, so that a kernel that lacks one still has the others:
//
//   limits        memory, processor time, size of what is written, no processes, few descriptors, no core files
//   privileges    no_new_privs, no capabilities, not dumpable, killed with the parent
//   namespaces    user, network, mounts (an empty root), processes, IPC, host name, control groups
//   files         Landlock: nothing, but to read in the folders that are named; no TCP, no signals to the outside
//   system calls  seccomp: an allow-list; what a library probes harmlessly gets an error, all else kills the process
//
// What stays: the descriptors that are open (close those that it is not to have), memory, time, random numbers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <linux/filter.h>
#include <sys/types.h>

namespace counsel::sandbox {

enum Layer : unsigned {
  kLimits = 1,
  kPrivileges = 2,
  kNamespaces = 4,
  kFiles = 8,
  kSystemCalls = 16,
  kAllLayers = 31,
};

struct Policy {
  Policy() = default;
  // Folders of data that libraries read after the sandbox is closed; those that do not exist are passed over. Without
  // Landlock none of them can be read: a library then does as if its data were not installed.
  std::vector<std::filesystem::path> read_only;
  // 0 leaves what whoever started this process has set.
  std::uint64_t memory_bytes = 0;  // of address space
  std::uint64_t cpu_seconds = 0;
  std::uint64_t written_bytes = 0;  // the largest file that may be written
  // Fewer for tests of single layers only.
  unsigned layers = kAllLayers;
};

struct LayerState {
  std::string name;  // as in the list above
  bool active = false;
  std::string detail;  // what of it holds, or why it does not
};

struct Report {
  std::vector<LayerState> layers;
  // Something keeps the process from files and the network: never parse hostile bytes otherwise.
  bool confined = false;
};

// Closes the sandbox around the calling process, for good. Call it once, while there is a single thread, and load what
// libraries load lazily (character set converters, time zones) before.
//
// Where process namespaces are allowed this returns in a new process, the only one of its namespace; the calling one
// waits for its end, ends the same way (exit status or signal), and takes it along when it is killed.
[[nodiscard]] Report Enter(const Policy& policy);

// The sandbox of processes that are forked from one, a zygote, which reads nothing itself. The kernel takes longer for
// some namespaces than a small document takes, so they are entered once: user, network, mounts (an empty root), host
// name, control groups. Each fork has its own processes, IPC, limits, privileges, files and system calls.
//
// All layers or none: where the kernel lacks one, let each document have a process that calls Enter.
class Shared {
 public:
  // Enters what is shared. Call it once, while there is a single thread, and load before what libraries load lazily.
  // `read_only` is that of each fork's policy.
  explicit Shared(const std::vector<std::filesystem::path>& read_only);
  // Whether there is all that it takes.
  [[nodiscard]] bool whole() const { return whole_; }
  // As fork(2), but the child is one of *our parent*, who waits for it; it is the only process of its namespace, leads
  // a process group, and is killed with our parent. -1 and errno where a namespace is refused.
  [[nodiscard]] pid_t Fork() const;
  // In the fork: closes the rest. Not confined when one layer could not be had.
  [[nodiscard]] Report Enter(const Policy& policy) const;

 private:
  LayerState namespaces_;
  bool whole_ = false;
  std::vector<sock_filter> filter_;
};

}  // namespace counsel::sandbox
