#include "http/detail.h"

#include <array>
#include <ctime>

namespace counsel::http {

namespace asio = boost::asio;

bool IsFirstProductPath(std::string_view path) {
  for (const std::string_view beginning : {"/api/rag/", "/api/system/", "/api/companies-house/"}) {
    if (path.starts_with(beginning)) return true;
  }
  return false;
}

Json DetailJson(const Error& error) {
  if (error.code == ErrorCode::kModelFileMissing && !error.next_step.empty()) {
    return {{"detail", error.message + "\n" + error.next_step}};
  }
  return {{"detail", error.ToString()}};
}

asio::awaitable<Result<void>> SendFaults(Call& call, const CheckedRequest& checked) {
  Json json = {{"detail", checked.detail}};
  co_return co_await call.SendJson(std::move(json), checked.status);
}

asio::awaitable<Result<void>> SendDetail(Call& call, int status, const std::string& sentence) {
  Json json = {{"detail", sentence}};
  co_return co_await call.SendJson(std::move(json), status);
}

std::string IsoTime(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S+00:00", &parts);
  return std::string(text.data(), length);
}

}  // namespace counsel::http
