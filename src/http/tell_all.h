// News of the routes' own for everybody who listens to /api/events.
//
// Threads: io thread only.
#pragma once

#include <string_view>

#include "http/json.h"
#include "http/services.h"

namespace counsel::http {

// Persons with tokens hear it too: it says that something changed, and nothing of what is in it.
void TellAll(Services& services, std::string_view name, const Json& data);

}  // namespace counsel::http
