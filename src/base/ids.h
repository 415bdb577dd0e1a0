// Identifiers and digests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace counsel {

// 16 characters of lower-case base32 (80 random bits from the kernel): unguessable, safe in URLs and file names.
std::string NewId();

// 64 characters of lower-case hexadecimal (256 random bits from the kernel): a token.
std::string NewToken();

// SHA-256, lower-case hexadecimal.
std::string Sha256Hex(std::string_view bytes);

// SHA-256 of a stream of pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void Update(std::string_view bytes);
  // Lower-case hexadecimal; the object starts anew.
  std::string FinishHex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace counsel
