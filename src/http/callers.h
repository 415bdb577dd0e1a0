// Who sends a request, and whether it is served. The one place that decides it, before a byte of the body is read:
//
//   unix socket ─────────────────────────────────────────────────────────▶ the user
//   TCP ─▶ does Host name us? ─▶ is it no page of another site? ─▶ a token? ─▶ the user, or a person by name
//                                                              └▶ none, or a wrong one: the page's cookie? ─▶ likewise
//                                                                 └▶ none: is it no browser, and the other end's socket
//                                                                    this user's, with no proxy between? ─▶ the user,
//                                                                    else 401
//
// A browser needs the cookie even of this user's: it does what pages tell it. (Pages of ALLOWED_ORIGINS do not.)
//
// Threads: io thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/page_sessions.h"
#include "http/tokens.h"
#include "net/http.h"

namespace counsel::http {

// Where the API is reached over TCP, and what lets somebody in. As the settings say; changed while the daemon runs.
struct Entrance {
  std::string url;      // "http://127.0.0.1:8181"
  std::string address;  // api.address as it was set; "127.0.0.1"
  std::uint16_t port = 0;
  std::vector<std::string> hosts;            // api.hosts: by what others call it
  std::vector<std::string> allowed_origins;  // of web pages elsewhere: "http://localhost:3000"
  Tokens tokens;
  PageSessions sessions;  // browsers that were let in
};

struct Caller {
  // kUser, a person's name, or "": nobody that we know, who is told by /health that the daemon is there and gets the
  // page's own files, to be let in by them.
  std::string name;

  [[nodiscard]] bool known() const { return !name.empty(); }
  [[nodiscard]] bool user() const { return name == kUser; }
};

// kPermissionDenied for a Host or web page that is none of ours, for what is the user's alone, and for a change that
// only a cookie vouches for; kUnauthenticated for whoever needs a token. Asks the kernel once a connection: see
// Exchange::FromOwnUser.
[[nodiscard]] Result<Caller> IdentifyCaller(net::Exchange& exchange, Entrance& entrance);

// Of a browser that nobody knows: kUnauthenticated.
[[nodiscard]] Error NeedsEntry();

// What anybody may ask for whose Host and page are right: it tells nothing of what is here.
[[nodiscard]] bool IsForEverybody(std::string_view path);

// What changes how the daemon works, or stops it: neither for persons with tokens nor for web pages.
[[nodiscard]] bool IsForTheUserAlone(std::string_view path);

// ---- the parts of it, all pure ----

// What "Host: …" says.
enum class HostKind {
  kForeign,
  kOurs,   // an address that we listen on, with our port
  kNamed,  // one of api.hosts, by which others reach us
};
[[nodiscard]] HostKind KindOfHost(std::string_view host, const Entrance& entrance);
// kPermissionDenied when there is no Host, or a foreign one.
[[nodiscard]] Result<void> CheckHost(const net::Request& request, const Entrance& entrance);
// kPermissionDenied when a browser sends it for a page of another site that ALLOWED_ORIGINS does not name.
[[nodiscard]] Result<void> CheckPage(const net::Request& request, const Entrance& entrance);
// What stands behind "Authorization: Bearer", or "".
[[nodiscard]] std::string_view BearerToken(const net::Request& request);
// Does a browser send it? They say so themselves, and no page can stop them.
[[nodiscard]] bool IsFromBrowser(const net::Request& request);
// Did it come through a proxy, by its own word or because it names us as only others do?
[[nodiscard]] bool CameThroughProxy(const net::Request& request, const Entrance& entrance);

}  // namespace counsel::http
