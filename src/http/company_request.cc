#include "http/company_request.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "http/query_value.h"

namespace counsel::http {

using companies_house::ReadOptions;

Result<std::int64_t> NumberQuery(const net::Request& request, const char* name, std::int64_t fallback,
                                 std::int64_t most) {
  const std::optional<std::string> given = request.query(name);
  if (!given) return fallback;
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(given->data(), given->data() + given->size(), value);
  if (failed != std::errc() || end != given->data() + given->size() || value < 0 || value > most) {
    return Fail(ErrorCode::kInvalidArgument,
                "'" + std::string(name) + "' must be a whole number from 0 to " + std::to_string(most) + ".");
  }
  return value;
}

Result<ReadOptions> OptionsOf(const net::Request& request) {
  ReadOptions options;
  ASSIGN_OR_RETURN(options.fresh, BoolQuery(request, "fresh"));
  Result<std::int64_t> wait = NumberQuery(request, "wait", options.patience.most.count(), kLongestRegisterWait.count());
  if (!wait) return Fail(std::move(wait.error()));
  options.patience.most = std::chrono::seconds(*wait);
  return options;
}

Json ListJson(const companies_house::ListReader& list) {
  const companies_house::Reading& reading = list.reading();
  return {{"total", list.total().value_or(0)},
          {"source", reading.source},
          {"read_at", reading.read_at},
          {"stale", reading.stale},
          {"problem", reading.problem.empty() ? Json(nullptr) : Json(reading.problem)}};
}

}  // namespace counsel::http
