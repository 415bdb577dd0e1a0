// /api/matters: list, delete.
#pragma once

#include <vector>

#include "http/routes.h"

namespace counsel::http {

void AddMatterRoutes(std::vector<Route>& routes);

}  // namespace counsel::http
