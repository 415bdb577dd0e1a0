// Reading a document's original again, when it could be read better than before: OCR's language has been installed,
// say.
//
// A text is immutable, so another reading is another document, a newer version of the same bytes: the older one keeps
// its id and its text, which citations name, and is superseded once the newer one is ready. Of several readings the
// newest has `reading` 0 in the store.
//
// On a store connection, inside the caller's transaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "documents/documents.h"
#include "store/store.h"

namespace counsel::documents {

// Raised whenever the readers read something otherwise than before. 0: before they were counted.
inline constexpr std::int64_t kReaderVersion = 5;

// Its text was read by older readers: the same bytes might be read better now. Not of what the daemon writes itself.
[[nodiscard]] bool IsOutdated(const Document& document);
// How many there are, older versions left out.
[[nodiscard]] Result<std::int64_t> CountOutdated(store::Connection& db);

// Queues it to be read again, with its place in matter, paths and what holds it: what is to be waited for. A document
// that failed is queued itself; one that is being read is left to that. kInvalidArgument for one that is superseded,
// kNotFound.
[[nodiscard]] Result<Document> ReadAgain(store::Connection& db, std::string_view id);

// Whether it failed, or pages of it were left out, for want of a language of OCR.
[[nodiscard]] bool WantsLanguage(const Document& document);

// The older readings of a document's bytes; none for one that is an older reading itself.
[[nodiscard]] Result<std::vector<std::string>> OlderReadings(store::Connection& db, std::string_view id);

}  // namespace counsel::documents
