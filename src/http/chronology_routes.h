// /api/chronology: the dates of documents, in order (chronology/chronology.h).
#pragma once

#include <vector>

#include "http/routes.h"

namespace counsel::http {

void AddChronologyRoutes(std::vector<Route>& routes);

}  // namespace counsel::http
