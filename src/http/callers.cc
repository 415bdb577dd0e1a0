#include "http/callers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <optional>
#include <utility>

#include "http/cross_origin.h"
#include "http/home_files.h"

namespace counsel::http {
namespace {

constexpr std::string_view kHealth = "/health";
constexpr std::string_view kCsrfHeader = "X-Counsel-Csrf";
// The page, which any site may link to.
constexpr std::string_view kPage = "/";

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view Header(const net::Request& request, std::string_view name) {
  return net::FindHeader(request.headers, name).value_or("");
}

// "host" of "host:8181" and "[::1]:8181"; `port` is what stands behind the colon, or "".
std::string_view WithoutPort(std::string_view host, std::string_view* port) {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return host;
  *port = host.substr(colon + 1);
  return host.substr(0, colon);
}

bool IsOwnName(std::string_view host, const Entrance& entrance) {
  std::string_view address = entrance.address;
  std::string_view bare = host;
  if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') bare = bare.substr(1, bare.size() - 2);
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == address ||
         (bare != host && bare == address);
}

// Is the page that a browser sends this for one of ours?
bool IsOurOrigin(std::string_view origin, const net::Request& request, const Entrance& entrance) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!origin.starts_with(scheme)) continue;
    const std::string_view host = origin.substr(scheme.size());
    const HostKind kind = KindOfHost(host, entrance);
    if (kind == HostKind::kOurs) return scheme == "http://";
    // Another port of such a host may be anybody's.
    return kind == HostKind::kNamed && Lower(host) == Lower(Header(request, "Host"));
  }
  return false;
}

// A person follows a link to the page.
bool IsNavigation(const net::Request& request) {
  return request.method == "GET" && request.path() == kPage && Header(request, "Sec-Fetch-Mode") == "navigate" &&
         Header(request, "Sec-Fetch-Dest") == "document";
}

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool IsChange(const net::Request& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

// Whoever the cookie stands for, or "". kPermissionDenied for a change that does not prove to be the page's own.
Result<std::string> OwnerOfCookie(const net::Request& request, Entrance& entrance) {
  const std::string_view cookie = entrance.sessions.CookieIn(Header(request, "Cookie"));
  std::string owner = entrance.sessions.OwnerOf(cookie, UnixNow());
  if (owner.empty() || !IsChange(request) || SameDigest(CsrfOf(cookie), Header(request, kCsrfHeader))) return owner;
  return Fail(ErrorCode::kPermissionDenied, "This change does not come from Counsel's own page.", "Reload the page.");
}

}  // namespace

Error NeedsEntry() {
  return {ErrorCode::kUnauthenticated, "This browser has not been let in, or was long ago.",
          "Run: counsel open. It opens the page in a browser that is then known. A program sends what 'counsel token' "
          "prints."};
}

namespace {

Error NeedsToken(std::string_view given, bool asked_of_everybody) {
  const std::string next_step = asked_of_everybody
                                    ? "Send the header 'Authorization: Bearer TOKEN' with the api.token that was set."
                                    : "Send the header 'Authorization: Bearer TOKEN'; 'counsel token' prints it.";
  return {ErrorCode::kUnauthenticated,
          given.empty() ? "The API's token is missing: this request is not known to come from the user of this Counsel."
                        : "The API's token is wrong.",
          next_step};
}

}  // namespace

std::string_view BearerToken(const net::Request& request) {
  constexpr std::string_view kBearer = "bearer ";
  const std::string_view given = Header(request, "Authorization");
  if (Lower(given.substr(0, kBearer.size())) != kBearer) return "";
  return given.substr(kBearer.size());
}

bool IsForEverybody(std::string_view path) {
  return path == kHealth || path == kPage || (path.starts_with("/page/") && path != "/page/code");
}

bool IsFromBrowser(const net::Request& request) {
  return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
    const std::string name = Lower(header.first);
    return name == "origin" || name.starts_with("sec-fetch-");
  });
}

