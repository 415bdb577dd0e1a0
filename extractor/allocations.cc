// The C library's allocations, which end the process when there is no memory (memory.h). Part of the program alone: its
// definitions go before those of the C library, for every library in the process.
#include <cerrno>
#include <cstddef>

#include "extractor/memory.h"

// The sanitizers have allocators of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

using counsel::extractor::EndWithoutMemory;

namespace {
void* Given(void* memory, std::size_t size) {
  if (memory == nullptr && size != 0) EndWithoutMemory();
  return memory;
}
}  // namespace

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier): glibc's own.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
// NOLINTEND(bugprone-reserved-identifier)

void* malloc(std::size_t size) {
  return Given(__libc_malloc(size), size);
}
void* calloc(std::size_t count, std::size_t size) {
  return Given(__libc_calloc(count, size), count == 0 ? 0 : size);
}
void* realloc(void* old, std::size_t size) {
  return Given(__libc_realloc(old, size), size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  return Given(__libc_memalign(alignment, size), size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return Given(__libc_memalign(alignment, size), size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = Given(__libc_memalign(alignment, size), size);
  return 0;
}
}

#endif
