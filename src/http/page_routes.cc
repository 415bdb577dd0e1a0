// The page: its files, and the entering of a browser. http/page_sessions.h says how that goes.
#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/offload.h"
#include "http/page_files.h"
#include "http/page_sessions.h"
#include "http/query_value.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::string_view kIndex = "index.html";
constexpr std::size_t kBodyLimit = 1024;
constexpr std::size_t kFileLimit = std::size_t{4} << 20;  // of a working copy
// Nothing but the page's own script and style runs in it, and it speaks to nobody but this daemon. Images of pages come
// as blobs, so that they are read once and kept nowhere.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string_view Header(const net::Request& request, std::string_view name) {
  return net::FindHeader(request.headers, name).value_or("");
}

const PageFile* FindFile(std::string_view name) {
  std::size_t count = 0;
  const PageFile* files = PageFiles(&count);
  for (std::size_t i = 0; i < count; ++i) {
    if (files[i].name == name) return &files[i];
  }
  return nullptr;
}

const char* TypeOf(const fs::path& file) {
  const std::string extension = file.extension().string();
  if (extension == ".html") return "text/html; charset=utf-8";
  if (extension == ".js") return "text/javascript; charset=utf-8";
  if (extension == ".css") return "text/css; charset=utf-8";
  return "image/svg+xml";
}

void Harden(net::Reply* reply) {
  reply->headers.emplace_back("Content-Security-Policy", kPolicy);
  reply->headers.emplace_back("Referrer-Policy", "no-referrer");
  reply->headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  reply->headers.emplace_back("X-Frame-Options", "DENY");
}

// Of a working copy: COUNSEL_WEB=DIR.
asio::awaitable<Result<net::Reply>> ReadWorkingCopy(Services& services, std::string name) {
  const fs::path file = services.web_folder / fs::path(name).filename();
  auto read = [&file] { return ReadFile(file, kFileLimit); };
  Result<std::string> text = co_await Offload(services.threads, read);
  if (!text) co_return Fail(std::move(text.error()));
  net::Reply reply(200, TypeOf(file), std::move(*text));
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return reply;
}

net::Reply ReplyWith(const PageFile& file, const net::Request& request) {
  const std::string etag = "\"" + std::string(file.digest) + "\"";
  const bool index = file.name == kIndex;
  const bool unchanged = index && Header(request, "If-None-Match") == etag;
  const bool packed = Header(request, "Accept-Encoding").find("gzip") != std::string_view::npos;
  net::Reply reply(200, std::string(file.type), "");
  if (unchanged) {
    reply.status = 304;
  } else if (packed) {
    reply.body = file.gzip;
    reply.headers.emplace_back("Content-Encoding", "gzip");
  } else {
    reply.body = file.plain;
  }
  reply.headers.emplace_back("ETag", etag);
  reply.headers.emplace_back("Vary", "Accept-Encoding");
  // The names of the others hold a digest of what they are.
  reply.headers.emplace_back("Cache-Control", index ? "no-cache" : "public, max-age=31536000, immutable");
  return reply;
}

asio::awaitable<Result<void>> SendFile(Call& call, std::string name) {
  const PageFile* file = FindFile(name);
  net::Reply reply;
  if (!call.services.web_folder.empty()) {
    Result<net::Reply> read = co_await ReadWorkingCopy(call.services, name);
    if (!read) co_return Fail(std::move(read.error()));
    reply = std::move(*read);
  } else if (file != nullptr) {
    reply = ReplyWith(*file, call.exchange.request());
    if (reply.status == 200 && reply.body.empty()) {
      co_return Fail(ErrorCode::kUnsupported, "The page is sent compressed.", "Send: Accept-Encoding: gzip");
    }
  } else if (!call.caller.known()) {
    co_return Fail(NeedsEntry());
  } else {
    co_return Fail(ErrorCode::kNotFound, name == kIndex ? "This Counsel was built without its page." : "No such file.",
                   name == kIndex ? "./run setup brings what bundles it, and builds again." : "Reload the page.");
  }
  Harden(&reply);
  // Whoever is not known gets the page all the same, to be let in by it; what is no browser sees that it was not.
  if (!call.caller.known() && name == kIndex && reply.status == 200) {
    reply.status = 401;
    reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  }
  co_return co_await call.exchange.Send(reply);
}

// GET /
asio::awaitable<Result<void>> Index(Call& call) {
  co_return co_await SendFile(call, std::string(kIndex));
}

// GET /page/{name}
asio::awaitable<Result<void>> File(Call& call) {
  const std::string name = call.parameters["name"];
  co_return co_await SendFile(call, name);
}

