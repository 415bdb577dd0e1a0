#include "record/tree.h"

#include <string>
#include <unordered_map>

#include <gtest/gtest.h>

namespace counsel::record {
namespace {

// The tree's definition (RFC 9162, 2.1.1), word by word.
Hash Defined(const std::vector<Hash>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return Sha256Of("");
  if (end - begin == 1) return leaves[begin];
  std::size_t k = 1;
  while (2 * k < end - begin) k *= 2;
  return NodeHash(Defined(leaves, begin, begin + k), Defined(leaves, begin + k, end));
}

struct Kept {
  explicit Kept(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      leaves.push_back(LeafHash("entry " + std::to_string(i)));
      edge.Add(leaves.back(), [this](std::uint64_t place, const Hash& hash) {
        EXPECT_TRUE(nodes.emplace(place, hash).second) << "place " << place << " is written twice";
      });
    }
  }
  [[nodiscard]] ReadNode Reader() const {
    return [this](std::uint64_t place) -> Result<Hash> {
      const auto node = nodes.find(place);
      if (node == nodes.end()) return Fail(ErrorCode::kCorrupt, "Nothing is kept there.");
      return node->second;
    };
  }
  std::vector<Hash> leaves;
  std::unordered_map<std::uint64_t, Hash> nodes;
  Edge edge;
};

TEST(TreeTest, RootsAreThoseThatCertificateTransparencyPublishes) {
  const std::vector<std::string> leaves = {"",
                                           std::string("\0", 1),
                                           "\x10",
                                           "\x20\x21",
                                           "\x30\x31",
                                           "\x40\x41\x42\x43",
                                           "\x50\x51\x52\x53\x54\x55\x56\x57",
                                           "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
  const std::vector<std::string> roots = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Edge edge;
  for (std::size_t size = 0;; ++size) {
    EXPECT_EQ(HexOf(edge.Root()), roots[size]) << size << " leaves";
    if (size == leaves.size()) break;
    edge.Add(LeafHash(leaves[size]), [](std::uint64_t, const Hash&) {});
  }
}

TEST(TreeTest, EveryTreeUpToAHundredLeavesHasTheRootOfItsDefinition) {
  for (std::size_t size = 0; size <= 100; ++size) {
    const Kept kept(size);
    const Hash defined = Defined(kept.leaves, 0, size);
    EXPECT_EQ(kept.edge.Root(), defined) << size;
    const Result<Hash> read = RootOf(size, kept.Reader());
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, defined) << size;
    Result<Edge> loaded = Edge::Load(size, kept.Reader());
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->Root(), defined) << size;
  }
}

TEST(TreeTest, EveryLeafOfEveryTreeIsProvedAndNoOther) {
  const Kept kept(33);
  for (std::size_t size = 1; size <= 33; ++size) {
    const Hash root = Defined(kept.leaves, 0, size);
    for (std::size_t i = 0; i < size; ++i) {
      const Result<std::vector<Hash>> proof = InclusionProof(i, size, kept.Reader());
      ASSERT_TRUE(proof);
      EXPECT_TRUE(VerifyInclusion(kept.leaves[i], i, size, *proof, root)) << i << " of " << size;
      EXPECT_FALSE(VerifyInclusion(LeafHash("another"), i, size, *proof, root));
      if (size == 1) continue;
      EXPECT_FALSE(VerifyInclusion(kept.leaves[i], (i + 1) % size, size, *proof, root)) << "at another place";
      std::vector<Hash> altered = *proof;
      altered[i % altered.size()][i % 32] ^= 1;
      EXPECT_FALSE(VerifyInclusion(kept.leaves[i], i, size, altered, root));
      altered = *proof;
      altered.pop_back();
      EXPECT_FALSE(VerifyInclusion(kept.leaves[i], i, size, altered, root));
    }
  }
}

// The example of RFC 9162, 2.1.5: seven leaves, whose earlier trees have 3, 4 and 6.
TEST(TreeTest, ProofsHaveTheShapesOfTheExampleInTheRfc) {
  const Kept kept(7);
  const std::vector<Hash>& l = kept.leaves;
  const Hash g = NodeHash(l[0], l[1]);
  const Hash h = NodeHash(l[2], l[3]);
  const Hash i = NodeHash(l[4], l[5]);
  const Hash k = NodeHash(g, h);
  const Hash last = NodeHash(i, l[6]);
  using Proof = std::vector<Hash>;
  EXPECT_EQ(*InclusionProof(0, 7, kept.Reader()), (Proof{l[1], h, last}));
  EXPECT_EQ(*InclusionProof(3, 7, kept.Reader()), (Proof{l[2], g, last}));
  EXPECT_EQ(*InclusionProof(4, 7, kept.Reader()), (Proof{l[5], l[6], k}));
  EXPECT_EQ(*InclusionProof(6, 7, kept.Reader()), (Proof{i, k}));
  EXPECT_EQ(*ConsistencyProof(3, 7, kept.Reader()), (Proof{l[2], l[3], g, last}));
  EXPECT_EQ(*ConsistencyProof(4, 7, kept.Reader()), (Proof{last}));
  EXPECT_EQ(*ConsistencyProof(6, 7, kept.Reader()), (Proof{i, l[6], k}));
}

TEST(TreeTest, ATreeThatOnlyGrewIsProvedAndARewrittenOneIsNot) {
  const Kept kept(40);
  for (std::size_t first = 1; first <= 40; ++first) {
    const Hash before = Defined(kept.leaves, 0, first);
    for (std::size_t second = first; second <= 40; ++second) {
      const Hash after = Defined(kept.leaves, 0, second);
      const Result<std::vector<Hash>> proof = ConsistencyProof(first, second, kept.Reader());
      ASSERT_TRUE(proof);
      EXPECT_TRUE(VerifyConsistency(first, second, before, after, *proof)) << first << " in " << second;
      EXPECT_FALSE(VerifyConsistency(first, second, LeafHash("rewritten"), after, *proof));
      EXPECT_FALSE(VerifyConsistency(first, second, before, LeafHash("rewritten"), *proof));
    }
  }
}

TEST(TreeTest, HashesAreWrittenAndReadInHexadecimal) {
  const Hash hash = LeafHash("x");
  EXPECT_EQ(HashFrom(HexOf(hash)), hash);
  EXPECT_FALSE(HashFrom(HexOf(hash).substr(1)));
  EXPECT_FALSE(HashFrom("G" + HexOf(hash).substr(1)));
}

}  // namespace
}  // namespace counsel::record
