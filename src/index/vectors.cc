#include "index/vectors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "index/kernels.h"

namespace counsel::index {
namespace {

// "vectors" and the version of the form.
constexpr std::uint64_t kMagic = 0x0001'7463'6576'7743;
// Of so many passages one is looked at more closely, and at least so many.
constexpr std::uint64_t kLookedAtOf = 100;
constexpr std::uint64_t kLeastLookedAt = 2'000;

// Passages.
constexpr std::uint32_t kBetweenLooks = 8'000;

struct Foot {
  std::uint64_t magic = 0;
  std::uint64_t stamp = 0;
  std::uint64_t passages = 0;
  std::uint64_t dimensions = 0;
  std::uint64_t bits = 0;  // where each part begins; bytes at 0
  std::uint64_t scales = 0;
  std::uint64_t factors = 0;
  std::uint64_t mean = 0;
};

std::size_t WordsOf(std::size_t dimensions) {
  return (dimensions + 63) / 64;
}

std::size_t GroupsOf(std::uint64_t passages) {
  return (passages + kLanes - 1) / kLanes;
}

template <class T>
void Add(FileWriter* file, const std::vector<T>& values) {
  file->AppendAll(values);
  file->Align();
}

bool Nearer(const Near& a, const Near& b) {
  if (a.cosine != b.cosine) return a.cosine > b.cosine;
  return a.segment != b.segment ? a.segment < b.segment : a.passage < b.passage;
}

}  // namespace

namespace {

// A file from its first byte to its last: the bytes of all passages, then their bits, for which the mean must be known.
class VectorsWriter {
 public:
  static Result<VectorsWriter> Create(const std::filesystem::path& path, std::size_t dimensions) {
    ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(path));
    return VectorsWriter(std::move(file), dimensions);
  }

  void AddBytes(std::span<const std::int8_t> bytes, float scale, std::span<const float> values) {
    scales_.push_back(scale);
    for (std::size_t i = 0; i < values.size(); ++i) sums_[i] += values[i];
    file_.Append(std::as_bytes(bytes));
  }
  void EndBytes() {
    for (const double sum : sums_) mean_.push_back(static_cast<float>(sum / std::max<double>(1, scales_.size())));
    file_.Align();
    bits_ = file_.offset();
  }
  // In the same order.
  void AddBits(std::span<const float> values) {
    const std::size_t lane = factors_.size() % kLanes;
    factors_.push_back(ToBits(values.data(), mean_.data(), values.size(), group_.data() + lane));
    if (lane + 1 == kLanes) EndGroup();
  }
  Result<Written> Finish(std::uint64_t stamp) {
    if (factors_.size() % kLanes != 0) EndGroup();
    Foot foot;
    foot.magic = kMagic;
    foot.stamp = stamp;
    foot.passages = scales_.size();
    foot.dimensions = sums_.size();
    foot.bits = bits_;
    factors_.resize(GroupsOf(factors_.size()) * kLanes, 0);
    foot.scales = file_.offset();
    Add(&file_, scales_);
    foot.factors = file_.offset();
    Add(&file_, factors_);
    foot.mean = file_.offset();
    Add(&file_, mean_);
    file_.Append(std::as_bytes(std::span(&foot, 1)));
    return file_.Finish();
  }

 private:
  VectorsWriter(FileWriter file, std::size_t dimensions)
      : file_(std::move(file)), sums_(dimensions, 0), group_(WordsOf(dimensions) * kLanes) {}
  void EndGroup() {
    file_.AppendAll(group_);
    std::fill(group_.begin(), group_.end(), 0);
  }

  FileWriter file_;
  std::vector<float> scales_;
  std::vector<double> sums_;
  std::vector<float> mean_;
  std::vector<float> factors_;
  std::vector<std::uint64_t> group_;
  std::uint64_t bits_ = 0;  // where they begin
};

}  // namespace

