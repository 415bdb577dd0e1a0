#include "base/mail_store.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

namespace counsel {

std::string FirstBytes(int descriptor) {
  std::string bytes(std::size_t{8} << 10, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t n = ::pread(descriptor, bytes.data() + size, bytes.size() - size, static_cast<off_t>(size));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    size += static_cast<std::size_t>(n);
  }
  bytes.resize(size);
  return bytes;
}

bool BeginsHeaders(std::string_view text) {
  const std::string_view line = text.substr(0, std::min(text.find('\n'), std::min<std::size_t>(text.size(), 1'000)));
  if (line.starts_with(">From ")) return true;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool LooksLikeMailStore(std::string_view first) {
  if (first.starts_with("!BDN")) return true;
  if (first.starts_with("\xEF\xBB\xBF")) first.remove_prefix(3);
  if (!first.starts_with("From ")) return false;
  const std::size_t end = first.find('\n');
  return end != std::string_view::npos && BeginsHeaders(first.substr(end + 1));
}

}  // namespace counsel
