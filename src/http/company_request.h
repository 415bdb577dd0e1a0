// What routes of the register read from their requests, and what all their replies tell.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/result.h"
#include "companies_house/register_client.h"
#include "http/json.h"
#include "net/http.h"

namespace counsel::http {

inline constexpr std::chrono::seconds kLongestRegisterWait{600};

// A whole number from 0 to `most`, or `fallback`; kInvalidArgument.
[[nodiscard]] Result<std::int64_t> NumberQuery(const net::Request& request, const char* name, std::int64_t fallback,
                                               std::int64_t most);
// ?fresh=true asks the register whatever is kept; ?wait=SECONDS is how long to wait for its limit.
[[nodiscard]] Result<companies_house::ReadOptions> OptionsOf(const net::Request& request);

// {total, source, read_at, stale, problem} of a list that was read.
[[nodiscard]] Json ListJson(const companies_house::ListReader& list);

}  // namespace counsel::http
