// Quick or repacked: which way of loading gets the first token sooner. Pure.
//
// A quick load maps the file and is ready in a moment, but reads prompts slower; repacking rearranges the weights for
// the processor first. On a 7B of 4.4 GB, 2 threads: ready after 0.6 s against 12 s, 13.7 against 24.5 tokens/s of
// prompt; text is written at the same speed. So from some length of prompt on, repacking pays.
#pragma once

#include <cstdint>

namespace counsel::models {

// A prompt of unknown length, and what is loaded ahead of its use: repacked, since nobody waits for the load.
inline constexpr std::uint32_t kUnknownPrompt = UINT32_MAX;

struct StyleFacts {
  std::uint64_t weight_bytes = 0;    // of the file
  std::uint64_t repacked_bytes = 0;  // of these, what would be rearranged
  unsigned threads = 1;
  // Measured seconds of loads of this file; 0: not known.
  double quick_seconds = 0;
  double repacked_seconds = 0;
};

// Tokens of prompt from which on repacking pays. 0: there is (nearly) nothing to rearrange.
[[nodiscard]] std::uint32_t RepackFromTokens(const StyleFacts& facts);

}  // namespace counsel::models
