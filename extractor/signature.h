// Whether a signature of S/MIME (CMS, RFC 5652, RFC 8551) fits the text, and whose it says it is (OpenSSL). Whether its
// certificate is to be trusted is not looked at: no chain, no revocation, no time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace counsel::extractor {

// Before the sandbox is closed, once.
void PrepareSignatures();

// A sentence for the user. `signature`: DER; `entity`: the signed part as it stood in the mail, its line ends "\r\n",
// or nothing where the signature holds it. `from`: the mail's From.
[[nodiscard]] std::string TellSignature(std::string_view signature, std::optional<std::string_view> entity,
                                        std::string_view from);

// Each line's end as "\r\n".
[[nodiscard]] std::string WithLineEnds(std::string_view text);

}  // namespace counsel::extractor
