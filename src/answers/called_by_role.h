// "Dr. Samuel Byrne (the "Employee")": whom a document names once, it calls by that role from there on. Pure; English.
#pragma once

#include <string_view>

namespace counsel::answers {

// Whether the text gives somebody of that name ("Dr Byrne") a role.
[[nodiscard]] bool GivesRole(std::string_view text, std::string_view name);

}  // namespace counsel::answers
