// The sandbox of a foreign program that reads hostile bytes (LibreOffice, which is asked to convert old Word
// documents).
//
// It is wider than sandbox.h's, since such a program is large: it sees the system's programs and data, to read only; it
// has a /tmp of its own, in memory, which ends with it; it has threads. It has no network, no other process, no file of
// yours, no new processes. Without namespaces this cannot be had, and nothing is run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "extractor/sandbox/sandbox.h"

namespace counsel::sandbox {

struct Program {
  Program() = default;
  std::vector<std::string> argv;         // argv[0]: its path
  std::vector<std::string> environment;  // "NAME=value", the whole
};

// Enters namespaces that show `visible`, and /tmp with at most `scratch_bytes`. Call it once, with a single thread;
// like sandbox::Enter it returns in a new process. `active` says whether the sandbox holds: run nothing otherwise.
[[nodiscard]] LayerState EnterForPrograms(const std::vector<std::filesystem::path>& visible,
                                          std::uint64_t scratch_bytes);

// Runs it within, without privileges and with its own list of system calls, and waits for its end. The exit status; 128
// and the number of the signal that ended it; -1: it could not be confined or begun.
[[nodiscard]] int RunProgram(const Program& program);

}  // namespace counsel::sandbox
