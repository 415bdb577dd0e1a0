// Where the key of the Companies House API comes from: the environment or .env (handed in), else a file of mode 0600.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace counsel::companies_house {

// Any thread. Everything but `given` looks at the file each time: a key that is set while the daemon runs is followed,
// and is kept in no memory but that of the request that uses it.
class RegisterKey {
 public:
  RegisterKey(Secret given, std::filesystem::path file);

  [[nodiscard]] bool configured() const;
  // kUnauthenticated when there is none, with how to get one; kPermissionDenied when others can read the file.
  [[nodiscard]] Result<Secret> Read() const;
  // "environment", a path, or "" when there is none.
  [[nodiscard]] std::string source() const;
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  Secret given_;
  std::filesystem::path file_;
};

// A key as somebody pasted it: blanks at its ends go. kInvalidArgument when it cannot be one.
[[nodiscard]] Result<Secret> CheckKey(std::string_view text);

}  // namespace counsel::companies_house
