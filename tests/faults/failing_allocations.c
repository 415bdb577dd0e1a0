#include "failing_allocations.h"

#include <errno.h>
#include <stddef.h>

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);

/* How counsel-extract ends instead (extractor/memory.h), in a program that has it. */
void EndWithoutMemory(void) __attribute__((weak));

static int counting;
static int from_then_on;
static long long failing;
static long long seen;

void fail_allocation(long long n, int on) {
  failing = n;
  from_then_on = on;
  __atomic_store_n(&seen, 0, __ATOMIC_RELEASE);
  __atomic_store_n(&counting, 1, __ATOMIC_RELEASE);
}

long long allocations_counted(void) {
  __atomic_store_n(&counting, 0, __ATOMIC_RELEASE);
  return __atomic_load_n(&seen, __ATOMIC_ACQUIRE);
}

static int fails(void) {
  if (!__atomic_load_n(&counting, __ATOMIC_ACQUIRE)) return 0;
  long long number = __atomic_add_fetch(&seen, 1, __ATOMIC_ACQ_REL);
  if (number != failing && !(from_then_on && failing && number > failing)) return 0;
  if (EndWithoutMemory) EndWithoutMemory();
  errno = ENOMEM;
  return 1;
}

void* malloc(size_t size) {
  return fails() ? 0 : __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  return fails() ? 0 : __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
  return fails() ? 0 : __libc_realloc(old, size);
}
