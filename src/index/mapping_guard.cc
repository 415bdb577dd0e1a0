#include "index/mapping_guard.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace counsel::index {

// Read by the handler while others write it: `size` is 0 while `begin` changes, so the two that it finds belong
// together.
struct Watched {
  std::atomic<std::uintptr_t> begin = 0;
  std::atomic<std::size_t> size = 0;
  std::atomic<bool> lost = false;
  bool used = false;        // guarded by `changes`
  Watched* next = nullptr;  // never changes once it is in the list
};

namespace {

static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<Watched*>::is_always_lock_free);

// As many as were ever mapped at a time; none is freed, for the handler may stand at it.
std::atomic<Watched*> all = nullptr;
std::mutex changes;

struct sigaction before;

bool Holds(const Watched& one, std::uintptr_t address, std::uintptr_t* begin, std::size_t* size) {
  *size = one.size.load(std::memory_order_acquire);
  *begin = one.begin.load(std::memory_order_acquire);
  return *size != 0 && one.size.load(std::memory_order_acquire) == *size && address >= *begin &&
         address - *begin < *size;
}

// In the handler: nothing here allocates, locks or calls what may not be called in one (mmap is a bare system call).
bool PutZeros(std::uintptr_t address) {
  for (Watched* one = all.load(std::memory_order_acquire); one != nullptr; one = one->next) {
    std::uintptr_t begin = 0;
    std::size_t size = 0;
    if (!Holds(*one, address, &begin, &size)) continue;
    // Before the zeros are there: nobody sees them and is told that all is well.
    one->lost.store(true, std::memory_order_seq_cst);
    void* place = reinterpret_cast<void*>(begin);
    return ::mmap(place, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == place;
  }
  return false;
}

void OnBusError(int number, siginfo_t* info, void* context) {
  const int kept = errno;
  const bool of_a_mapping = info->si_code == BUS_ADRERR || info->si_code == BUS_MCEERR_AR;
  const bool ours = of_a_mapping && PutZeros(reinterpret_cast<std::uintptr_t>(info->si_addr));
  errno = kept;
  if (ours) return;
  if ((before.sa_flags & SA_SIGINFO) != 0) return before.sa_sigaction(number, info, context);
  if (before.sa_handler == SIG_IGN && info->si_code <= 0) return;  // somebody sent it
  if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) return before.sa_handler(number);
  // The instruction is tried again, and ends the process as it would have; what somebody sent does not come again.
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  ::sigaction(SIGBUS, &usual, nullptr);
  if (info->si_code <= 0) ::raise(number);
}

void Install() {
  struct sigaction ours {};
  ours.sa_sigaction = OnBusError;
  ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  ::sigemptyset(&ours.sa_mask);
  ::sigaction(SIGBUS, nullptr, &before);
  ::sigaction(SIGBUS, &ours, nullptr);
}

Watched* Take() {
  for (Watched* one = all.load(std::memory_order_relaxed); one != nullptr; one = one->next) {
    if (!one->used) return one;
  }
  auto* made = new Watched;
  made->next = all.load(std::memory_order_relaxed);
  all.store(made, std::memory_order_release);
  return made;
}

}  // namespace

MappingGuard::MappingGuard(const void* begin, std::size_t size) {
  static std::once_flag installed;
  std::call_once(installed, Install);
  const std::lock_guard lock(changes);
  watched_ = Take();
  watched_->used = true;
  watched_->lost.store(false, std::memory_order_relaxed);
  watched_->begin.store(reinterpret_cast<std::uintptr_t>(begin), std::memory_order_release);
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  watched_->size.store((size + page - 1) / page * page, std::memory_order_release);
}

MappingGuard::MappingGuard(MappingGuard&& other) noexcept : watched_(std::exchange(other.watched_, nullptr)) {}

MappingGuard::~MappingGuard() {
  if (watched_ == nullptr) return;
  const std::lock_guard lock(changes);
  watched_->size.store(0, std::memory_order_release);
  watched_->used = false;
}

bool MappingGuard::lost() const {
  return watched_ != nullptr && watched_->lost.load(std::memory_order_seq_cst);
}

}  // namespace counsel::index
