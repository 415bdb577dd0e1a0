// What passes between the loader (outgoing.cc) and libcounsel_outgoing.so: plain C, so that nothing of one side's C++
// is needed in the other. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

// Raised with every change here: a stale library beside a new program is refused.
#define COUNSEL_TRANSFER_VERSION 2

enum CounselTransferEnd {
  kTransferDone = 0,
  kTransferBadAddress,
  kTransferBadStatus,  // `status` says which
  kTransferTimedOut,
  kTransferTooLarge,
  kTransferStopped,    // a callback asked for it
  kTransferUntrusted,  // the other side's certificate; `message` says why
  kTransferFailed,     // `message` says why
};

// A file, over redirects.
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

// One request and its reply, whatever its status. A redirect is a reply.
struct CounselExchange {
  const char* url;
  const char* user_agent;
  const char* const* headers;  // "Name: value", the last one null
  const char* user;            // of Basic authorization, with an empty password; null: none is sent
  const char* ca_file;         // instead of the system's authorities; null: those
  uint64_t size_limit;         // of the body
  long connect_seconds;
  long stall_seconds;
  long total_seconds;

  // As above. `header` gets "Name: value" without its line end; the reply's status is set before the first.
  int (*header)(void* context, const char* line, size_t size);
  int (*write)(void* context, const char* bytes, size_t size);
  int (*go_on)(void* context);
  // Where a redirect leads, absolute.
  void (*redirect)(void* context, const char* url);
  void* context;

  long status;
  char message[256];
};

typedef int (*CounselTransferVersion)();
typedef CounselTransferEnd (*CounselRunTransfer)(CounselTransfer* transfer);
typedef CounselTransferEnd (*CounselRunExchange)(CounselExchange* exchange);

}  // extern "C"
