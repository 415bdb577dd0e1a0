// What stands in a request's address, read strictly: what nobody knows is refused, so that a slip is not taken for
// "no".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace counsel::http {

// true or false; left out: false.
[[nodiscard]] inline Result<bool> BoolQuery(const net::Request& request, std::string_view name) {
  const std::optional<std::string> given = request.query(name);
  if (!given || *given == "false") return false;
  if (*given == "true") return true;
  return Fail(ErrorCode::kInvalidArgument, "'" + std::string(name) + "' must be true or false, not '" + *given + "'.",
              "Leave it out for false.");
}

}  // namespace counsel::http
