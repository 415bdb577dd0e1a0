/* Preloaded into the daemon: writes down all that it does to the files under $POWER_LOSS_HOME, in order, to the file
   $POWER_LOSS_LOG. power_loss.py makes from it what a disk may hold after the power failed.

   A record: uint32 kind, uint64 inode, uint64 offset, uint32 size of path, uint32 size of data, path, data. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static const char *home;
static size_t home_size;

/* A process forked while another thread records must not wait for that thread, which it has not. */
static void before_fork(void) { pthread_mutex_lock(&mutex); }
static void after_fork(void) { pthread_mutex_unlock(&mutex); }

__attribute__((constructor)) static void start(void) {
  pthread_atfork(before_fork, after_fork, after_fork);
  home = getenv("POWER_LOSS_HOME");
  const char *log = getenv("POWER_LOSS_LOG");
  if (!home || !log) return;
  home_size = strlen(home);
  log_fd = fcntl(syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), F_DUPFD_CLOEXEC, 900);
}

static int ours(const char *path) {
  return log_fd >= 0 && strncmp(path, home, home_size) == 0 && (path[home_size] == '/' || !path[home_size]);
}

static void put(uint32_t kind, uint64_t inode, uint64_t offset, const char *path, const void *data, uint32_t size) {
  char head[28];
  uint32_t path_size = path ? strlen(path) : 0;
  memcpy(head, &kind, 4), memcpy(head + 4, &inode, 8), memcpy(head + 12, &offset, 8);
  memcpy(head + 20, &path_size, 4), memcpy(head + 24, &size, 4);
  struct iovec parts[3] = {{head, sizeof head}, {(void *)path, path_size}, {(void *)data, size}};
  syscall(SYS_writev, log_fd, parts, 3);
}

/* The file behind a descriptor: its path, and its inode (0: not ours). */
static uint64_t behind(int fd, char *path) {
  char link[64];
  struct stat status;
  if (log_fd < 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, PATH_MAX - 1);
  if (size <= 0) return 0;
  path[size] = 0;
  if (!ours(path) || fstat(fd, &status) != 0) return 0;
  return status.st_ino;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define LOCKED(what)                                            \
  do {                                                          \
    int kept = errno;                                           \
    what;                                                       \
    errno = kept;                                               \
  } while (0)

static int opened(int fd, int flags, int was_there) {
  char path[PATH_MAX];
  if (fd < 0) return fd;
  uint64_t inode = behind(fd, path);
  if (inode && (flags & O_CREAT) && !was_there) LOCKED(put(CREATE, inode, 0, path, 0, 0));
  if (inode && (flags & O_TRUNC) && was_there) LOCKED(put(TRUNCATE, inode, 0, path, 0, 0));
  return fd;
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&mutex);
  int kept = errno;
  int was_there = faccessat(folder, path, F_OK, 0) == 0;
  errno = kept;
  int fd = opened(syscall(SYS_openat, folder, path, flags, mode), flags, was_there);
  pthread_mutex_unlock(&mutex);
  return fd;
}

#define MODE(flags)                                     \
  mode_t mode = 0;                                      \
  if ((flags) & (O_CREAT | O_TMPFILE)) {                \
    va_list more;                                       \
    va_start(more, flags);                              \
    mode = va_arg(more, int);                           \
    va_end(more);                                       \
  }

int open(const char *path, int flags, ...) { MODE(flags) return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags) return open_at(folder, path, flags, mode); }

static ssize_t written(int fd, const void *data, ssize_t size, off_t offset) {
  char path[PATH_MAX];
  uint64_t inode = size > 0 ? behind(fd, path) : 0;
  if (inode) LOCKED(put(WRITE, inode, offset, path, data, size));
  return size;
}

ssize_t write(int fd, const void *data, size_t size) {
  pthread_mutex_lock(&mutex);
  ssize_t done = syscall(SYS_write, fd, data, size);
  if (done > 0) written(fd, data, done, lseek(fd, 0, SEEK_CUR) - done);
  pthread_mutex_unlock(&mutex);
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
  pthread_mutex_lock(&mutex);
  ssize_t done = written(fd, data, syscall(SYS_pwrite64, fd, data, size, offset), offset);
  pthread_mutex_unlock(&mutex);
  return done;
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) { return pwrite(fd, data, size, offset); }

static int path_done(uint32_t kind, int result, const char *path, const char *to) {
  char whole[PATH_MAX];
  if (result == 0 && ours(path)) {
    snprintf(whole, sizeof whole, "%s", path);
    LOCKED(put(kind, 0, 0, whole, to, to ? strlen(to) : 0));
  }
  return result;
}

#define UNDER_LOCK(type, call)   \
  pthread_mutex_lock(&mutex);    \
  type result = call;            \
  pthread_mutex_unlock(&mutex);  \
  return result

int rename(const char *from, const char *to) {
  UNDER_LOCK(int, path_done(RENAME, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0), from, to));
}
int unlink(const char *path) { UNDER_LOCK(int, path_done(UNLINK, syscall(SYS_unlinkat, AT_FDCWD, path, 0), path, 0)); }
int remove(const char *path) { return unlink(path); }
int mkdir(const char *path, mode_t mode) {
  UNDER_LOCK(int, path_done(MKDIR, syscall(SYS_mkdirat, AT_FDCWD, path, mode), path, 0));
}

static int truncated(int fd, int result, off_t size) {
  char path[PATH_MAX];
  uint64_t inode = result == 0 ? behind(fd, path) : 0;
  if (inode) LOCKED(put(TRUNCATE, inode, size, path, 0, 0));
  return result;
}
int ftruncate(int fd, off_t size) { UNDER_LOCK(int, truncated(fd, syscall(SYS_ftruncate, fd, size), size)); }
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

/* Not really synced: the log says that it was asked for, which is all that counts here. */
static int synced(int fd) {
  char path[PATH_MAX];
  uint64_t inode = behind(fd, path);
  if (inode) LOCKED(put(SYNC, inode, 0, path, 0, 0));
  return inode ? 0 : (int)syscall(SYS_fsync, fd);
}
int fsync(int fd) { UNDER_LOCK(int, synced(fd)); }
int fdatasync(int fd) { return fsync(fd); }
