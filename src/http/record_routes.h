// /api/record: what was asked and done (record/record.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/routes.h"

namespace counsel::http {

// Counted from 1; kInvalidArgument.
[[nodiscard]] Result<std::int64_t> ReadEntryNumber(const std::string& text);

void AddRecordRoutes(std::vector<Route>& routes);
void AddReplayRoutes(std::vector<Route>& routes);

// The number of an entry in a request's path. kInvalidArgument.
[[nodiscard]] Result<std::int64_t> ReadEntryNumber(const std::string& text);

}  // namespace counsel::http
