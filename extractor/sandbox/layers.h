// Internal to the sandbox: its layers, one a file. sandbox.h is the one to read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include <linux/filter.h>
#include <sys/types.h>

#include "extractor/sandbox/sandbox.h"

namespace counsel::sandbox {

using Folders = std::vector<std::filesystem::path>;

// What a foreign program needs beside the folders that it reads (program.h).
struct ProgramRoom {
  ProgramRoom() = default;
  bool programs = false;            // what stands in the folders may be run
  std::uint64_t scratch_bytes = 0;  // of /tmp, in memory; 0: there is none
};

// New namespaces, an empty root in which `visible` can be read, and a new process in them where that is allowed.
[[nodiscard]] LayerState EnterNamespaces(const Folders& visible, const ProgramRoom& room = ProgramRoom());

// Likewise what the readers of a zygote share: all but processes and IPC, which ForkIntoNamespaces gives to each, in a
// child of our parent's; -1 and errno where one of the two is refused.
[[nodiscard]] LayerState EnterSharedNamespaces(const Folders& visible);
[[nodiscard]] pid_t ForkIntoNamespaces();

// Nothing but reading in `readable`. Wants no_new_privs.
[[nodiscard]] LayerState RestrictFiles(const Folders& readable);

[[nodiscard]] bool HasLandlock();

// The allow-list of the process that has the number `self`. `may_open`: opening files is left to Landlock, which must
// be active. Empty where there is no memory for it.
[[nodiscard]] std::vector<sock_filter> MakeFilter(bool may_open, pid_t self);
// Wants no_new_privs.
[[nodiscard]] LayerState RestrictSystemCalls(const std::vector<sock_filter>& filter);
[[nodiscard]] bool HasFilters();

// Of a foreign program: files, threads and local sockets too, and to begin a program; no processes. What is not on its
// list is refused, and does not kill it.
[[nodiscard]] LayerState RestrictProgramCalls();

}  // namespace counsel::sandbox