Result<Written> WriteVectors(const std::filesystem::path& path, std::uint64_t stamp, std::uint32_t passages,
                             std::size_t dimensions, const VectorSource& source, const MayGoOn& may_go_on) {
  ASSIGN_OR_RETURN(VectorsWriter writer, VectorsWriter::Create(path, dimensions));
  std::vector<float> vector(dimensions);
  std::vector<std::int8_t> bytes(dimensions);
  for (std::uint32_t i = 0; i < passages; ++i) {
    if (i % kBetweenLooks == 0) RETURN_IF_ERROR(may_go_on());
    source(i, vector);
    const float scale = ToBytes(vector.data(), dimensions, bytes.data());
    writer.AddBytes(bytes, scale, vector);
  }
  writer.EndBytes();
  for (std::uint32_t i = 0; i < passages; ++i) {
    if (i % kBetweenLooks == 0) RETURN_IF_ERROR(may_go_on());
    source(i, vector);
    writer.AddBits(vector);
  }
  return writer.Finish(stamp);
}

Result<Written> MergeVectors(std::span<const KeptVectors> parts, const std::filesystem::path& path, std::uint64_t stamp,
                             const MayGoOn& may_go_on) {
  const std::size_t dimensions = parts.front().vectors->dimensions();
  ASSIGN_OR_RETURN(VectorsWriter writer, VectorsWriter::Create(path, dimensions));
  std::vector<float> vector(dimensions);
  for (const bool bits : {false, true}) {
    if (bits) writer.EndBytes();
    std::uint32_t looked = 0;
    for (const KeptVectors& part : parts) {
      const Vectors& from = *part.vectors;
      for (const Range& range : part.ranges) {
        for (std::uint32_t i = range.begin; i < range.end; ++i) {
          if (looked++ % kBetweenLooks == 0) RETURN_IF_ERROR(may_go_on());
          from.Read(i, vector);
          bits ? writer.AddBits(vector) : writer.AddBytes(from.BytesOf(i), from.ScaleOf(i), vector);
        }
      }
    }
  }
  return writer.Finish(stamp);
}

Result<Vectors> Vectors::Open(const std::filesystem::path& path, std::uint64_t bytes, std::uint64_t stamp) {
  const auto damaged = [] { return Fail(ErrorCode::kCorrupt, "A segment of the index is damaged."); };
  ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path, bytes));
  Vectors vectors(std::move(file));
  const std::span<const std::byte> end = vectors.file_.Part(bytes - std::min(bytes, sizeof(Foot)), sizeof(Foot));
  if (end.empty()) return damaged();
  Foot foot;
  std::memcpy(&foot, end.data(), sizeof foot);
  constexpr std::uint64_t kMostDimensions = 1U << 20;
  if (foot.magic != kMagic || foot.stamp != stamp || foot.passages >= kNoPassage || foot.dimensions == 0 ||
      foot.dimensions > kMostDimensions) {
    return damaged();
  }
  const std::uint64_t words = GroupsOf(foot.passages) * WordsOf(foot.dimensions) * kLanes;
  vectors.passages_ = static_cast<std::uint32_t>(foot.passages);
  vectors.dimensions_ = foot.dimensions;
  vectors.bytes_ = vectors.file_.Values<std::int8_t>(0, foot.passages * foot.dimensions);
  vectors.bits_ = vectors.file_.Values<std::uint64_t>(foot.bits, words);
  vectors.scales_ = vectors.file_.Values<float>(foot.scales, foot.passages);
  vectors.factors_ = vectors.file_.Values<float>(foot.factors, GroupsOf(foot.passages) * kLanes);
  vectors.mean_ = vectors.file_.Values<float>(foot.mean, foot.dimensions);
  if (vectors.bytes_.size() != foot.passages * foot.dimensions || vectors.bits_.size() != words ||
      vectors.scales_.size() != foot.passages || vectors.factors_.size() != GroupsOf(foot.passages) * kLanes ||
      vectors.mean_.size() != foot.dimensions || !vectors.whole()) {
    return damaged();
  }
  return vectors;
}

void Vectors::Read(std::uint32_t passage, std::span<float> vector) const {
  FromBytes(BytesOf(passage).data(), dimensions_, scales_[passage], vector.data());
}

// ---- a question ----

