// Dates with day, month and year, as contracts write them. Pure; any thread.
#pragma once

#include <cstddef>

#include "review/values.h"

namespace counsel::review {

// The date that begins at word i; empty where none does.
[[nodiscard]] Value DateAt(const Wording& wording, std::size_t i);

}  // namespace counsel::review
