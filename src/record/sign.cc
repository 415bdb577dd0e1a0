#include "record/sign.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <nettle/eddsa.h>

#include "base/file.h"
#include "base/ids.h"

namespace counsel::record {
namespace {

constexpr std::size_t kSignature = 64;  // bytes
constexpr std::string_view kSigned = "counsel record head 1\n";

const std::uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::vector<std::string_view> Parts(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const std::size_t slash = text.find('/', at);
    parts.push_back(text.substr(at, slash == std::string_view::npos ? slash : slash - at));
    if (slash == std::string_view::npos) return parts;
    at = slash + 1;
  }
}

Error NoSignedHead() {
  return {ErrorCode::kInvalidArgument, "The signature of this head is not of it and its key: it was altered.",
          "Give it as counsel record head --sign printed it, in one piece."};
}

}  // namespace

HomeKey::HomeKey(const Hash& secret) : secret_(secret) {
  ed25519_sha512_public_key(public_.data(), secret_.data());
}

Result<HomeKey> HomeKey::Open(const std::filesystem::path& file) {
  constexpr std::size_t kLimit = 1024;
  Result<std::string> text = ReadFile(file, kLimit);
  if (!text && text.error().code == ErrorCode::kNotFound) {
    text = NewToken() + "\n";
    RETURN_IF_ERROR(WriteFileAtomically(file, *text));
  }
  if (!text) return Fail(std::move(text.error()));
  const std::optional<Hash> secret = HashFrom(std::string_view(*text).substr(0, text->find('\n')));
  if (!secret) {
    return Fail(ErrorCode::kCorrupt, file.string() + " holds no key.",
                "Put the key back from a copy; or remove the file: a new key is made, which others must be told.");
  }
  return HomeKey(*secret);
}

std::string HomeKey::PublicHex() const {
  return HexOf(public_);
}

std::string HomeKey::Sign(const Head& head, std::int64_t now) const {
  const std::string what = HeadText(head) + "/" + TimeText(now);
  const std::string message = std::string(kSigned) + what;
  std::array<std::uint8_t, kSignature> signature{};
  ed25519_sha512_sign(public_.data(), secret_.data(), message.size(), Bytes(message), signature.data());
  Hash half{};
  std::string hex;
  for (std::size_t begin = 0; begin < kSignature; begin += half.size()) {
    std::copy_n(signature.begin() + static_cast<std::ptrdiff_t>(begin), half.size(), half.begin());
    hex += HexOf(half);
  }
  return what + "/" + PublicHex() + "/" + hex;
}

Result<Noted> ReadNoted(std::string_view text) {
  const std::vector<std::string_view> parts = Parts(text);
  Noted noted;
  ASSIGN_OR_RETURN(noted.head, ReadHead(parts[0]));
  if (parts.size() == 1) return noted;
  if (parts.size() != 4 || parts[3].size() != 2 * kSignature) return Fail(NoSignedHead());
  const std::optional<Hash> key = HashFrom(parts[2]);
  const std::optional<Hash> first = HashFrom(parts[3].substr(0, kSignature));
  const std::optional<Hash> second = HashFrom(parts[3].substr(kSignature));
  if (!key || !first || !second) return Fail(NoSignedHead());
  std::array<std::uint8_t, kSignature> signature{};
  std::copy(first->begin(), first->end(), signature.begin());
  std::copy(second->begin(), second->end(), signature.begin() + static_cast<std::ptrdiff_t>(first->size()));
  const std::string message = std::string(kSigned) + std::string(parts[0]) + "/" + std::string(parts[1]);
  if (ed25519_sha512_verify(key->data(), message.size(), Bytes(message), signature.data()) != 1) {
    return Fail(NoSignedHead());
  }
  noted.time = parts[1];
  noted.key = parts[2];
  return noted;
}

}  // namespace counsel::record
