// Whether the index's files are what was written.
#pragma once

#include <optional>

#include "base/result.h"
#include "store/store.h"

namespace counsel::search {

// Reads all of each and compares checksums. True also where nobody keeps files for this store. On a connection of one's
// own, outside a transaction. Files that are replaced meanwhile are no fault, nor are those that are not there: a home
// that was restored makes its own.
[[nodiscard]] Result<bool> IndexFilesAgree(store::Connection& db);
// Why they cannot be kept at the moment (a folder that is not ours, a full disk): searches answer all the same, by the
// store's own tables. Nothing: they can, or nobody keeps any.
[[nodiscard]] std::optional<Error> IndexTrouble(store::Connection& db);
// All of them are made anew in the background; the store's own tables answer meanwhile.
[[nodiscard]] Result<void> ForgetIndexFiles(store::Connection& db);

}  // namespace counsel::search
