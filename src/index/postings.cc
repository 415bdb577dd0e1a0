#include "index/postings.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "index/bm25.h"

namespace counsel::index {
namespace {

// Shorter lists have no heads: most words stand in a few passages.
constexpr std::uint32_t kFew = 16;

void AppendNumber(std::uint64_t number, std::vector<std::byte>* bytes) {
  for (; number >= 0x80; number >>= 7) bytes->push_back(static_cast<std::byte>(number | 0x80));
  bytes->push_back(static_cast<std::byte>(number));
}

bool TakeNumber(std::span<const std::byte>* bytes, std::uint64_t* number) {
  *number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes->empty(); shift += 7) {
    const auto byte = std::to_integer<std::uint64_t>(bytes->front());
    *bytes = bytes->subspan(1);
    *number |= (byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

// 128 numbers of `bits` bits each, one behind the other.
void AppendPacked(const std::array<std::uint32_t, kBlock>& numbers, unsigned bits, std::vector<std::byte>* bytes) {
  std::uint64_t pending = 0;
  unsigned filled = 0;
  for (const std::uint32_t number : numbers) {
    pending |= static_cast<std::uint64_t>(number) << filled;
    for (filled += bits; filled >= 8; filled -= 8, pending >>= 8) bytes->push_back(static_cast<std::byte>(pending));
  }
}

template <unsigned kBits>
void UnpackAs(const std::byte* from, std::uint32_t* to) {
  constexpr std::uint64_t kMask = (std::uint64_t{1} << kBits) - 1;
  for (std::size_t i = 0; i < kBlock; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, from + i * kBits / 8, sizeof word);
    to[i] = static_cast<std::uint32_t>(word >> (i * kBits % 8) & kMask);
  }
}

using Unpacker = void (*)(const std::byte*, std::uint32_t*);
template <unsigned... kBits>
constexpr std::array<Unpacker, sizeof...(kBits)> Unpackers(std::integer_sequence<unsigned, kBits...> /*unused*/) {
  return {&UnpackAs<kBits>...};
}
constexpr auto kUnpackers = Unpackers(std::make_integer_sequence<unsigned, 33>());

struct Bounds {
  std::uint32_t last = 0;
  float most = 0;
};

Bounds BoundsOf(std::span<const Posting> block, std::span<const std::uint32_t> lengths) {
  double most = 0;
  for (const Posting& one : block) most = std::max(most, ShareOfWeight(one.times, lengths[one.passage]));
  return {block.back().passage, std::nextafter(static_cast<float>(most), std::numeric_limits<float>::max())};
}

void AppendFull(std::span<const Posting> block, std::int64_t before, std::vector<std::byte>* bytes) {
  std::array<std::uint32_t, kBlock> gaps{};
  std::array<std::uint32_t, kBlock> times{};
  std::uint32_t all_gaps = 0;
  std::uint32_t all_times = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    all_gaps |= gaps[i] = static_cast<std::uint32_t>(block[i].passage - before - 1);
    all_times |= times[i] = block[i].times - 1;
    before = block[i].passage;
  }
  const auto gap_bits = static_cast<unsigned>(std::bit_width(all_gaps));
  const auto times_bits = static_cast<unsigned>(std::bit_width(all_times));
  bytes->push_back(static_cast<std::byte>(gap_bits));
  bytes->push_back(static_cast<std::byte>(times_bits));
  AppendPacked(gaps, gap_bits, bytes);
  AppendPacked(times, times_bits, bytes);
}

void AppendRest(std::span<const Posting> block, std::int64_t before, std::vector<std::byte>* bytes) {
  for (const Posting& one : block) {
    const auto gap = static_cast<std::uint64_t>(one.passage - before - 1);
    AppendNumber(gap << 1 | (one.times == 1 ? 1 : 0), bytes);
    if (one.times != 1) AppendNumber(one.times, bytes);
    before = one.passage;
  }
}

}  // namespace

void AppendPostings(std::span<const Posting> postings, std::span<const std::uint32_t> lengths,
                    std::vector<std::byte>* bytes) {
  const std::size_t blocks = (postings.size() + kBlock - 1) / kBlock;
  const bool headed = postings.size() > kFew;
  const std::size_t heads = bytes->size();
  if (headed) bytes->resize(heads + blocks * sizeof(Cursor::Head));
  const std::size_t begin = bytes->size();
  std::int64_t before = -1;
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::span<const Posting> block =
        postings.subspan(i * kBlock, std::min<std::size_t>(kBlock, postings.size() - i * kBlock));
    block.size() == kBlock ? AppendFull(block, before, bytes) : AppendRest(block, before, bytes);
    before = block.back().passage;
    if (!headed) continue;
    const Bounds bounds = BoundsOf(block, lengths);
    const Cursor::Head head{bounds.last, static_cast<std::uint32_t>(bytes->size() - begin), bounds.most};
    std::memcpy(bytes->data() + heads + i * sizeof head, &head, sizeof head);
  }
}

