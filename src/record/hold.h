// Legal hold: while a matter is held, nothing of it is deleted. That it is held, by whom and why, stands in the record
// (kinds "held" and "released"); the last such entry of a matter says whether it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/record.h"
#include "store/store.h"

namespace counsel::record {

[[nodiscard]] Result<bool> IsHeld(store::Connection& db, std::string_view matter);
// kNotFound for a matter that is not there; kAlreadyExists when it is held, or not, as it was to be. `person`: who says
// so. The number of the entry.
[[nodiscard]] Result<std::int64_t> SetHold(store::Connection& db, const std::string& matter, bool held,
                                           const std::string& words, const Actor& by, std::int64_t now);
// kPermissionDenied, with the next step, while it is held, or while texts of the record that would go along are also of
// another matter that is held.
[[nodiscard]] Result<void> MatterMayBeDeleted(store::Connection& db, std::string_view matter);
[[nodiscard]] Result<void> DocumentMayBeDeleted(store::Connection& db, std::string_view document);
// Texts of these entries.
[[nodiscard]] Result<void> EntriesMayBeForgotten(store::Connection& db, const std::vector<std::int64_t>& numbers);

}  // namespace counsel::record
