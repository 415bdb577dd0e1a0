// What passes between the loader (outgoing.cc) and libcounsel_outgoing.so: plain C, so that nothing of one side's C++
// is needed in the other. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

// Raised with every change here: a stale library beside a new program is refused.
#define COUNSEL_TRANSFER_VERSION 1

enum CounselTransferEnd {
  kTransferDone = 0,
  kTransferBadAddress,
  kTransferBadStatus,  // `status` says which
  kTransferTimedOut,
  kTransferTooLarge,
  kTransferStopped,  // a callback asked for it
  kTransferFailed,   // `message` says why
};

struct CounselTransfer {
  const char* url;
  const char* user_agent;
  uint64_t offset;
  uint64_t size_limit;
  long connect_seconds;
  long stall_seconds;

  // Each returns 0 to end the transfer. None throws.
  int (*begin)(void* context, uint64_t start, uint64_t total);
  int (*write)(void* context, const char* bytes, size_t size);
  int (*go_on)(void* context);
  void* context;

  // Set by the library.
  long status;
  char message[256];
};

typedef int (*CounselTransferVersion)();
typedef CounselTransferEnd (*CounselRunTransfer)(CounselTransfer* transfer);

}  // extern "C"
