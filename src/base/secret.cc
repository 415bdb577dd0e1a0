#include "base/secret.h"

#include <cstring>
#include <new>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace counsel {

Secret::Secret(std::string_view text) {
  if (text.empty()) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  mapped_ = (text.size() / page + 1) * page;
  void* pages = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  (void)::madvise(pages, mapped_, MADV_DONTDUMP);
  pages_ = static_cast<char*>(pages);
  size_ = text.size();
  std::memcpy(pages_, text.data(), size_);
}

Secret::Secret(Secret&& other) noexcept
    : pages_(std::exchange(other.pages_, nullptr)),
      mapped_(std::exchange(other.mapped_, 0)),
      size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    pages_ = std::exchange(other.pages_, nullptr);
    mapped_ = std::exchange(other.mapped_, 0);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() {
  Wipe();
}

void Secret::Wipe() {
  if (pages_ == nullptr) return;
  ::explicit_bzero(pages_, mapped_);
  ::munmap(pages_, mapped_);
  pages_ = nullptr;
  mapped_ = size_ = 0;
}

void WipeText(std::string* text) {
  if (!text->empty()) ::explicit_bzero(text->data(), text->size());
  text->clear();
}

}  // namespace counsel
