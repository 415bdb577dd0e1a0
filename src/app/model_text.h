// What the API says of models, as people read it. Pure: JSON (docs/api.md) in, text out.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace counsel::app {

using Json = nlohmann::json;

// The reply of /api/models/{name}/plan in sentences, one a line.
[[nodiscard]] std::string PlanText(const Json& plan);

// How fast the running loads go, by the progress that was seen of them.
class LoadRates {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `progress` 0..1 of a model in that state ("loading", …).
  void See(const std::string& model, const std::string& state, double progress, Time now);
  // The share of the load a second; nothing as long as that cannot be told.
  [[nodiscard]] std::optional<double> Of(const std::string& model) const;

 private:
  struct Seen {
    double first = 0;
    Time first_at;
    double last = 0;
    Time last_at;
  };
  std::map<std::string, Seen> loads_;
};

// Is it installed, or does it do anything? Only such models are shown.
[[nodiscard]] bool IsShown(const Json& model);

// A row for each model that is shown; below it what there is to say of them: why, how far, when again.
[[nodiscard]] std::string ModelTable(const Json& models, const LoadRates& rates);

// The newest `most` loads with what was planned and what came of it; "" when there were none.
[[nodiscard]] std::string LoadTable(const Json& history, std::size_t most);

// The same as long as nothing changed that is worth another table: not bytes or seconds, and progress in tenths.
[[nodiscard]] std::string ModelFingerprint(const Json& models);

}  // namespace counsel::app
