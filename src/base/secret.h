// A key or token, on pages of its own that a core dump leaves out, wiped when it ends. For what is kept long; never
// copy it into a std::string.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace counsel {

class Secret {
 public:
  Secret() = default;  // none
  explicit Secret(std::string_view text);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::string_view view() const { return {pages_ == nullptr ? "" : pages_, size_}; }
  // Ends with a NUL.
  [[nodiscard]] const char* c_str() const { return pages_ == nullptr ? "" : pages_; }

 private:
  void Wipe();

  char* pages_ = nullptr;
  std::size_t mapped_ = 0;
  std::size_t size_ = 0;
};

// Overwrites text that was secret, then empties it.
void WipeText(std::string* text);

}  // namespace counsel
