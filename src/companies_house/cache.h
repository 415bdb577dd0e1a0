// What the register answered, kept in the store with the time it was read.
//
// On a store connection (a pool thread), inside the caller's transaction.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace counsel::companies_house {

// What is read, by how long a reading counts as fresh.
enum class Kind {
  kProfile,   // and everything below it that is not named here: a day
  kFilings,   // filing history: an hour
  kSearch,    // an hour
  kDocument,  // what was filed never changes: for ever
};
// Nothing: for ever.
[[nodiscard]] std::optional<std::chrono::seconds> FreshFor(Kind kind);

struct KeptReply {
  KeptReply() = default;
  int status = 0;  // 200 or 404
  std::string body;
  std::int64_t read_at = 0;  // unix seconds
};

// `source` is the host's address: another register's facts are other facts.
[[nodiscard]] Result<std::optional<KeptReply>> FindReply(store::Connection& db, std::string_view source,
                                                         std::string_view target);
// Replaces what was kept. Forgets searches of more than a week ago.
[[nodiscard]] Result<void> KeepReply(store::Connection& db, std::string_view source, std::string_view target,
                                     const KeptReply& reply);

// Is a reading of then still fresh now? One of the future (the clock was set back) is not.
[[nodiscard]] bool IsFresh(Kind kind, std::int64_t read_at, std::int64_t now);

}  // namespace counsel::companies_house
