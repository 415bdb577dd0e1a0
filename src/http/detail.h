// The first product's paths and the shape of their errors: {"detail": "sentence"}, as its FastAPI had it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/json.h"
#include "http/request_model.h"
#include "http/routes.h"

namespace counsel::http {

// /api/rag/…, /api/system/…, /api/companies-house/…
[[nodiscard]] bool IsFirstProductPath(std::string_view path);

// A missing model file's next step stands on a line of its own.
[[nodiscard]] Json DetailJson(const Error& error);

// Replies with what CheckBody or CheckQuery found wrong; its status is not 200.
[[nodiscard]] boost::asio::awaitable<Result<void>> SendFaults(Call& call, const CheckedRequest& checked);
// Replies {"detail": sentence}.
[[nodiscard]] boost::asio::awaitable<Result<void>> SendDetail(Call& call, int status, const std::string& sentence);

// Unix seconds as "2026-11-25T20:38:43+00:00", which Python and JavaScript read.
[[nodiscard]] std::string IsoTime(std::int64_t unix_seconds);

}  // namespace counsel::http
