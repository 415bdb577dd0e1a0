#include "extractor/still_picture.h"

#include <algorithm>

namespace counsel::extractor {
namespace {

// The `size` bytes at `at`, the low one first; 0 beyond the end.
std::uint64_t NumberAt(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  if (at > bytes.size() || size > bytes.size() - at) return 0;
  for (std::size_t i = size; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}

// Behind the blocks that begin at `at`, the last of which is empty; the end of the bytes when they are cut off.
std::size_t SkipBlocks(std::string_view bytes, std::size_t at) {
  while (at < bytes.size()) {
    const auto size = static_cast<unsigned char>(bytes[at]);
    at += 1 + static_cast<std::size_t>(size);
    if (size == 0) break;
  }
  return std::min(at, bytes.size());
}

// Of a table of colours, by the byte that describes it.
std::size_t ColoursSize(std::uint64_t flags) {
  return (flags & 0x80) != 0 ? std::size_t{3} << ((flags & 7) + 1) : 0;
}

}  // namespace

std::optional<StillPicture> StillOfGif(std::string_view bytes) {
  constexpr std::size_t kHead = 13;
  constexpr std::size_t kDescriptor = 10;
  constexpr char kTrailer = ';';
  if (bytes.size() < kHead) return std::nullopt;
  StillPicture still;
  std::size_t at = kHead + ColoursSize(NumberAt(bytes, 10, 1));
  while (at < bytes.size() && bytes[at] != kTrailer) {
    if (bytes[at] == '!') {
      at = SkipBlocks(bytes, at + 2);
    } else if (bytes[at] == ',') {
      if (!still.bytes.empty()) {
        still.others = true;
        break;
      }
      still.width = std::max(NumberAt(bytes, 6, 2), NumberAt(bytes, at + 5, 2));
      still.height = std::max(NumberAt(bytes, 8, 2), NumberAt(bytes, at + 7, 2));
      at = SkipBlocks(bytes, at + kDescriptor + ColoursSize(NumberAt(bytes, at + 9, 1)) + 1);
      still.bytes = std::string(bytes.substr(0, at)) + kTrailer;
    } else {
      break;
    }
  }
  if (still.bytes.empty() || still.width == 0 || still.height == 0) return std::nullopt;
  return still;
}

std::optional<StillPicture> StillOfWebp(std::string_view bytes) {
  constexpr std::size_t kHead = 12;  // "RIFF", size, "WEBP"
  constexpr std::size_t kChunk = 8;  // its name and size
  constexpr std::size_t kFrame = 16;
  StillPicture still;
  // A chunk and the byte that makes its size even, as far as it is there.
  const auto chunk_at = [bytes](std::size_t at) {
    const std::uint64_t size = NumberAt(bytes, at + 4, 4);
    return bytes.substr(at, kChunk + static_cast<std::size_t>(size + size % 2));
  };
  const bool moves = bytes.substr(kHead, 4) == "VP8X" && (NumberAt(bytes, kHead + kChunk, 1) & 2) != 0;
  if (!moves) return still;
  for (std::size_t at = kHead; at + kChunk <= bytes.size();) {
    const std::string_view chunk = chunk_at(at);
    const bool frame = chunk.starts_with("ANMF");
    still.others = still.others || (frame && !still.bytes.empty());
    const std::size_t end = at + chunk.size();
    for (std::size_t inner = at + kChunk + kFrame; frame && still.bytes.empty() && inner + kChunk <= end;) {
      const std::string_view part = chunk_at(inner);
      if (part.starts_with("VP8 ") || part.starts_with("VP8L")) {
        const std::size_t size = 4 + part.size();
        still.bytes = "RIFF";
        for (int shift = 0; shift < 32; shift += 8) still.bytes += static_cast<char>(size >> shift & 0xFF);
        still.bytes += "WEBP";
        still.bytes += part;
      }
      inner += part.size();
    }
    at = end;
  }
  if (still.bytes.empty()) return std::nullopt;
  return still;
}

std::optional<StillPicture> StillOfBmp(std::string_view bytes, bool* of_other_kind) {
  constexpr std::size_t kPacking = 30;  // where it is told: 0 for none, 3 when masks tell the colours
  constexpr std::size_t kMasks = 54;    // behind the oldest head, or the first of a newer one's own
  *of_other_kind = NumberAt(bytes, 14, 4) < 40;
  if (*of_other_kind || bytes.size() < kMasks) return std::nullopt;
  const auto width = static_cast<std::int32_t>(NumberAt(bytes, 18, 4));
  const auto height = static_cast<std::int32_t>(NumberAt(bytes, 22, 4));  // below 0: its first row is its top
  const std::uint64_t bits = NumberAt(bytes, 28, 2);
  const bool usual_masks = bits == 32 && NumberAt(bytes, kMasks, 4) == 0xFF0000 &&
                           NumberAt(bytes, kMasks + 4, 4) == 0xFF00 && NumberAt(bytes, kMasks + 8, 4) == 0xFF;
  const std::uint64_t packing = NumberAt(bytes, kPacking, 4);
  const bool plain = packing == 0 || (packing == 3 && usual_masks);
  *of_other_kind = !plain || (bits != 1 && bits != 4 && bits != 8 && bits != 24 && bits != 32);
  if (*of_other_kind || width <= 0 || height == 0) return std::nullopt;
  StillPicture still;
  still.width = static_cast<std::uint64_t>(width);
  still.height = static_cast<std::uint64_t>(height < 0 ? -static_cast<std::int64_t>(height) : height);
  const std::uint64_t row = (still.width * bits + 31) / 32 * 4;
  const std::uint64_t start = NumberAt(bytes, 10, 4);
  if (start > bytes.size() || row * still.height > bytes.size() - start) return std::nullopt;
  // leptonica takes what stands between the oldest head and the pixels for the table of colours.
  const std::uint64_t head = 14 + NumberAt(bytes, 14, 4);
  if (start < head) return std::nullopt;
  const std::uint64_t colours = bits > 8 ? 0 : std::min(start - head, std::uint64_t{4} << bits);
  if (packing == 0 && head == kMasks && start == head + colours) return still;
  const auto put = [&still](std::size_t at, std::uint64_t number) {
    for (std::size_t i = 0; i < 4; ++i) still.bytes[at + i] = static_cast<char>(number >> (8 * i) & 0xFF);
  };
  still.bytes = bytes.substr(0, kMasks);
  put(2, kMasks + colours + row * still.height);
  put(10, kMasks + colours);
  put(14, kMasks - 14);
  put(kPacking, 0);
  still.bytes += bytes.substr(head, colours);
  still.bytes += bytes.substr(start, row * still.height);
  return still;
}

}  // namespace counsel::extractor