bool IsForTheUserAlone(std::string_view path) {
  constexpr std::array<std::string_view, 6> kPaths = {"/api/config", "/api/stop",   "/api/check",
                                                      "/api/backup", "/api/export", "/api/doctor"};
  if (path == "/api/record/export" || path == "/api/record/verify" || path == "/api/record/holds" ||
      path == "/api/record/retention") {
    return true;
  }
  if (path == "/api/mail" || path.starts_with("/api/mail/")) return true;
  // A model that is fetched fills the disk, and is seen from outside.
  if (path.starts_with("/api/models/") && path.ends_with("/pull")) return true;
  return std::find(kPaths.begin(), kPaths.end(), path) != kPaths.end();
}

HostKind KindOfHost(std::string_view host, const Entrance& entrance) {
  std::string_view port;
  const std::string_view name = WithoutPort(host, &port);
  for (const std::string& allowed : entrance.hosts) {
    std::string_view allowed_port;
    const std::string_view allowed_name = WithoutPort(allowed, &allowed_port);
    if (Lower(allowed_name) == Lower(name) && (allowed_port.empty() || allowed_port == port)) return HostKind::kNamed;
  }
  const std::string_view expected = port.empty() ? "80" : port;
  return expected == std::to_string(entrance.port) && IsOwnName(name, entrance) ? HostKind::kOurs : HostKind::kForeign;
}

Result<void> CheckHost(const net::Request& request, const Entrance& entrance) {
  if (KindOfHost(Header(request, "Host"), entrance) != HostKind::kForeign) return {};
  return Fail(ErrorCode::kPermissionDenied, "Requests must name this server in their Host header.",
              "Use " + entrance.url + ". Further names are set in api.hosts.");
}

Result<void> CheckPage(const net::Request& request, const Entrance& entrance) {
  if (!AllowedOrigin(request, entrance).empty()) return {};
  const std::optional<std::string_view> origin = net::FindHeader(request.headers, "Origin");
  const bool ours = !origin || IsOurOrigin(*origin, request, entrance);
  // Browsers add it themselves, to requests without an Origin too: a picture, a script, a link.
  const std::string_view site = Header(request, "Sec-Fetch-Site");
  const bool elsewhere = site == "cross-site" || site == "same-site";
  if (ours && (!elsewhere || IsNavigation(request))) return {};
  return Fail(ErrorCode::kPermissionDenied, "Requests from web pages of other origins are refused.",
              "Where you trust such a page: ALLOWED_ORIGINS.");
}

bool CameThroughProxy(const net::Request& request, const Entrance& entrance) {
  if (KindOfHost(Header(request, "Host"), entrance) == HostKind::kNamed) return true;
  return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
    const std::string name = Lower(header.first);
    return name == "forwarded" || name == "via" || name == "x-real-ip" || name.starts_with("x-forwarded-");
  });
}

Result<Caller> IdentifyCaller(net::Exchange& exchange, Entrance& entrance) {
  Caller caller;
  if (exchange.local()) {
    caller.name = kUser;
    return caller;
  }
  const net::Request& request = exchange.request();
  // A page on another site can make a browser send requests here; its Host (rebinding) or origin gives it away.
  if (Result<void> named = CheckHost(request, entrance); !named) return Fail(std::move(named.error()));
  if (Result<void> page = CheckPage(request, entrance); !page) return Fail(std::move(page.error()));
  const std::string_view token = BearerToken(request);
  if (!token.empty()) caller.name = entrance.tokens.OwnerOf(token);
  if (!caller.known()) {
    Result<std::string> owner = OwnerOfCookie(request, entrance);
    if (!owner) return Fail(std::move(owner.error()));
    caller.name = std::move(*owner);
  }
  // A browser does what pages tell it: that it is this user's vouches for nothing.
  const bool browser = IsFromBrowser(request) && AllowedOrigin(request, entrance).empty();
  // Clients of OpenAI's always send some key: a wrong one takes nothing from the user.
  if (!caller.known() && !browser && !entrance.tokens.set() && !CameThroughProxy(request, entrance) &&
      exchange.FromOwnUser()) {
    caller.name = kUser;
  }
  if (!caller.known() && !IsForEverybody(request.path())) {
    return Fail(browser && token.empty() ? NeedsEntry() : NeedsToken(token, entrance.tokens.set()));
  }
  if (caller.known() && !caller.user() && IsForTheUserAlone(request.path())) {
    return Fail(ErrorCode::kPermissionDenied,
                "This is for the user of this Counsel alone, not for '" + caller.name + "'.");
  }
  return caller;
}

}  // namespace counsel::http
