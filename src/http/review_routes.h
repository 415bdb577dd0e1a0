// /api/reviews: tables of documents and typed questions (review/tables.h).
#pragma once

#include <vector>

#include "http/routes.h"

namespace counsel::http {

void AddReviewRoutes(std::vector<Route>& routes);

}  // namespace counsel::http
