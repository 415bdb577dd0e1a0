// The outside of S/MIME messages (CMS, RFC 5652): what kind of message it is, and what a signed one says. No keys, no
// certificates, no checks.
#pragma once

#include <string>
#include <string_view>

namespace counsel::extractor {

struct Cms {
  Cms() = default;
  enum class Kind { kUnknown, kSigned, kEncrypted, kCompressed } kind = Kind::kUnknown;
  std::string content;  // of a signed one: a MIME entity
};

// `bytes`: DER, or BER of indefinite lengths.
[[nodiscard]] Cms ReadCms(std::string_view bytes);

}  // namespace counsel::extractor
