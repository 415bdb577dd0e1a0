// How many texts a server writes at a time: its slots. Pure.
//
// Each slot has a context of its own, as long as one request may use, so that nothing others do can make a request run
// out of it (docs/models.md, "Slots"). What that takes is in the plan like everything else, so fewer slots are planned
// where memory is short.
#pragma once

#include <cstdint>
#include <optional>

#include "models/catalogue.h"

namespace counsel::models {

// The most that are worth having. A remote server batches for itself: as many as counsel-remote passes on at a time. An
// embedder and a reranker have one: beside other texts a text gets another vector. 0: no limit of ours
// (counsel-embedder has a line of its own).
[[nodiscard]] std::uint32_t MostSlots(const ModelEntry& entry, unsigned threads, bool on_device);

// As the entry's own flags have it (--parallel); 1 where they make the slots share one context (--kv-unified).
[[nodiscard]] std::optional<std::uint32_t> OwnSlots(const ModelEntry& entry);

// Whether a plan with several slots leaves enough of the memory that is free now to others. Bytes.
[[nodiscard]] bool LeavesRoom(std::uint64_t claim_bytes, std::uint64_t headroom_bytes);

}  // namespace counsel::models
