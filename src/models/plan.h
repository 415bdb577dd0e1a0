// What one load of a model will take: the currency between planner (which estimates it), scheduler (which reserves it)
// and status (which shows it). Bytes and seconds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace counsel::models {

// How a GGUF's weights come into memory.
enum class LoadStyle {
  kQuick,     // mapped and used as they are in the file: ready soonest, prompts read slower
  kRepacked,  // rearranged for this processor into memory of their own: prompts read faster
};

// A server's memory, on the host and on each device ("Vulkan0", "CUDA0").
struct Footprint {
  Footprint() = default;
  std::uint64_t host_bytes = 0;
  std::map<std::string, std::uint64_t> device_bytes;
};

struct Plan {
  Plan() = default;
  // Flags for the engine beyond the ones every server gets; what `counsel plan` shows.
  std::vector<std::string> flags;
  LoadStyle style = LoadStyle::kRepacked;
  // The steps down the ladder after device memory ran out: 0 is none (models/placement.h).
  int rung = 0;
  bool last_rung = true;             // there is none below it
  std::string what;                  // what the ladder took, for a user: "half the context"; "" on rung 0
  std::string why_less;              // why the planner took it; "" when it was asked to, or took nothing
  std::uint32_t context_tokens = 0;  // of one request, as the ladder left it
  // Texts that the server writes at a time, each with such a context (models/slots.h). 0: no limit of ours.
  std::uint32_t slots = 0;
  // It reads one prompt at a time: beside another neither is read sooner (models/scheduler_slots.cc).
  bool reads_alone = false;
  // With every slot full and the prompt cache at its limit: what the ledger reserves.
  Footprint claim;
  // Right after the first request: what `counsel plan` compares with what was measured.
  // On devices: the engine's buffers; `claim` has an allowance for the driver on top.
  Footprint at_ready;
  double load_seconds = 0;  // expected; 0: not known yet
  // From this many tokens of prompt on, repacking pays for the time that it takes (load_style.h). 0: the styles are the
  // same for this model.
  std::uint32_t repack_from_tokens = 0;
  // Identity of files and flags, under which measurements are remembered. "" for a model without files.
  std::string key;
  bool measured = false;   // corrected by an earlier load with the same key
  bool estimated = false;  // from the file's description alone: the engine's own estimate was not to be had
  // Of `claim` and `at_ready`: weights read where the file is mapped. Servers of one file share them.
  std::uint64_t mapped_bytes = 0;
  // The file was in the page cache when the plan was made, which is what load_seconds depends on.
  bool file_cached = false;
};

}  // namespace counsel::models
