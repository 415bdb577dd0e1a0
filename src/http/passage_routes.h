// /api/documents/{id}/passage and /page/{n}.png: a citation's place, in the text and on the page.
#pragma once

#include <vector>

#include "http/routes.h"

namespace counsel::http {

void AddPassageRoutes(std::vector<Route>& routes);
// …/original.
void AddOriginalRoutes(std::vector<Route>& routes);

}  // namespace counsel::http
