// /api/compare: two documents, or two versions of one, clause by clause (comparing/comparing.h).
#pragma once

#include <vector>

#include "http/routes.h"

namespace counsel::http {

void AddComparingRoutes(std::vector<Route>& routes);

}  // namespace counsel::http
