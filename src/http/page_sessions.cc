#include "http/page_sessions.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/ids.h"

namespace counsel::http {
namespace fs = std::filesystem;
namespace {

constexpr const char* kFile = "sessions";
constexpr std::size_t kIdLength = 8;
constexpr std::size_t kHomeDigestLength = 12;

Result<std::vector<PageSession>> ReadSessions(const fs::path& home) {
  const Result<std::string> text = ReadPrivate(home / kFile);
  if (!text) return Fail(text.error());
  std::vector<PageSession> sessions;
  std::istringstream lines(*text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (Trimmed(line).empty() || line.front() == '#') continue;
    PageSession session;
    std::istringstream words(line);
    if (!(words >> session.owner >> session.created_at >> session.expires_at >> session.digest) ||
        session.digest.size() != kDigestLength) {
      return Fail(ErrorCode::kCorrupt,
                  (home / kFile).string() + ", line " + std::to_string(number) + " is none of ours.",
                  "Remove the file: browsers are then let in anew by 'counsel open'.");
    }
    std::getline(words, session.browser);
    session.browser = std::string(Trimmed(session.browser));
    session.id = session.digest.substr(0, kIdLength);
    sessions.push_back(std::move(session));
  }
  return sessions;
}

Result<void> WriteSessions(const fs::path& home, const std::vector<PageSession>& sessions) {
  std::string text = "# Browsers that were let in: who, since, until, SHA-256, browser. See: counsel open --help\n";
  for (const PageSession& session : sessions) {
    text += session.owner + " " + std::to_string(session.created_at) + " " + std::to_string(session.expires_at) + " " +
            session.digest + " " + session.browser + "\n";
  }
  return WriteFileAtomically(home / kFile, text);
}

void DropExpired(std::vector<PageSession>* sessions, std::int64_t now) {
  std::erase_if(*sessions, [now](const PageSession& session) { return session.expires_at <= now; });
}

}  // namespace

Result<std::vector<PageSession>> ListPageSessions(const fs::path& home, std::int64_t now) {
  Result<std::vector<PageSession>> sessions = ReadSessions(home);
  if (sessions) DropExpired(&*sessions, now);
  return sessions;
}

Result<std::string> AddPageSession(const fs::path& home, const std::string& owner, const std::string& browser,
                                   std::int64_t now) {
  const Result<FileDescriptor> lock = LockForChange(home);
  if (!lock) return Fail(lock.error());
  Result<std::vector<PageSession>> sessions = ListPageSessions(home, now);
  if (!sessions) return Fail(std::move(sessions.error()));
  while (sessions->size() >= kMostPageSessions) sessions->erase(sessions->begin());
  std::string cookie = NewToken();
  PageSession session;
  session.owner = owner;
  session.created_at = now;
  session.expires_at = now + kPageSessionSeconds;
  session.browser = browser;
  session.digest = Sha256Hex(cookie);
  sessions->push_back(std::move(session));
  if (Result<void> written = WriteSessions(home, *sessions); !written) return Fail(std::move(written.error()));
  return cookie;
}

Result<std::size_t> RevokePageSessions(const fs::path& home, const std::string& id, std::int64_t now) {
  const Result<FileDescriptor> lock = LockForChange(home);
  if (!lock) return Fail(lock.error());
  Result<std::vector<PageSession>> sessions = ListPageSessions(home, now);
  if (!sessions) return Fail(std::move(sessions.error()));
  const std::size_t before = sessions->size();
  std::string others;
  for (const PageSession& session : *sessions) others += (others.empty() ? "" : ", ") + session.id;
  std::erase_if(*sessions, [&id](const PageSession& session) { return id == "all" || session.id == id; });
  const std::size_t closed = before - sessions->size();
  if (closed == 0 && id != "all") {
    return Fail(ErrorCode::kNotFound, "No browser has the session '" + id + "'.",
                others.empty() ? "None is let in." : "There are: " + others + ".");
  }
  if (closed > 0) {
    if (Result<void> written = WriteSessions(home, *sessions); !written) return Fail(std::move(written.error()));
  }
  return closed;
}

Result<void> RevokePageSessionsOf(const fs::path& home, const std::string& owner) {
  Result<std::vector<PageSession>> sessions = ReadSessions(home);
  if (!sessions) return Fail(std::move(sessions.error()));
  if (std::erase_if(*sessions, [&owner](const PageSession& session) { return session.owner == owner; }) == 0) return {};
  return WriteSessions(home, *sessions);
}

std::string PageSessionId(std::string_view cookie) {
  return Sha256Hex(cookie).substr(0, kIdLength);
}

std::string CsrfOf(std::string_view cookie) {
  return Sha256Hex("counsel csrf " + std::string(cookie));
}

std::string BrowserOf(std::string_view user_agent) {
  // Each also says the names of those behind it.
  constexpr std::array<std::pair<std::string_view, const char*>, 5> kNames = {
      {{"Firefox/", "Firefox"}, {"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}};
  for (const auto& [part, name] : kNames) {
    if (user_agent.find(part) != std::string_view::npos) return name;
  }
  return "a browser";
}

PageSessions::PageSessions(fs::path home) : home_(std::move(home)) {
  cookie_name_ = "counsel-" + Sha256Hex(home_.string()).substr(0, kHomeDigestLength);
}

std::string_view PageSessions::CookieIn(std::string_view cookies) const {
  while (!cookies.empty() && !cookie_name_.empty()) {
    const std::string_view one = Trimmed(cookies.substr(0, cookies.find(';')));
    if (one.size() > cookie_name_.size() && one.starts_with(cookie_name_) && one[cookie_name_.size()] == '=') {
      return one.substr(cookie_name_.size() + 1);
    }
    const std::size_t end = cookies.find(';');
    cookies.remove_prefix(end == std::string_view::npos ? cookies.size() : end + 1);
  }
  return "";
}

const PageSession* PageSessions::Find(std::string_view cookie, std::int64_t now) {
  if (home_.empty() || cookie.empty()) return nullptr;
  if (file_.HasChanged(home_ / kFile)) {
    Result<std::vector<PageSession>> read = ReadSessions(home_);
    if (!read) spdlog::warn("no browser is let in: {}", read.error().ToString());
    sessions_ = read ? std::move(*read) : std::vector<PageSession>();
  }
  const std::string digest = Sha256Hex(cookie);
  const PageSession* found = nullptr;
  for (const PageSession& session : sessions_) {
    if (SameDigest(digest, session.digest) && session.expires_at > now) found = &session;
  }
  return found;
}

std::string PageSessions::OwnerOf(std::string_view cookie, std::int64_t now) {
  const PageSession* session = Find(cookie, now);
  return session == nullptr ? "" : session->owner;
}

std::int64_t PageSessions::ExpiresAt(std::string_view cookie, std::int64_t now) {
  const PageSession* session = Find(cookie, now);
  return session == nullptr ? 0 : session->expires_at;
}

std::string PageSessions::NewCode(bool own_account, std::int64_t now) {
  std::erase_if(codes_, [now](const Code& code) { return code.expires_at <= now; });
  while (codes_.size() >= kMostPageCodes) codes_.erase(codes_.begin());
  std::string code = NewToken();
  Code kept;
  kept.digest = Sha256Hex(code);
  kept.own_account = own_account;
  kept.expires_at = now + kPageCodeSeconds;
  codes_.push_back(std::move(kept));
  return code;
}

bool PageSessions::TakeCode(std::string_view code, bool from_own_account, std::int64_t now) {
  const std::string digest = Sha256Hex(code);
  std::size_t found = codes_.size();
  for (std::size_t i = 0; i < codes_.size(); ++i) {
    if (SameDigest(digest, codes_[i].digest)) found = i;
  }
  if (found == codes_.size()) return false;
  const Code taken = codes_[found];
  if (taken.expires_at > now && taken.own_account && !from_own_account) return false;
  codes_.erase(codes_.begin() + static_cast<std::ptrdiff_t>(found));
  return taken.expires_at > now;
}

}  // namespace counsel::http
