// What the API says of models, as people read it. Pure: JSON (docs/api.md) in, text out.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace counsel::app {

using Json = nlohmann::json;

// The reply of /api/models/{name}/plan in sentences, one a line.
[[nodiscard]] std::string PlanText(const Json& plan);

}  // namespace counsel::app
