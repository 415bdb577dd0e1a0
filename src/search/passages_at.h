// Passages at a place that is known, rather than like a question: with a phrase, of a page, at a document's head or
// tail.
//
// All within the walls, in the caller's transaction, what is unseen left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/search.h"
#include "store/store.h"

namespace counsel::search {

struct PassageAt {
  PassageAt() = default;
  Hit hit;  // chunk, document, scope, range, page, heading, text
  std::int64_t ordinal = 0;
};

// Whether there is any, within no walls: a look, whatever the store holds. How many: Count.
[[nodiscard]] Result<bool> AnySeen(store::Connection& db);

// With those words one after the other, in the order in which they came to the store; the first `most` of them.
[[nodiscard]] Result<std::vector<PassageAt>> WithPhrase(store::Connection& db, std::string_view phrase,
                                                        const std::vector<std::int64_t>& scopes,
                                                        const std::vector<std::string>& documents, std::size_t most);
// Of one document: those that begin on a page; its first; its last; all ascending.
[[nodiscard]] Result<std::vector<PassageAt>> OnPage(store::Connection& db, std::string_view document, int page);
[[nodiscard]] Result<std::vector<PassageAt>> FirstOf(store::Connection& db, std::string_view document,
                                                     std::int64_t count);
[[nodiscard]] Result<std::vector<PassageAt>> LastOf(store::Connection& db, std::string_view document,
                                                    std::int64_t count);
// The one behind it; nothing at the end.
[[nodiscard]] Result<std::optional<PassageAt>> Behind(store::Connection& db, const PassageAt& passage);

}  // namespace counsel::search
