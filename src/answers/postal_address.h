// Whether two addresses of the United Kingdom, as people write them, are surely two. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace counsel::answers {

// "ls1 4ap" or "LS14AP" anywhere → "LS14AP"; of several the last.
[[nodiscard]] std::optional<std::string> PostcodeIn(std::string_view text);
// Where the first postcode of the text ends, in bytes; nothing when there is none.
[[nodiscard]] std::optional<std::size_t> EndOfPostcode(std::string_view text);

// Does it name a place at all: a postcode, or a number and a street?
[[nodiscard]] bool LooksLikeAddress(std::string_view text);

// Surely not the same place: their postcodes differ, or in the same street their numbers, or they name different
// streets and one has no postcode. What one of them leaves out is no difference.
[[nodiscard]] bool AddressesDisagree(std::string_view one, std::string_view other);

}  // namespace counsel::answers
