#include "http/tokens.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <sstream>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/ids.h"
#include "http/home_files.h"
#include "http/page_sessions.h"

namespace counsel::http {
namespace fs = std::filesystem;
namespace {

constexpr const char* kHomeFile = "token";
constexpr const char* kPersonsFile = "tokens";
constexpr std::size_t kMostPersons = 200;
constexpr std::size_t kLongestName = 64;

bool IsName(std::string_view name) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-' || c == '@';
  };
  return !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), allowed);
}

Result<void> WritePersons(const fs::path& home, const std::vector<PersonsToken>& persons) {
  std::string text = "# Tokens of persons: name, when made, SHA-256. See: counsel token --help\n";
  for (const PersonsToken& person : persons) {
    text += person.name + " " + std::to_string(person.created_at) + " " + person.digest + "\n";
  }
  return WriteFileAtomically(home / kPersonsFile, text);
}

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

Result<std::string> HomeToken(const fs::path& home) {
  const fs::path file = home / kHomeFile;
  const Result<std::string> there = ReadPrivate(file);
  if (!there) return there;
  if (const std::string_view token = Trimmed(*there); !token.empty()) return std::string(token);
  const Result<FileDescriptor> lock = LockForChange(home);
  if (!lock) return Fail(lock.error());
  // Another one may have made it meanwhile.
  const Result<std::string> again = ReadPrivate(file);
  if (!again) return again;
  if (const std::string_view token = Trimmed(*again); !token.empty()) return std::string(token);
  std::string made = NewToken();
  if (Result<void> written = WriteFileAtomically(file, made + "\n"); !written) return Fail(std::move(written.error()));
  return made;
}

Result<std::vector<PersonsToken>> ListPersonsTokens(const fs::path& home) {
  const Result<std::string> text = ReadPrivate(home / kPersonsFile);
  if (!text) return Fail(text.error());
  std::vector<PersonsToken> persons;
  std::istringstream lines(*text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (Trimmed(line).empty() || line.front() == '#') continue;
    PersonsToken person;
    std::istringstream words(line);
    if (!(words >> person.name >> person.created_at >> person.digest) || person.digest.size() != kDigestLength) {
      return Fail(ErrorCode::kCorrupt,
                  (home / kPersonsFile).string() + ", line " + std::to_string(number) + " is none of ours.",
                  "Take it out.");
    }
    persons.push_back(std::move(person));
  }
  return persons;
}

Result<std::string> AddPersonsToken(const fs::path& home, const std::string& name) {
  if (!IsName(name) || name == kUser) {
    return Fail(ErrorCode::kInvalidArgument, "'" + name + "' cannot be the name of a token's owner.",
                "Use 1 to 64 letters, digits, '.', '_', '-' or '@'; not 'user', which is you.");
  }
  const Result<FileDescriptor> lock = LockForChange(home);
  if (!lock) return Fail(lock.error());
  Result<std::vector<PersonsToken>> persons = ListPersonsTokens(home);
  if (!persons) return Fail(std::move(persons.error()));
  for (const PersonsToken& person : *persons) {
    if (person.name != name) continue;
    return Fail(ErrorCode::kAlreadyExists, "'" + name + "' has a token already; it cannot be shown again.",
                "Choose another name, or first: counsel token revoke " + name);
  }
  if (persons->size() >= kMostPersons) {
    return Fail(ErrorCode::kTooLarge, "There are " + std::to_string(kMostPersons) + " tokens of persons already.",
                "Revoke one: counsel token revoke NAME");
  }
  std::string token = NewToken();
  persons->push_back({name, UnixNow(), Sha256Hex(token)});
  if (Result<void> written = WritePersons(home, *persons); !written) return Fail(std::move(written.error()));
  return token;
}

Result<void> RevokePersonsToken(const fs::path& home, const std::string& name) {
  const Result<FileDescriptor> lock = LockForChange(home);
  if (!lock) return Fail(lock.error());
  Result<std::vector<PersonsToken>> persons = ListPersonsTokens(home);
  if (!persons) return Fail(std::move(persons.error()));
  std::string others;
  std::vector<PersonsToken> left;
  for (PersonsToken& person : *persons) {
    if (person.name == name) continue;
    others += (others.empty() ? "" : ", ") + person.name;
    left.push_back(std::move(person));
  }
  if (left.size() == persons->size()) {
    return Fail(ErrorCode::kNotFound, "'" + name + "' has no token.",
                others.empty() ? "No person has one." : "These have one: " + others + ".");
  }
  if (Result<void> written = WritePersons(home, left); !written) return written;
  // What was opened with it closes too.
  return RevokePageSessionsOf(home, name);
}

Tokens::Tokens(fs::path home, std::string_view set) : home_(std::move(home)), set_(!set.empty()) {
  if (set_) digest_ = Sha256Hex(set);
}

void Tokens::Follow() {
  if (!set_ && home_file_.HasChanged(home_ / kHomeFile)) {
    const Result<std::string> text = ReadPrivate(home_ / kHomeFile);
    if (!text) spdlog::warn("the home's token is not used: {}", text.error().ToString());
    const std::string_view token = text ? Trimmed(*text) : "";
    digest_ = token.empty() ? "" : Sha256Hex(token);
  }
  if (persons_file_.HasChanged(home_ / kPersonsFile)) {
    Result<std::vector<PersonsToken>> persons = ListPersonsTokens(home_);
    if (!persons) spdlog::warn("the tokens of persons are not used: {}", persons.error().ToString());
    persons_ = persons ? std::move(*persons) : std::vector<PersonsToken>();
  }
}

std::string Tokens::OwnerOf(std::string_view token) {
  if (home_.empty()) return "";
  Follow();
  const std::string digest = Sha256Hex(token);
  std::string owner;
  for (const PersonsToken& person : persons_) {
    if (SameDigest(digest, person.digest)) owner = person.name;
  }
  if (SameDigest(digest, digest_)) owner = kUser;
  return owner;
}

}  // namespace counsel::http