Cursor::Cursor(PostingList list)
    : list_(list), blocks_((list.count + kBlock - 1) / kBlock), headed_(list.count > kFew) {
  if (headed_ && list_.bytes.size() / sizeof(Head) < blocks_) {
    Break();
  } else {
    Load(0);
  }
}

Cursor::Head Cursor::HeadOf(std::uint32_t block) const {
  Head head;
  std::memcpy(&head, list_.bytes.data() + block * sizeof head, sizeof head);
  return head;
}

void Cursor::Break() {
  broken_ = true;
  block_ = blocks_;
  at_ = filled_ = 0;
}

void Cursor::Load(std::uint32_t block) {
  block_ = block;
  at_ = filled_ = 0;
  if (block >= blocks_) return;
  const std::uint32_t count = std::min(kBlock, list_.count - block * kBlock);
  std::span<const std::byte> data = list_.bytes;
  std::int64_t before = -1;
  if (headed_) {
    const Head head = HeadOf(block);
    std::uint32_t begin = 0;
    if (block > 0) {
      const Head previous = HeadOf(block - 1);
      begin = previous.end;
      before = previous.last;
    }
    data = data.subspan(blocks_ * sizeof(Head));
    if (begin > head.end || head.end > data.size()) return Break();
    data = data.subspan(begin, head.end - begin);
  }
  const bool read = count == kBlock ? Unpack(data, count, before) : ReadRest(data, count, before);
  if (!read || passages_[count - 1] >= list_.passages) return Break();
  if (headed_ && passages_[count - 1] != HeadOf(block).last) return Break();
  filled_ = count;
}

bool Cursor::Unpack(std::span<const std::byte> bytes, std::uint32_t count, std::int64_t before) {
  if (bytes.size() < 2) return false;
  const auto gap_bits = std::to_integer<unsigned>(bytes[0]);
  const auto times_bits = std::to_integer<unsigned>(bytes[1]);
  if (gap_bits > 32 || times_bits > 32 || bytes.size() != 2 + (gap_bits + times_bits) * kBlock / 8) return false;
  kUnpackers[gap_bits](bytes.data() + 2, passages_.data());
  kUnpackers[times_bits](bytes.data() + 2 + gap_bits * kBlock / 8, times_.data());
  // Ascending, so that the last one's bound is that of all.
  std::uint64_t at = static_cast<std::uint64_t>(before + 1);
  for (std::uint32_t i = 0; i < count; ++i) {
    at += passages_[i];
    passages_[i] = static_cast<std::uint32_t>(at++);
    ++times_[i];
  }
  return at <= list_.passages;
}

bool Cursor::ReadRest(std::span<const std::byte> bytes, std::uint32_t count, std::int64_t before) {
  auto at = static_cast<std::uint64_t>(before + 1);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint64_t number = 0;
    std::uint64_t times = 1;
    if (!TakeNumber(&bytes, &number)) return false;
    if ((number & 1) == 0 && !TakeNumber(&bytes, &times)) return false;
    at += number >> 1;
    if (at >= list_.passages || times == 0 || times > UINT32_MAX) return false;
    passages_[i] = static_cast<std::uint32_t>(at++);
    times_[i] = static_cast<std::uint32_t>(times);
  }
  return true;
}

// The first block, from one on, that may hold a passage at or behind `passage`.
std::uint32_t Cursor::FindBlock(std::uint32_t from, std::uint32_t passage) const {
  std::uint32_t step = 1;
  std::uint32_t low = from;
  while (low + step < blocks_ && HeadOf(low + step).last < passage) {
    low += step;
    step *= 2;
  }
  std::uint32_t high = std::min(low + step, blocks_);
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (HeadOf(middle).last < passage) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void Cursor::Seek(std::uint32_t passage) {
  if (this->passage() >= passage) return;
  if (headed_ && passages_[filled_ - 1] < passage) {
    Load(FindBlock(block_, passage));
    if (filled_ == 0) return;
  }
  const auto* found = std::lower_bound(passages_.data() + at_, passages_.data() + filled_, passage);
  at_ = static_cast<std::uint32_t>(found - passages_.data());
  if (at_ == filled_) Load(block_ + 1);
}

double Cursor::MostWithin(std::uint32_t from, std::uint32_t to) const {
  if (block_ >= blocks_ || passage() >= to) return 0;
  if (!headed_) return kMostOfWeight;
  double most = 0;
  for (std::uint32_t block = HeadOf(block_).last >= from ? block_ : FindBlock(block_, from); block < blocks_; ++block) {
    const Head head = HeadOf(block);
    most = std::max(most, static_cast<double>(head.most));
    if (head.last >= to - 1) break;
  }
  return most;
}

}  // namespace counsel::index
