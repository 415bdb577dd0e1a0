// The Merkle tree of RFC 9162 (SHA-256): one root stands for all entries and their order; a few digests prove that an
// entry is among them, or that a tree has only grown since. Pure; any thread.
//
// A whole subtree, of 2^level leaves, is kept once it is whole, at its place in a walk from left to right; a place is
// never written twice:
//
//   place   0 1 2 3 4 5 6        level 0, 1, …: leaf i is at 2i, the node above leaves 0 and 1 at 1, above 0 to 3 at 3
//   level   0 1 0 2 0 1 0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace counsel::record {

using Hash = std::array<std::uint8_t, 32>;

[[nodiscard]] Hash Sha256Of(std::string_view first, std::string_view second = "");
[[nodiscard]] Hash LeafHash(std::string_view entry);
[[nodiscard]] Hash NodeHash(const Hash& left, const Hash& right);

// 64 lower-case hexadecimal characters, and back; nothing for other text.
[[nodiscard]] std::string HexOf(const Hash& hash);
[[nodiscard]] std::optional<Hash> HashFrom(std::string_view hex);

// Of the index-th subtree of 2^level leaves.
[[nodiscard]] constexpr std::uint64_t PlaceOf(unsigned level, std::uint64_t index) {
  return (2 * index + 1) * (std::uint64_t{1} << level) - 1;
}

// The hash that is kept at a place.
using ReadNode = std::function<Result<Hash>(std::uint64_t place)>;

// The right edge of a tree, which is all that it takes to let it grow: O(log size) hashes.
class Edge {
 public:
  Edge() = default;  // of a tree without leaves
  [[nodiscard]] static Result<Edge> Load(std::uint64_t size, const ReadNode& read);

  // Calls `take(place, hash)` for each node that is whole now, the leaf first.
  void Add(const Hash& leaf, const std::function<void(std::uint64_t place, const Hash& hash)>& take);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Hash Root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> peaks_;  // whole subtrees, the largest first: one for each bit of size_
};

// Of the tree's first `size` leaves.
[[nodiscard]] Result<Hash> RootOf(std::uint64_t size, const ReadNode& read);
// That leaf `index` is in a tree of `size` leaves (2.1.3.1); index < size.
[[nodiscard]] Result<std::vector<Hash>> InclusionProof(std::uint64_t index, std::uint64_t size, const ReadNode& read);
// That a tree of `size` leaves begins with that of `first` (2.1.4.1); 0 < first <= size.
[[nodiscard]] Result<std::vector<Hash>> ConsistencyProof(std::uint64_t first, std::uint64_t size, const ReadNode& read);

[[nodiscard]] bool VerifyInclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                                   const std::vector<Hash>& proof, const Hash& root);
[[nodiscard]] bool VerifyConsistency(std::uint64_t first, std::uint64_t second, const Hash& first_root,
                                     const Hash& second_root, const std::vector<Hash>& proof);

}  // namespace counsel::record
