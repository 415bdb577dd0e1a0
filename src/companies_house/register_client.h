// The Companies House register. For now only whether it is configured: its client, cache and dossier come with the
// issue "Companies House", and the start-up order already has its place.
#pragma once

#include <string>
#include <utility>

namespace counsel::companies_house {

class RegisterClient {
 public:
  // `api_key` may be empty: then every look-up will say how to get one. No network call is made here.
  explicit RegisterClient(std::string api_key) : api_key_(std::move(api_key)) {}
  [[nodiscard]] bool configured() const { return !api_key_.empty(); }

 private:
  std::string api_key_;  // never logged
};

}  // namespace counsel::companies_house
