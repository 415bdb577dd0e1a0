#include "base/ids.h"

#include <array>
#include <cstdlib>

#include <nettle/sha2.h>
#include <sys/random.h>

namespace counsel {

namespace {

template <std::size_t size>
std::array<std::uint8_t, size> RandomBytes() {
  std::array<std::uint8_t, size> random{};
  // getrandom cannot fail for so few bytes once the kernel has booted; an id from anything else would be guessable.
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) std::abort();
  return random;
}

template <std::size_t size>
std::string Hex(const std::array<std::uint8_t, size>& bytes) {
  std::string hex;
  for (const std::uint8_t byte : bytes) {
    hex.push_back("0123456789abcdef"[byte >> 4]);
    hex.push_back("0123456789abcdef"[byte & 15]);
  }
  return hex;
}

}  // namespace

std::string NewId() {
  std::string id;
  for (const std::uint8_t byte : RandomBytes<16>()) id.push_back("abcdefghijklmnopqrstuvwxyz234567"[byte & 31]);
  return id;
}

std::string NewToken() {
  return Hex(RandomBytes<32>());
}

struct Sha256::State {
  sha256_ctx context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  sha256_init(&state_->context);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  sha256_update(&state_->context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::string Sha256::FinishHex() {
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_digest(&state_->context, digest.size(), digest.data());
  return Hex(digest);
}

std::string Sha256Hex(std::string_view bytes) {
  Sha256 sha;
  sha.Update(bytes);
  return sha.FinishHex();
}

}  // namespace counsel
