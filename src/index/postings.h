// In which passages a word stands, and how often: lists in blocks of 128, each with its last passage and the most that
// one of its passages gets of the word's weight (block-max indexes: Ding and Suel, "Faster Top-k Document Retrieval
// Using Block-Max Indexes", 2011). Passages are numbered from 0 within their segment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace counsel::index {

inline constexpr std::uint32_t kNoPassage = UINT32_MAX;
inline constexpr std::uint32_t kBlock = 128;
// More often than this a word is not counted in a passage.
inline constexpr std::uint32_t kMostTimes = 0xFFFF;

struct Posting {
  std::uint32_t passage = 0;
  std::uint32_t times = 0;  // weighted by column; at least 1
  friend bool operator==(const Posting&, const Posting&) = default;
};

// Half-open.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

// Of ascending postings; `lengths` of all passages, in words.
void AppendPostings(std::span<const Posting> postings, std::span<const std::uint32_t> lengths,
                    std::vector<std::byte>* bytes);
// So many bytes must be readable behind a list.
inline constexpr std::size_t kPadding = 8;

// As AppendPostings made it; owns nothing.
struct PostingList {
  PostingList() = default;
  std::uint32_t count = 0;
  std::uint32_t passages = 0;  // of the segment
  std::span<const std::byte> bytes;
  std::span<const std::byte> places;  // places.h; empty where the segment has none
};

// Walks through a list. What it finds damaged ends the list and is told by broken().
class Cursor {
 public:
  explicit Cursor(PostingList list);

  // kNoPassage behind the last one.
  [[nodiscard]] std::uint32_t passage() const { return at_ < filled_ ? passages_[at_] : kNoPassage; }
  [[nodiscard]] std::uint32_t times() const { return times_[at_]; }
  void Next() {
    if (++at_ >= filled_) Load(block_ + 1);
  }
  // To the first at or behind `passage`; never back.
  void Seek(std::uint32_t passage);
  // How many postings are before this one.
  [[nodiscard]] std::uint32_t rank() const { return block_ < blocks_ ? block_ * kBlock + at_ : list_.count; }
  // Where it stands: a block, and in it; what times() is of all of that block.
  [[nodiscard]] std::uint32_t block() const { return block_; }
  [[nodiscard]] std::uint32_t at() const { return at_; }
  [[nodiscard]] std::span<const std::uint32_t> times_of_block() const { return {times_.data(), filled_}; }
  // Not less than any share of the word's weight that a passage in [from, to) gets; from: at or behind where it stands.
  [[nodiscard]] double MostWithin(std::uint32_t from, std::uint32_t to) const;
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  struct Head {
    std::uint32_t last = 0;
    std::uint32_t end = 0;  // of the block's bytes, from the first block's
    float most = 0;
  };
  [[nodiscard]] Head HeadOf(std::uint32_t block) const;
  [[nodiscard]] std::uint32_t FindBlock(std::uint32_t from, std::uint32_t passage) const;
  void Load(std::uint32_t block);
  bool Unpack(std::span<const std::byte> bytes, std::uint32_t count, std::int64_t before);
  bool ReadRest(std::span<const std::byte> bytes, std::uint32_t count, std::int64_t before);
  void Break();

  PostingList list_;
  std::uint32_t blocks_ = 0;
  bool headed_ = false;
  std::uint32_t block_ = 0;
  std::uint32_t at_ = 0;
  std::uint32_t filled_ = 0;
  bool broken_ = false;
  std::array<std::uint32_t, kBlock> passages_;
  std::array<std::uint32_t, kBlock> times_;

  friend void AppendPostings(std::span<const Posting>, std::span<const std::uint32_t>, std::vector<std::byte>*);
};

}  // namespace counsel::index
