#include "record/tree.h"

#include <bit>

#include <nettle/sha2.h>

namespace counsel::record {
namespace {

void Update(sha256_ctx* sha, std::string_view bytes) {
  sha256_update(sha, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

Hash Finish(sha256_ctx* sha) {
  Hash hash{};
  sha256_digest(sha, hash.size(), hash.data());
  return hash;
}

// The largest power of two below n; n > 1.
std::uint64_t SplitOf(std::uint64_t n) {
  return std::bit_floor(n - 1);
}

// Of the leaves [begin, end), begin < end, as RFC 9162 divides them: begin is a multiple of what it is divided by.
Result<Hash> Subtree(std::uint64_t begin, std::uint64_t end, const ReadNode& read) {
  const std::uint64_t size = end - begin;
  if (std::has_single_bit(size)) {
    const auto level = static_cast<unsigned>(std::countr_zero(size));
    return read(PlaceOf(level, begin >> level));
  }
  const std::uint64_t middle = begin + SplitOf(size);
  ASSIGN_OR_RETURN(const Hash left, Subtree(begin, middle, read));
  ASSIGN_OR_RETURN(const Hash right, Subtree(middle, end, read));
  return NodeHash(left, right);
}

// PATH of the RFC.
Result<void> AddPath(std::uint64_t index, std::uint64_t begin, std::uint64_t end, const ReadNode& read,
                     std::vector<Hash>* proof) {
  if (end - begin == 1) return {};
  const std::uint64_t middle = begin + SplitOf(end - begin);
  const bool left = index < middle;
  RETURN_IF_ERROR(left ? AddPath(index, begin, middle, read, proof) : AddPath(index, middle, end, read, proof));
  ASSIGN_OR_RETURN(const Hash other, left ? Subtree(middle, end, read) : Subtree(begin, middle, read));
  proof->push_back(other);
  return {};
}

// SUBPROOF of the RFC. `known`: the verifier has the root of [begin, begin + first) itself.
Result<void> AddSubproof(std::uint64_t first, std::uint64_t begin, std::uint64_t end, bool known, const ReadNode& read,
                         std::vector<Hash>* proof) {
  if (first == end - begin) {
    if (known) return {};
    ASSIGN_OR_RETURN(const Hash whole, Subtree(begin, end, read));
    proof->push_back(whole);
    return {};
  }
  const std::uint64_t split = SplitOf(end - begin);
  const std::uint64_t middle = begin + split;
  if (first <= split) {
    RETURN_IF_ERROR(AddSubproof(first, begin, middle, known, read, proof));
    ASSIGN_OR_RETURN(const Hash right, Subtree(middle, end, read));
    proof->push_back(right);
    return {};
  }
  RETURN_IF_ERROR(AddSubproof(first - split, middle, end, false, read, proof));
  ASSIGN_OR_RETURN(const Hash left, Subtree(begin, middle, read));
  proof->push_back(left);
  return {};
}

int Nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

Hash Sha256Of(std::string_view first, std::string_view second) {
  sha256_ctx sha;
  sha256_init(&sha);
  Update(&sha, first);
  Update(&sha, second);
  return Finish(&sha);
}

Hash LeafHash(std::string_view entry) {
  return Sha256Of(std::string_view("\0", 1), entry);
}

Hash NodeHash(const Hash& left, const Hash& right) {
  sha256_ctx sha;
  sha256_init(&sha);
  Update(&sha, "\1");
  sha256_update(&sha, left.size(), left.data());
  sha256_update(&sha, right.size(), right.data());
  return Finish(&sha);
}

std::string HexOf(const Hash& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * hash.size());
  for (const std::uint8_t byte : hash) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

std::optional<Hash> HashFrom(std::string_view hex) {
  Hash hash{};
  if (hex.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = Nibble(hex[2 * i]);
    const int low = Nibble(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return hash;
}

Result<Edge> Edge::Load(std::uint64_t size, const ReadNode& read) {
  Edge edge;
  for (std::uint64_t begin = 0; begin < size;) {
    const std::uint64_t whole = std::bit_floor(size - begin);
    ASSIGN_OR_RETURN(const Hash peak, Subtree(begin, begin + whole, read));
    edge.peaks_.push_back(peak);
    begin += whole;
  }
  edge.size_ = size;
  return edge;
}

void Edge::Add(const Hash& leaf, const std::function<void(std::uint64_t, const Hash&)>& take) {
  Hash hash = leaf;
  unsigned level = 0;
  take(PlaceOf(level, size_), hash);
  for (std::uint64_t rest = size_; (rest & 1) == 1; rest >>= 1) {
    hash = NodeHash(peaks_.back(), hash);
    peaks_.pop_back();
    ++level;
    take(PlaceOf(level, size_ >> level), hash);
  }
  peaks_.push_back(hash);
  ++size_;
}

Hash Edge::Root() const {
  if (peaks_.empty()) return Sha256Of("");
  Hash root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) root = NodeHash(peaks_[i - 1], root);
  return root;
}

Result<Hash> RootOf(std::uint64_t size, const ReadNode& read) {
  if (size == 0) return Sha256Of("");
  return Subtree(0, size, read);
}

Result<std::vector<Hash>> InclusionProof(std::uint64_t index, std::uint64_t size, const ReadNode& read) {
  std::vector<Hash> proof;
  RETURN_IF_ERROR(AddPath(index, 0, size, read, &proof));
  return proof;
}

Result<std::vector<Hash>> ConsistencyProof(std::uint64_t first, std::uint64_t size, const ReadNode& read) {
  std::vector<Hash> proof;
  RETURN_IF_ERROR(AddSubproof(first, 0, size, true, read, &proof));
  return proof;
}

// RFC 9162, 2.1.3.2.
bool VerifyInclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& proof,
                     const Hash& root) {
  if (index >= size) return false;
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Hash hash = leaf;
  for (const Hash& node : proof) {
    if (sn == 0) return false;
    if ((fn & 1) == 1 || fn == sn) {
      hash = NodeHash(node, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = NodeHash(hash, node);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

// RFC 9162, 2.1.4.2.
bool VerifyConsistency(std::uint64_t first, std::uint64_t second, const Hash& first_root, const Hash& second_root,
                       const std::vector<Hash>& proof) {
  if (first == 0 || first > second) return false;
  if (first == second) return proof.empty() && first_root == second_root;
  std::vector<Hash> path = proof;
  if (std::has_single_bit(first)) path.insert(path.begin(), first_root);
  if (path.empty()) return false;
  std::uint64_t fn = first - 1;
  std::uint64_t sn = second - 1;
  while ((fn & 1) == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash fr = path.front();
  Hash sr = path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if ((fn & 1) == 1 || fn == sn) {
      fr = NodeHash(path[i], fr);
      sr = NodeHash(path[i], sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = NodeHash(sr, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == first_root && sr == second_root;
}

}  // namespace counsel::record
