// Files that hold mails, and may be larger than a document: what they are, by their first bytes.
#pragma once

#include <string>
#include <string_view>

namespace counsel {

// Enough of them.
[[nodiscard]] std::string FirstBytes(int descriptor);

// "From …" and a mail's headers (mbox), or "!BDN" (Outlook's PST, OST, PAB).
[[nodiscard]] bool LooksLikeMailStore(std::string_view first);

// A mail's header, or the line that some programs put before it (">From …").
[[nodiscard]] bool BeginsHeaders(std::string_view text);

}  // namespace counsel
