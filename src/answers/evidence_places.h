#pragma once

#include "answers/evidence.h"
#include "base/result.h"
#include "store/store.h"

namespace counsel::answers {

// Where the hits stand (`places`), and but for EvidenceOf::kHits the strong ones as passages, with their text, pages,
// structure and the headings above. On a thread of the store, in the snapshot that found the hits.
[[nodiscard]] Result<void> CompleteEvidence(store::Connection& db, EvidenceOf wanted, Evidence* evidence);

}  // namespace counsel::answers
