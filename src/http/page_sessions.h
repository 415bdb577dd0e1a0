// Browsers that may use the page. A browser is let in with a one-time code ('counsel open') or a token, gets a cookie,
// and is known by that until it expires or is revoked:
//
//   counsel open ─▶ code, in the daemon's memory, 5 minutes ─▶ POST /page/session ─▶ cookie, 14 days; only its SHA-256
//                                                                                    is kept, in the home's file
//                                                                                    `sessions`
//
// The cookie's name holds a digest of the home, since browsers send cookies of one host to all its ports. Whoever
// changes something with a cookie sends CsrfOf(cookie) too, which pages of other sites cannot know.
//
// Threads: each object one. Functions block for a small file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/home_files.h"

namespace counsel::http {

inline constexpr std::int64_t kPageSessionSeconds = std::int64_t{14} * 24 * 3600;
inline constexpr std::int64_t kPageCodeSeconds = 300;
inline constexpr std::size_t kMostPageSessions = 500;  // then the oldest goes
inline constexpr std::size_t kMostPageCodes = 16;      // likewise

struct PageSession {
  std::string id;     // to name it by: the first 8 characters of the digest
  std::string owner;  // kUser, or a person's name
  std::int64_t created_at = 0;
  std::int64_t expires_at = 0;  // unix seconds
  std::string browser;          // "Firefox", or "a browser"
  std::string digest;           // SHA-256 of the cookie, hexadecimal
};

// ---- the file, for the command line; any process ----

// Those that have not expired at `now`, in the order in which they were made.
[[nodiscard]] Result<std::vector<PageSession>> ListPageSessions(const std::filesystem::path& home, std::int64_t now);
// Makes one and returns its cookie.
[[nodiscard]] Result<std::string> AddPageSession(const std::filesystem::path& home, const std::string& owner,
                                                 const std::string& browser, std::int64_t now);
// By id, or "all". Returns how many closed; kNotFound names those there are.
[[nodiscard]] Result<std::size_t> RevokePageSessions(const std::filesystem::path& home, const std::string& id,
                                                     std::int64_t now);
// All of one person, while the caller has locked the home (LockForChange).
[[nodiscard]] Result<void> RevokePageSessionsOf(const std::filesystem::path& home, const std::string& owner);

// By which the session of this cookie is named.
[[nodiscard]] std::string PageSessionId(std::string_view cookie);
// What a change that comes with this cookie must bring along.
[[nodiscard]] std::string CsrfOf(std::string_view cookie);
// Of a User-Agent: "Firefox", "Edge", "Chrome", "Safari", or "a browser".
[[nodiscard]] std::string BrowserOf(std::string_view user_agent);

// ---- for the daemon ----

class PageSessions {
 public:
  PageSessions() = default;  // nobody is let in
  explicit PageSessions(std::filesystem::path home);

  // "counsel-4f0c…".
  [[nodiscard]] const std::string& cookie_name() const { return cookie_name_; }
  // The cookie's value among those that a browser sent ("a=1; b=2"), or "".
  [[nodiscard]] std::string_view CookieIn(std::string_view cookies) const;
  // Whose session this cookie is at `now`, or "" for nobody's. Takes as long for a wrong one as for a right one.
  [[nodiscard]] std::string OwnerOf(std::string_view cookie, std::int64_t now);
  // When it expires, or 0.
  [[nodiscard]] std::int64_t ExpiresAt(std::string_view cookie, std::int64_t now);

  // A code for the user, good once. `own_account`: only for a browser of this account, by the kernel's word, so that
  // another one that reads it in the browser's arguments has nothing of it.
  [[nodiscard]] std::string NewCode(bool own_account, std::int64_t now);
  // Is it one that a caller of this (or not this) account may use? It is then used up.
  [[nodiscard]] bool TakeCode(std::string_view code, bool from_own_account, std::int64_t now);

 private:
  struct Code {
    std::string digest;
    bool own_account = false;
    std::int64_t expires_at = 0;
  };
  const PageSession* Find(std::string_view cookie, std::int64_t now);

  std::filesystem::path home_;
  std::string cookie_name_;
  std::vector<PageSession> sessions_;
  SeenFile file_;
  std::vector<Code> codes_;
};

}  // namespace counsel::http
