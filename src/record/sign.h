// A head signed by the home: Ed25519 (RFC 8032). Whoever knows the home's public key can tell that a head is this
// home's, and when its machine's clock said it was signed.
//
//   SIZE:ROOT/2026-12-01T03:00:00Z/KEY/SIGNATURE     of "counsel record head 1", a line end, and what stands before
//   /KEY
//
// Threads: any; opening and making a key block.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/record.h"

namespace counsel::record {

class HomeKey {
 public:
  // The key in this file; a new one where there is none (mode 0600). One caller at a time. kCorrupt for a file that
  // holds no key: it is not replaced, since heads were signed with it.
  [[nodiscard]] static Result<HomeKey> Open(const std::filesystem::path& file);

  [[nodiscard]] std::string PublicHex() const;
  // As above; `now`: unix seconds.
  [[nodiscard]] std::string Sign(const Head& head, std::int64_t now) const;

 private:
  explicit HomeKey(const std::array<std::uint8_t, 32>& secret);
  std::array<std::uint8_t, 32> secret_;
  std::array<std::uint8_t, 32> public_{};
};

// A head as it was noted: plain, or signed.
struct Noted {
  Noted() = default;
  Head head;
  std::string time;  // "": it is not signed
  std::string key;   // that signed it, 64 hexadecimal characters
};
// kInvalidArgument: it is no head, or its signature is not of it and its key.
[[nodiscard]] Result<Noted> ReadNoted(std::string_view text);

}  // namespace counsel::record
