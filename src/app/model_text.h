// What the API says of models, as people read it. Pure: JSON (docs/api.md) in, text out.
#pragma once

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

namespace counsel::app {

using Json = nlohmann::json;

// The reply of /api/models/{name}/plan in sentences, one a line.
[[nodiscard]] std::string PlanText(const Json& plan);

// Is it installed, or does it do anything? Only such models are shown.
[[nodiscard]] bool IsShown(const Json& model);

// A row for each model that is shown; below it what there is to say of them: why, how far, when again.
[[nodiscard]] std::string ModelTable(const Json& models);

// The newest `most` loads with what was planned and what came of it; "" when there were none.
[[nodiscard]] std::string LoadTable(const Json& history, std::size_t most);

// An event of the pool that is not a model's state ("eviction", "ladder", "pressure"), as a line without its end; ""
// for others.
[[nodiscard]] std::string EventLine(const std::string& name, const Json& event);

// The same as long as nothing changed that is worth another table: not bytes or seconds, and progress in tenths.
[[nodiscard]] std::string ModelFingerprint(const Json& models);

}  // namespace counsel::app
