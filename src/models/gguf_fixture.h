// For tests: GGUF files made by hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::models {

// Writes GGUF by the format's own rules.
class GgufBytes {
 public:
  template <class Number>
  GgufBytes& Put(Number number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
    return *this;
  }
  GgufBytes& Raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  GgufBytes& Text(std::string_view text) { return Put(std::uint64_t{text.size()}).Raw(text); }
  GgufBytes& Head(std::uint64_t tensors, std::uint64_t pairs, std::uint32_t version = 3) {
    return Raw("GGUF").Put(version).Put(tensors).Put(pairs);
  }
  GgufBytes& TextPair(std::string_view key, std::string_view value) {
    return Text(key).Put(std::uint32_t{8}).Text(value);
  }
  GgufBytes& U32Pair(std::string_view key, std::uint32_t value) { return Text(key).Put(std::uint32_t{4}).Put(value); }
  GgufBytes& Tensor(std::string_view name, const std::vector<std::uint64_t>& dimensions, std::uint32_t type,
                    std::uint64_t offset) {
    Text(name).Put(static_cast<std::uint32_t>(dimensions.size()));
    for (const std::uint64_t dimension : dimensions) Put(dimension);
    return Put(type).Put(offset);
  }
  // To where the first tensor may begin.
  GgufBytes& Pad() {
    bytes_.append((32 - bytes_.size() % 32) % 32, '\0');
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace counsel::models
