// The companies that a matter names: whose facts answer its questions, and whose changes are watched.
//
// On a store connection (a pool thread), inside the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace counsel::companies_house {

struct MatterCompany {
  MatterCompany() = default;
  std::string matter, number, name;
  std::string document;          // id of the last reading that said something new; "" when it was deleted
  std::string reported;          // id of the reading that changes were last told against; "" for none
  std::int64_t added_at = 0;     // unix seconds
  std::int64_t read_at = 0;      // when the register last said so
  std::int64_t reported_at = 0;  // when changes were last told; 0: never
};

// By matter and number; no matters: of all.
[[nodiscard]] Result<std::vector<MatterCompany>> ListMatterCompanies(store::Connection& db,
                                                                     const std::vector<std::string>& matters);
[[nodiscard]] Result<std::optional<MatterCompany>> FindMatterCompany(store::Connection& db, std::string_view matter,
                                                                     std::string_view number);
// Adds or replaces it.
[[nodiscard]] Result<void> KeepMatterCompany(store::Connection& db, const MatterCompany& company);
// false: the matter did not name it. Its readings stay documents of the matter.
[[nodiscard]] Result<bool> ForgetMatterCompany(store::Connection& db, std::string_view matter, std::string_view number);

}  // namespace counsel::companies_house
