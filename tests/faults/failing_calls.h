/* Calls to the system that fail when a test says so: open, read, write, sync, truncate, rename and unlink of files
   under one folder, SQLite's and ours alike.

   Linked into a test program its definitions go before the C library's; preloaded (LD_PRELOAD) they do in a daemon,
   which then shares the struct with the test through the file that $FAILING_CALLS names. */
#ifndef COUNSEL_TESTS_FAULTS_FAILING_CALLS_H_
#define COUNSEL_TESTS_FAULTS_FAILING_CALLS_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  FAIL_OPEN = 1,      /* open, of what is there and of what is made */
  FAIL_READ = 2,      /* read, pread, mmap */
  FAIL_WRITE = 4,     /* write, pwrite; a disk that is full takes half of the first one that fails */
  FAIL_SYNC = 8,      /* fsync, fdatasync */
  FAIL_TRUNCATE = 16, /* ftruncate */
  FAIL_NAME = 32,     /* rename, unlink, mkdir */
};

/* Written by the test, read by every thread; the daemon's copy is the test's (tests/failing_calls.py knows the layout).
 */
struct FailingCalls {
  int64_t seen;   /* calls of those kinds since `seen` was set to 0 */
  int64_t first;  /* the call that fails first, from 1; 0: none does */
  int64_t end;    /* the first one that does not any more */
  int64_t failed; /* how many did */
  int32_t kinds;
  int32_t error; /* errno; 0: the process is killed in the place of the call */
  char folder[4096];
};
extern struct FailingCalls* failing_calls;

#ifdef __cplusplus
}
#endif

#endif
