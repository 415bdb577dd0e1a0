// Tokens of the HTTP API. The home's own stands in its file `token` (mode 0600), or is the setting api.token. Those of
// persons are lines of the file `tokens`: a name, when it was made, and the SHA-256 of the token, which is told once
// and kept nowhere. Both files are looked at whenever a token is checked: what the command line changes holds at once.
//
// Threads: each object one. Functions block for two small files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/home_files.h"

namespace counsel::http {

// Whoever comes with the home's token, or is known to be its user without one. No person has this name.
inline constexpr std::string_view kUser = "user";

struct PersonsToken {
  std::string name;
  std::int64_t created_at = 0;  // unix seconds
  std::string digest;           // SHA-256, hexadecimal
};

// ---- the files, for the command line; any process ----

// The home's token, made when there is none. kPermissionDenied when others can read its file.
[[nodiscard]] Result<std::string> HomeToken(const std::filesystem::path& home);
// Makes one for a person and returns it. kInvalidArgument for a name that is none: 1 to 64 letters, digits, '.', '_',
// '-' or '@'; kAlreadyExists; kTooLarge beyond 200 persons.
[[nodiscard]] Result<std::string> AddPersonsToken(const std::filesystem::path& home, const std::string& name);
// In the order in which they were made.
[[nodiscard]] Result<std::vector<PersonsToken>> ListPersonsTokens(const std::filesystem::path& home);
// kNotFound names those there are.
[[nodiscard]] Result<void> RevokePersonsToken(const std::filesystem::path& home, const std::string& name);

// ---- for the daemon ----

class Tokens {
 public:
  Tokens() = default;  // nobody has one
  // `set`: the setting api.token; "" for the home's own.
  Tokens(std::filesystem::path home, std::string_view set);

  // Whose token this is: kUser, a person's name, or "" for nobody's. Takes as long for a wrong one as for a right one.
  [[nodiscard]] std::string OwnerOf(std::string_view token);
  // Is the home's own token the setting api.token? Then it is asked of everybody.
  [[nodiscard]] bool set() const { return set_; }

 private:
  void Follow();

  std::filesystem::path home_;
  bool set_ = false;
  std::string digest_;  // of the home's; "" for none
  std::vector<PersonsToken> persons_;
  SeenFile home_file_;
  SeenFile persons_file_;
};

}  // namespace counsel::http
