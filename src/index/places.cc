#include "index/places.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace counsel::index {
namespace {

// Numbers of `bits` bits each, one behind the other, up to a whole byte.
void AppendBits(std::span<const std::uint32_t> numbers, unsigned bits, std::vector<std::byte>* bytes) {
  std::uint64_t pending = 0;
  unsigned filled = 0;
  for (const std::uint32_t number : numbers) {
    pending |= static_cast<std::uint64_t>(number) << filled;
    for (filled += bits; filled >= 8; filled -= 8, pending >>= 8) bytes->push_back(static_cast<std::byte>(pending));
  }
  if (filled > 0) bytes->push_back(static_cast<std::byte>(pending));
}

// kPadding bytes behind the list are readable.
std::uint32_t ReadBits(const std::byte* from, std::size_t i, unsigned bits) {
  std::uint64_t word = 0;
  std::memcpy(&word, from + i * bits / 8, sizeof word);
  return static_cast<std::uint32_t>(word >> (i * bits % 8) & ((std::uint64_t{1} << bits) - 1));
}

std::size_t BytesOf(std::uint64_t numbers, unsigned bits) {
  return (numbers * bits + 7) / 8;
}

unsigned WidthOf(std::span<const std::uint32_t> numbers) {
  std::uint32_t all = 0;
  for (const std::uint32_t number : numbers) all |= number;
  return static_cast<unsigned>(std::bit_width(all));
}

}  // namespace

// Of a block: the bits of a gap, of a surplus, then how many times more than places each posting has (a place may count
// twice), then the gaps from place to place.
void AppendPlaces(const Placed& word, std::vector<std::byte>* bytes) {
  const std::size_t blocks = (word.postings.size() + kBlock - 1) / kBlock;
  const std::size_t ends = bytes->size();
  if (blocks > 1) bytes->resize(ends + blocks * sizeof(std::uint32_t));
  const std::size_t begin = bytes->size();
  std::vector<std::uint32_t> surplus;
  std::vector<std::uint32_t> gaps;
  auto place = word.places.begin();
  for (std::size_t block = 0; block < blocks; ++block) {
    surplus.clear();
    gaps.clear();
    const std::size_t behind = std::min<std::size_t>((block + 1) * kBlock, word.postings.size());
    for (std::size_t i = block * kBlock; i < behind; ++i) {
      surplus.push_back(word.postings[i].times - word.counts[i]);
      std::uint32_t next = 0;
      for (std::uint32_t k = 0; k < word.counts[i]; ++k, ++place) {
        gaps.push_back(*place - next);
        next = *place + 1;
      }
    }
    const unsigned gap_bits = WidthOf(gaps);
    const unsigned surplus_bits = WidthOf(surplus);
    bytes->push_back(static_cast<std::byte>(gap_bits));
    bytes->push_back(static_cast<std::byte>(surplus_bits));
    AppendBits(surplus, surplus_bits, bytes);
    AppendBits(gaps, gap_bits, bytes);
    if (blocks == 1) continue;
    const auto end = static_cast<std::uint32_t>(bytes->size() - begin);
    std::memcpy(bytes->data() + ends + block * sizeof end, &end, sizeof end);
  }
}

PlaceReader::PlaceReader(const PostingList& list)
    : bytes_(list.places), blocks_((list.count + kBlock - 1) / kBlock), block_(blocks_) {}

bool PlaceReader::Load(const Cursor& cursor) {
  block_ = blocks_;
  std::span<const std::byte> data = bytes_;
  if (blocks_ > 1) {
    const std::size_t heads = blocks_ * sizeof(std::uint32_t);
    if (data.size() < heads) return false;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    if (cursor.block() > 0) std::memcpy(&begin, data.data() + (cursor.block() - 1) * sizeof begin, sizeof begin);
    std::memcpy(&end, data.data() + cursor.block() * sizeof end, sizeof end);
    data = data.subspan(heads);
    if (begin > end || end > data.size()) return false;
    data = data.subspan(begin, end - begin);
  }
  if (data.size() < 2) return false;
  gap_bits_ = std::to_integer<unsigned>(data[0]);
  const auto surplus_bits = std::to_integer<unsigned>(data[1]);
  if (gap_bits_ > 32 || surplus_bits > 32) return false;
  data = data.subspan(2);
  const std::span<const std::uint32_t> times = cursor.times_of_block();
  const std::size_t surplus_bytes = BytesOf(times.size(), surplus_bits);
  if (data.size() < surplus_bytes) return false;
  std::uint64_t gaps = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::uint32_t surplus = surplus_bits == 0 ? 0 : ReadBits(data.data(), i, surplus_bits);
    if (surplus >= times[i] || times[i] > kMostTimes) return false;
    begins_[i] = static_cast<std::uint32_t>(gaps);
    gaps += times[i] - surplus;
  }
  begins_[times.size()] = static_cast<std::uint32_t>(gaps);
  if (data.size() != surplus_bytes + BytesOf(gaps, gap_bits_)) return false;
  gaps_ = data.data() + surplus_bytes;
  block_ = cursor.block();
  return true;
}

bool PlaceReader::Read(const Cursor& cursor, std::vector<std::uint32_t>* places) {
  places->clear();
  if (block_ != cursor.block() && !Load(cursor)) return false;
  std::uint32_t next = 0;
  for (std::uint32_t i = begins_[cursor.at()]; i < begins_[cursor.at() + 1]; ++i) {
    next += ReadBits(gaps_, i, gap_bits_);
    places->push_back(next++);
  }
  return true;
}

}  // namespace counsel::index
