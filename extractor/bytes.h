// Little-endian numbers out of bytes that may be too few.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace counsel::extractor {

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t Number(std::size_t size) {
    const std::string_view bytes = Take(size);
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  }
  std::uint64_t Eight() { return Number(8); }
  std::uint32_t Four() { return static_cast<std::uint32_t>(Number(4)); }
  std::uint16_t Two() { return static_cast<std::uint16_t>(Number(2)); }
  // All or nothing.
  std::string_view Take(std::size_t size) {
    if (size > rest_.size()) {
      ended_ = true;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  void Align(std::size_t size) { (void)Take(std::min((4 - size % 4) % 4, rest_.size())); }

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::size_t size() const { return rest_.size(); }
  // More was asked for than there is.
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

}  // namespace counsel::extractor
