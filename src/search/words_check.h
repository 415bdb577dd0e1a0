// Whether the keyword index holds the words of the passages, all of them and no others.
#pragma once

#include "base/result.h"
#include "store/store.h"

namespace counsel::search {

// FTS5's own check writes, so that everybody would wait for it. This one reads, in one snapshot: sums over every word
// at every place in the index and in the passages, cut into words by the index's own tokenizer, are compared. Some
// millions of words in a second. kCorrupt: the index cannot even be read. Outside a transaction, on a connection of
// one's own (Store::ReadApart).
[[nodiscard]] Result<bool> WordsAgree(store::Connection& db);

}  // namespace counsel::search
