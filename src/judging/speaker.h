// Who says "I" in a document: the witness, the judge. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace counsel::judging {

// The stems by which others may call the one who speaks in these passages of one document, with a space around each:
// " ashwick witness deponent "; "" where nothing tells.
[[nodiscard]] std::string SpeakerOf(const std::vector<std::string_view>& passages);

}  // namespace counsel::judging