// POST /page/code {own_account?}: the command line asks for a code that lets a browser in.
asio::awaitable<Result<void>> MakeCode(Call& call) {
  if (!call.exchange.local()) {
    co_return Fail(ErrorCode::kPermissionDenied, "Codes are given out over the unix socket only.", "Run: counsel open");
  }
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<bool> own_account = BoolMember(*body, "own_account", false);
  if (!own_account) co_return Fail(std::move(own_account.error()));
  Entrance& entrance = call.services.entrance;
  const std::string code = entrance.sessions.NewCode(*own_account, UnixNow());
  // Behind '#', which a browser sends to nobody.
  const std::string fragment = "/#enter=" + code;
  Json others = Json::array();
  for (const std::string& host : entrance.hosts) {
    std::string url = "https://";
    url.append(host).append(fragment);
    others.push_back(std::move(url));
  }
  Json json = {{"url", entrance.url + fragment}, {"elsewhere", others}, {"seconds", kPageCodeSeconds}};
  co_return co_await call.SendJson(std::move(json));
}

Json SessionJson(const Call& call, std::string_view cookie, std::int64_t expires_at) {
  return {{"user", call.caller.name},
          {"csrf", cookie.empty() ? "" : CsrfOf(cookie)},
          {"expires_at", expires_at > 0 ? Json(expires_at) : Json(nullptr)},
          {"version", call.services.version}};
}

bool CameEncrypted(const net::Request& request) {
  return Header(request, "X-Forwarded-Proto") == "https" || Header(request, "Origin").starts_with("https://");
}

// POST /page/session, with a code or token as its Bearer: a browser is let in.
asio::awaitable<Result<void>> Enter(Call& call) {
  const net::Request& request = call.exchange.request();
  Services& services = call.services;
  const std::string given(BearerToken(request));
  std::string owner = given.empty() ? "" : call.caller.name;
  if (owner.empty() && !given.empty()) {
    const bool own = !CameThroughProxy(request, services.entrance) && call.exchange.FromOwnUser();
    if (services.entrance.sessions.TakeCode(given, own, UnixNow())) owner = kUser;
  }
  if (owner.empty()) {
    co_return Fail(ErrorCode::kUnauthenticated, "This code or token opens nothing, or nothing any more.",
                   "Codes are good once and for 5 minutes: counsel open makes another. Tokens: counsel token.");
  }
  const std::string browser = BrowserOf(Header(request, "User-Agent"));
  auto add = [&services, &owner, &browser] { return AddPageSession(services.home, owner, browser, UnixNow()); };
  Result<std::string> cookie = co_await Offload(services.threads, add);
  if (!cookie) co_return Fail(std::move(cookie.error()));
  call.caller.name = owner;
  const Json json = SessionJson(call, *cookie, UnixNow() + kPageSessionSeconds);
  net::Reply reply(200, "application/json", Dump(json));
  reply.headers.emplace_back("Set-Cookie",
                             services.entrance.sessions.cookie_name() + "=" + *cookie +
                                 "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(kPageSessionSeconds) +
                                 (CameEncrypted(request) ? "; Secure" : ""));
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return co_await call.exchange.Send(reply);
}

// GET /page/session: who is known here, and what changes must bring along.
asio::awaitable<Result<void>> ShowSession(Call& call) {
  if (!call.caller.known()) co_return Fail(NeedsEntry());
  PageSessions& sessions = call.services.entrance.sessions;
  const std::string_view cookie = sessions.CookieIn(Header(call.exchange.request(), "Cookie"));
  const std::int64_t expires_at = sessions.ExpiresAt(cookie, UnixNow());
  net::Reply reply(200, "application/json", Dump(SessionJson(call, expires_at > 0 ? cookie : "", expires_at)));
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return co_await call.exchange.Send(reply);
}

// DELETE /page/session: this browser is no longer known.
asio::awaitable<Result<void>> Leave(Call& call) {
  if (!call.caller.known()) co_return Fail(NeedsEntry());
  Services& services = call.services;
  const std::string cookie(services.entrance.sessions.CookieIn(Header(call.exchange.request(), "Cookie")));
  const std::string id = PageSessionId(cookie);
  auto revoke = [&services, &id] { return RevokePageSessions(services.home, id, UnixNow()); };
  Result<std::size_t> revoked = co_await Offload(services.threads, revoke);
  if (!revoked) co_return Fail(std::move(revoked.error()));
  Json json = {{"closed", id}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddPageRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/", Index, {kAnyName}});
  routes.push_back({"POST", "/page/code", MakeCode});
  routes.push_back({"GET", "/page/session", ShowSession});
  routes.push_back({"POST", "/page/session", Enter});
  routes.push_back({"DELETE", "/page/session", Leave});
  routes.push_back({"GET", "/page/{name}", File, {kAnyName}});  // after the others
}

}  // namespace counsel::http
