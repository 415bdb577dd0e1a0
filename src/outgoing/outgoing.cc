#include "outgoing/outgoing.h"

#include <cstdlib>

#include <arpa/inet.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <strings.h>

namespace counsel::outgoing {

namespace asio = boost::asio;

std::optional<std::string_view> FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [header, value] : headers) {
    if (header.size() == name.size() && ::strncasecmp(header.data(), name.data(), name.size()) == 0) return value;
  }
  return std::nullopt;
}

bool IsUsableAddress(std::string_view url) {
  const bool https = url.starts_with("https://");
  if (!https && !url.starts_with("http://")) return false;
  url.remove_prefix(https ? 8 : 7);
  const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (authority.empty() || authority.find_first_of("@\\ ") != std::string_view::npos) return false;
  if (https) return true;
  const std::string host(authority.front() == '[' ? authority.substr(0, authority.find(']') + 1)
                                                  : authority.substr(0, authority.rfind(':')));
  in_addr v4{};
  return host == "localhost" || host == "[::1]" ||
         (::inet_pton(AF_INET, host.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127);
}

std::vector<std::string> ProxyVariables() {
  std::vector<std::string> variables;
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  }
  return variables;
}

Result<void> Download(const DownloadRequest& request) {
  constexpr std::chrono::milliseconds kBetweenLooks{500};
  asio::io_context io(1);
  Courier courier(io.get_executor(), CourierOptions());
  Result<void> result = Fail(ErrorCode::kInternal, "The download did not end.");
  asio::cancellation_signal stop;
  asio::steady_timer look(io);
  bool stopped = false;
  bool done = false;
  std::function<void(boost::system::error_code)> watch = [&](boost::system::error_code cancelled) {
    // It may have been in the queue already when the download ended.
    if (cancelled || done) return;
    if (request.go_on && !request.go_on()) {
      stopped = true;
      return stop.emit(asio::cancellation_type::terminal);
    }
    look.expires_after(kBetweenLooks);
    look.async_wait(watch);
  };
  const auto end = [&](const std::exception_ptr& thrown, Result<void> downloaded) {
    done = true;
    look.cancel();
    courier.Stop();
    if (!thrown) result = std::move(downloaded);
  };
  asio::co_spawn(io, courier.Download(request), asio::bind_cancellation_slot(stop.slot(), end));
  asio::post(io, [&watch] { watch({}); });
  io.run();
  if (stopped) return Fail(ErrorCode::kCancelled, "The download was stopped.");
  return result;
}

}  // namespace counsel::outgoing
