// /api/record: what was asked and done (record/record.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "http/routes.h"

namespace counsel::http {

// Counted from 1; kInvalidArgument.
[[nodiscard]] Result<std::int64_t> ReadEntryNumber(const std::string& text);

void AddRecordRoutes(std::vector<Route>& routes);

}  // namespace counsel::http
