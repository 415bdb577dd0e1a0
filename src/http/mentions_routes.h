// /api/mentions: whether any document mentions something (mentions/mentions.h).
#pragma once

#include <vector>

#include "http/routes.h"

namespace counsel::http {

void AddMentionsRoutes(std::vector<Route>& routes);

}  // namespace counsel::http
