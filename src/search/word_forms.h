// Rows of the keyword index that an earlier Counsel wrote, with FTS5's own words: they are removed as they were
// written, and written anew while the daemon serves. Until then they are found as they always were. Internal to this
// room, but for RewriteEarlierWords and RebuildWords.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace counsel::search {

// Passages up to this one have words of the earlier form; 0: none.
[[nodiscard]] Result<std::int64_t> EarlierUntil(store::Connection& db);
// Of passages first to last: their words leave the index. Before the passages do, for they say which words.
[[nodiscard]] Result<void> ForgetWords(store::Connection& db, std::int64_t first, std::int64_t last);
[[nodiscard]] Result<void> ForgetWordsOf(store::Connection& db, std::string_view document);

// Some rows more for about so long; true: there are more. In a transaction.
[[nodiscard]] Result<bool> RewriteEarlierWords(store::Connection& db, std::chrono::milliseconds most);
// All words anew from the passages, as of a damaged index.
[[nodiscard]] Result<void> RebuildWords(store::Connection& db);

}  // namespace counsel::search
