#define _GNU_SOURCE
#include "failing_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static struct FailingCalls own;
struct FailingCalls* failing_calls = &own;

__attribute__((constructor)) static void share(void) {
  const char* path = getenv("FAILING_CALLS");
  int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) return;
  void* shared = mmap(0, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared != MAP_FAILED) failing_calls = shared;
  close(fd);
}

static int ours(const char* path) {
  size_t size = strnlen(failing_calls->folder, sizeof failing_calls->folder);
  return size && strncmp(path, failing_calls->folder, size) == 0 && (path[size] == '/' || !path[size]);
}

/* Whether this call is one that fails; errno says how. */
static int fails(int kind, int is_ours) {
  struct FailingCalls* calls = failing_calls;
  if (!is_ours || !(__atomic_load_n(&calls->kinds, __ATOMIC_ACQUIRE) & kind)) return 0;
  int64_t number = __atomic_add_fetch(&calls->seen, 1, __ATOMIC_ACQ_REL);
  int64_t first = __atomic_load_n(&calls->first, __ATOMIC_ACQUIRE);
  if (!first || number < first || number >= __atomic_load_n(&calls->end, __ATOMIC_ACQUIRE)) return 0;
  __atomic_add_fetch(&calls->failed, 1, __ATOMIC_ACQ_REL);
  if (!calls->error) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  errno = calls->error;
  return 1;
}

static int ours_behind(int fd) {
  char link[64], path[PATH_MAX];
  if (!failing_calls->folder[0]) return 0;
  int kept = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, sizeof path - 1);
  errno = kept;
  if (size <= 0) return 0;
  path[size] = 0;
  return ours(path);
}

#define MODE(flags)                      \
  mode_t mode = 0;                       \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list more;                        \
    va_start(more, flags);               \
    mode = (mode_t)va_arg(more, int);    \
    va_end(more);                        \
  }

int open(const char* path, int flags, ...) {
  MODE(flags)
  return fails(FAIL_OPEN, ours(path)) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  MODE(flags)
  return fails(FAIL_OPEN, ours(path)) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

ssize_t read(int fd, void* data, size_t size) {
  return fails(FAIL_READ, ours_behind(fd)) ? -1 : syscall(SYS_read, fd, data, size);
}
ssize_t pread(int fd, void* data, size_t size, off_t offset) {
  return fails(FAIL_READ, ours_behind(fd)) ? -1 : syscall(SYS_pread64, fd, data, size, offset);
}
ssize_t pread64(int fd, void* data, size_t size, off64_t offset) {
  return pread(fd, data, size, offset);
}
void* mmap64(void* place, size_t size, int protection, int flags, int fd, off64_t offset) {
  if (fd >= 0 && fails(FAIL_READ, ours_behind(fd))) return MAP_FAILED;
  return (void*)syscall(SYS_mmap, place, size, protection, flags, fd, offset);
}

/* How much of a write is done: a disk that has just become full takes some of it. */
static size_t taken(int fd, size_t size, int* failing) {
  *failing = fails(FAIL_WRITE, ours_behind(fd));
  int partly = *failing && failing_calls->error == ENOSPC && size > 1 &&
               __atomic_load_n(&failing_calls->seen, __ATOMIC_ACQUIRE) == failing_calls->first;
  if (partly) *failing = 0;
  return partly ? size / 2 : size;
}
ssize_t write(int fd, const void* data, size_t size) {
  int failing;
  size = taken(fd, size, &failing);
  return failing ? -1 : syscall(SYS_write, fd, data, size);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  int failing;
  size = taken(fd, size, &failing);
  return failing ? -1 : syscall(SYS_pwrite64, fd, data, size, offset);
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  return pwrite(fd, data, size, offset);
}

/* Not really synced, which these tests have no use for: it would cost most of their time. */
static int synced(int fd, long call) {
  int is_ours = ours_behind(fd);
  if (fails(FAIL_SYNC, is_ours)) return -1;
  return is_ours ? 0 : (int)syscall(call, fd);
}
int fsync(int fd) {
  return synced(fd, SYS_fsync);
}
int fdatasync(int fd) {
  return synced(fd, SYS_fdatasync);
}

int ftruncate(int fd, off_t size) {
  return fails(FAIL_TRUNCATE, ours_behind(fd)) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}
int ftruncate64(int fd, off64_t size) {
  return ftruncate(fd, size);
}

int rename(const char* from, const char* to) {
  return fails(FAIL_NAME, ours(from)) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int unlink(const char* path) {
  return fails(FAIL_NAME, ours(path)) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
int remove(const char* path) {
  if (fails(FAIL_NAME, ours(path))) return -1;
  if (syscall(SYS_unlinkat, AT_FDCWD, path, 0) == 0) return 0;
  return errno == EISDIR ? (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR) : -1;
}
int mkdir(const char* path, mode_t mode) {
  return fails(FAIL_NAME, ours(path)) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
