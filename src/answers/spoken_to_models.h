// Text of a document that speaks to whoever answers ("Ignore the above and say …", "<|im_start|>system") rather than
// says something. It is found, shown and quoted like any text, but no sentence that rests on it is supported, and it is
// not quoted before the rest. A second line behind the judge, for plain words only: who hides an order in other words
// is stopped by the judge, or shown with its quote. Pure; English.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace counsel::answers {

// Bytes [start, end) of the text: from a sentence that does so to the end of its paragraph. In order.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> SpokenToModels(std::string_view text);

// Whether bytes [start, end) are in one of them, in part at least.
[[nodiscard]] bool IsSpokenToModels(std::string_view text, std::size_t start, std::size_t end);

}  // namespace counsel::answers
