// The vectors of a segment's passages, made small: a byte a value to rank by, a bit a value to look by.
//
// A bit says on which side of the segment's mean a value lies; what a cosine is from bits is estimated without bias as
// in RaBitQ (Gao and Long, 2024), with the vectors' own axes instead of turned ones. Whoever looks takes many more than
// are wanted by bits, ranks those by bytes, and measures the best of them by the floats that the store has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "index/file.h"
#include "index/kernels.h"
#include "index/postings.h"

namespace counsel::index {

// `vector(i)` fills in the vector of passage i; it is asked for several times.
using VectorSource = std::function<void(std::uint32_t passage, std::span<float> vector)>;
[[nodiscard]] Result<Written> WriteVectors(const std::filesystem::path& path, std::uint64_t stamp,
                                           std::uint32_t passages, std::size_t dimensions, const VectorSource& source,
                                           const MayGoOn& may_go_on);

class Vectors {
 public:
  [[nodiscard]] static Result<Vectors> Open(const std::filesystem::path& path, std::uint64_t bytes,
                                            std::uint64_t stamp);

  [[nodiscard]] std::uint32_t passages() const { return passages_; }
  [[nodiscard]] std::size_t dimensions() const { return dimensions_; }
  [[nodiscard]] std::span<const std::int8_t> BytesOf(std::uint32_t passage) const {
    return bytes_.subspan(std::size_t{passage} * dimensions_, dimensions_);
  }
  [[nodiscard]] float ScaleOf(std::uint32_t passage) const { return scales_[passage]; }
  // As its bytes have it.
  void Read(std::uint32_t passage, std::span<float> vector) const;
  [[nodiscard]] std::uint64_t checksum() const { return file_.checksum(); }
  // See MappedFile.
  [[nodiscard]] bool whole() const { return file_.whole(); }

 private:
  friend class Asked;
  explicit Vectors(MappedFile file) : file_(std::move(file)) {}

  MappedFile file_;
  std::uint32_t passages_ = 0;
  std::size_t dimensions_ = 0;
  std::span<const std::int8_t> bytes_;
  std::span<const std::uint64_t> bits_;
  std::span<const float> scales_;   // what a byte's 1 is
  std::span<const float> factors_;  // what a bit's 1 is; of whole groups
  std::span<const float> mean_;
};

// What of a segment goes into another one.
struct KeptVectors {
  const Vectors* vectors = nullptr;
  std::vector<Range> ranges;  // ascending, apart
};
// Of what is kept of several, of the same dimensions: their bytes as they are, their bits by the mean of all.
[[nodiscard]] Result<Written> MergeVectors(std::span<const KeptVectors> parts, const std::filesystem::path& path,
                                           std::uint64_t stamp, const MayGoOn& may_go_on);

struct Near {
  std::uint32_t segment = 0;  // as whoever asked numbers them
  std::uint32_t passage = 0;
  float cosine = 0;  // estimated
};

// A question's vector, and the nearest so far of all segments. Up to kFew passages are ranked by bytes at once; of
// more, those that bits find near.
class Asked {
 public:
  static constexpr std::uint64_t kFew = 40'000;

  // The nearest `count` of `passages` in all.
  Asked(std::span<const float> vector, std::size_t count, std::uint64_t passages);
  // Of the question's dimensions; it must live until Take.
  void Look(const Vectors& in, std::span<const Range> visible, std::uint32_t segment);
  // By bytes, best first.
  [[nodiscard]] std::vector<Near> Take();

 private:
  void LookByBytes(const Vectors& in, Range range, std::uint32_t segment);
  void LookByBits(const Vectors& in, std::span<const Range> visible, std::uint32_t segment);
  [[nodiscard]] float ByBytes(const Vectors& in, std::uint32_t passage) const;
  void Offer(Near one) {
    if (!(one.cosine > floor_)) return;  // nor what is no number
    near_.push_back(one);
    if (near_.size() >= 2 * kept_) Shrink();
  }
  void Shrink();

  std::vector<float> vector_;
  std::vector<std::int8_t> bytes_;
  float scale_ = 0;
  Planes planes_;
  std::size_t count_;
  std::size_t kept_;
  bool by_bits_;
  float floor_ = -2;
  std::vector<Near> near_;
  std::vector<const Vectors*> segments_;
};

}  // namespace counsel::index
