// "The Landlord and the Tenant" are the parties: a sentence said of both by name, as it would be said of the parties.
// Pure.
#pragma once

#include <string_view>

#include "judging/lexicon.h"

namespace counsel::judging {

// The words (rewritten, of `text`) with "the parties" or "either party" for the two; empty where no two are named.
[[nodiscard]] Words AsParties(std::string_view text, const Words& words);

}  // namespace counsel::judging
