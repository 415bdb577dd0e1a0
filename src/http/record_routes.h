// /api/record: what was asked and done (record/record.h).
#pragma once

#include <vector>

#include "http/routes.h"

namespace counsel::http {

void AddRecordRoutes(std::vector<Route>& routes);

}  // namespace counsel::http