Asked::Asked(std::span<const float> vector, std::size_t count, std::uint64_t passages)
    : vector_(vector.begin(), vector.end()),
      bytes_(vector.size()),
      count_(count),
      kept_(count),
      by_bits_(passages > kFew) {
  scale_ = ToBytes(vector.data(), vector.size(), bytes_.data());
  if (!by_bits_) return;
  kept_ = std::max<std::size_t>(count, std::max(passages / kLookedAtOf, kLeastLookedAt));
  const auto [least, most] = std::minmax_element(vector_.begin(), vector_.end());
  constexpr float kMost = (1U << kPlanes) - 1;
  planes_.words = WordsOf(vector.size());
  planes_.bits.assign(kPlanes * planes_.words, 0);
  planes_.least = *least;
  planes_.step = *most > *least ? (*most - *least) / kMost : 1;
  for (std::size_t i = 0; i < vector_.size(); ++i) {
    planes_.sum += vector_[i];
    const auto number = static_cast<std::uint64_t>(std::lround((vector_[i] - planes_.least) / planes_.step));
    for (std::size_t plane = 0; plane < kPlanes; ++plane) {
      planes_.bits[plane * planes_.words + i / 64] |= (number >> plane & 1) << i % 64;
    }
  }
}

void Asked::Look(const Vectors& in, std::span<const Range> visible, std::uint32_t segment) {
  if (segments_.size() <= segment) segments_.resize(segment + 1, nullptr);
  segments_[segment] = &in;
  if (by_bits_) return LookByBits(in, visible, segment);
  for (const Range& range : visible) LookByBytes(in, range, segment);
}

float Asked::ByBytes(const Vectors& in, std::uint32_t passage) const {
  const std::size_t size = bytes_.size();
  const std::int32_t dot = DotOfBytes(bytes_.data(), in.bytes_.data() + std::size_t{passage} * size, size);
  const float cosine = static_cast<float>(dot) * scale_ * in.scales_[passage];
  return std::isfinite(cosine) ? cosine : floor_;
}

void Asked::LookByBytes(const Vectors& in, Range range, std::uint32_t segment) {
  for (std::uint32_t passage = range.begin; passage < range.end; ++passage) {
    Offer({segment, passage, ByBytes(in, passage)});
  }
}

void Asked::LookByBits(const Vectors& in, std::span<const Range> visible, std::uint32_t segment) {
  constexpr std::uint32_t kAtOnce = 64;  // groups
  float to_mean = 0;
  for (std::size_t i = 0; i < vector_.size(); ++i) to_mean += vector_[i] * in.mean_[i];
  std::array<float, kAtOnce * kLanes> estimates;
  for (const Range& range : visible) {
    const auto end = static_cast<std::uint32_t>(GroupsOf(range.end));
    for (std::uint32_t group = range.begin / kLanes; group < end; group += kAtOnce) {
      const std::uint32_t count = std::min(kAtOnce, end - group);
      const std::uint32_t first = group * kLanes;
      EstimateByBits(in.bits_.data() + std::size_t{first} * planes_.words, count, planes_, in.factors_.data() + first,
                     to_mean, estimates.data());
      const std::uint32_t from = std::max(range.begin, first);
      const std::uint32_t to = std::min(range.end, first + count * static_cast<std::uint32_t>(kLanes));
      for (std::uint32_t passage = from; passage < to; ++passage) Offer({segment, passage, estimates[passage - first]});
    }
  }
}

void Asked::Shrink() {
  std::nth_element(near_.begin(), near_.begin() + static_cast<std::ptrdiff_t>(kept_), near_.end(), Nearer);
  near_.resize(kept_);
  floor_ = std::max_element(near_.begin(), near_.end(), Nearer)->cosine;
}

std::vector<Near> Asked::Take() {
  if (near_.size() > kept_) Shrink();
  if (by_bits_) {
    for (Near& one : near_) one.cosine = ByBytes(*segments_[one.segment], one.passage);
  }
  std::sort(near_.begin(), near_.end(), Nearer);
  if (near_.size() > count_) near_.resize(count_);
  return std::exchange(near_, {});
}

}  // namespace counsel::index
