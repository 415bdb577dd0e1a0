// What happens between fork and exec. Internal to this room: child.h is the one to read.
#pragma once

#include <sys/types.h>

#include "base/file.h"
#include "base/result.h"
#include "child/child.h"

namespace counsel::child {

// A program that runs, with our ends of its tethers. It must be reaped by whoever holds this.
struct Launched {
  pid_t pid = -1;
  FileDescriptor pidfd;       // readable once the child has ended
  FileDescriptor stdin_end;   // may be missing
  FileDescriptor stdout_end;  // not blocking; may be missing
  FileDescriptor stderr_end;  // not blocking
};

// Forks, ties the child down and executes the program. Returns after exec, so its failures are reported here.
[[nodiscard]] Result<Launched> Launch(const ChildOptions& options);

// A process that is our child already, with its stdout and stderr.
[[nodiscard]] Result<Launched> Adopt(pid_t pid, FileDescriptor output, const std::string& program);

}  // namespace counsel::child
