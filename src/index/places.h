// Where in its passages a word stands: beside each posting list, block by block, so that one passage's places are read
// without those of the others.
//
// Places count the passage's words from 0; a column begins one behind the end of the one before it, so that no phrase
// reaches from one into the next.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/postings.h"

namespace counsel::index {

// A word's postings, and its places in each of them.
struct Placed {
  Placed() = default;
  std::vector<Posting> postings;
  std::vector<std::uint32_t> counts;  // of each posting's places: from 1 to its times
  std::vector<std::uint32_t> places;  // of one posting after the other; within one they ascend

  void Clear() {
    postings.clear();
    counts.clear();
    places.clear();
  }
};

// A place costs about as many bits as the passages' lengths have.
void AppendPlaces(const Placed& word, std::vector<std::byte>* bytes);

// Reads what AppendPlaces made, for the posting at which a cursor of the same list stands.
class PlaceReader {
 public:
  explicit PlaceReader(const PostingList& list);
  // false: it is damaged.
  [[nodiscard]] bool Read(const Cursor& cursor, std::vector<std::uint32_t>* places);

 private:
  bool Load(const Cursor& cursor);

  std::span<const std::byte> bytes_;
  std::uint32_t blocks_;
  std::uint32_t block_;  // that is loaded
  const std::byte* gaps_ = nullptr;
  unsigned gap_bits_ = 0;
  std::array<std::uint32_t, kBlock + 1> begins_{};  // of each posting's gaps
};

}  // namespace counsel::index
