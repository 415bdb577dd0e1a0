// Whether a sentence says who somebody is, or who did what a question asks: "NAME (the "Landlord")", "Landlord: NAME",
// "Signed by NAME". A sentence that only speaks of the landlord does not. Pure; English.
#pragma once

#include <string_view>

namespace counsel::understanding {

// False for questions that do not ask who.
[[nodiscard]] bool SaysWho(std::string_view question, std::string_view sentence);

}  // namespace counsel::understanding
