// Bytes that a mapped file no longer has do not end the program.
//
// Somebody cuts a file off, or the disk cannot read a sector of it: the kernel then answers the reading of a mapped
// page with SIGBUS. As in Wayland's pools of shared memory (wayland-shm.c), a handler puts zeros in the place of the
// whole mapping and remembers that; whoever read goes on, asks afterwards, and throws away what it made of them. So
// what is read of a guarded mapping must be harmless whatever it says, also when it changes between two looks.
#pragma once

#include <cstddef>

namespace counsel::index {

struct Watched;

// One mapping, whole pages, private or shared. Whoever mapped it unmaps it after this ends, and nobody reads it then.
//
// Any thread, many at once. The first one installs the handler, for the whole process and for good. SIGBUS from
// anywhere else goes where it went before: to the handler that there was, or to the end of the process.
class MappingGuard {
 public:
  MappingGuard() = default;
  MappingGuard(const void* begin, std::size_t size);
  MappingGuard(MappingGuard&& other) noexcept;
  MappingGuard& operator=(MappingGuard&&) = delete;
  ~MappingGuard();

  // Zeros have taken its place, for as long as it lives.
  [[nodiscard]] bool lost() const;

 private:
  Watched* watched_ = nullptr;
};

}  // namespace counsel::index
