#include "models/gguf.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"

namespace counsel::models {
namespace {

namespace fs = std::filesystem;

// Metadata of real models: up to about 20 MB (vocabulary and merges).
constexpr std::uint64_t kMetadataLimit = std::uint64_t{256} << 20;
constexpr std::uint64_t kPairLimit = 100'000;
constexpr std::uint64_t kTensorLimit = 1'000'000;
constexpr std::uint64_t kKeyLimit = 65'535;  // by the format
constexpr std::uint64_t kKeptText = 200;
constexpr std::uint32_t kDimensionLimit = 4;  // by the format
constexpr std::uint64_t kDefaultAlignment = 32;
constexpr std::uint64_t kAlignmentLimit = std::uint64_t{1} << 20;

enum Type : std::uint32_t { kU8, kI8, kU16, kI16, kU32, kI32, kF32, kBool, kString, kArray, kU64, kI64, kF64, kTypes };
constexpr std::array<std::uint64_t, kTypes> kSizes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

// Reads forward through the file by way of a small buffer. The first failure sticks.
class Reader {
 public:
  Reader(int fd, std::uint64_t size) : fd_(fd), end_(std::min(size, kMetadataLimit)) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::uint64_t position() const { return position_; }
  void Fail() { failed_ = true; }

  bool Read(void* out, std::size_t count) {
    if (failed_ || count > end_ - position_) return Failed();
    for (auto* bytes = static_cast<char*>(out); count > 0;) {
      if (position_ < buffer_at_ || position_ >= buffer_at_ + filled_) {
        if (!Fill()) return Failed();
      }
      const std::size_t from = position_ - buffer_at_;
      const std::size_t some = std::min(count, filled_ - from);
      std::memcpy(bytes, buffer_.data() + from, some);
      bytes += some;
      position_ += some;
      count -= some;
    }
    return true;
  }

  bool Skip(std::uint64_t count) {
    if (failed_ || count > end_ - position_) return Failed();
    position_ += count;
    return true;
  }

  template <class Number>
  Number Take() {
    Number number = 0;
    return Read(&number, sizeof number) ? number : Number{0};  // little-endian, as the machines we run on
  }

  // A string's first `kept` bytes; the rest is skipped.
  std::string TakeText(std::uint64_t kept) {
    const std::uint64_t size = Take<std::uint64_t>();
    if (failed_ || size > end_ - position_) return Failed(), std::string();
    std::string text(std::min(size, kept), '\0');
    Read(text.data(), text.size());
    Skip(size - text.size());
    return text;
  }

 private:
  bool Failed() {
    failed_ = true;
    return false;
  }

  bool Fill() {
    buffer_at_ = position_;
    filled_ = 0;
    const ssize_t count = ::pread(fd_, buffer_.data(), buffer_.size(), static_cast<off_t>(position_));
    if (count <= 0) return false;
    filled_ = static_cast<std::size_t>(count);
    return true;
  }

  const int fd_;
  const std::uint64_t end_;
  std::uint64_t position_ = 0;
  std::array<char, 16384> buffer_;
  std::uint64_t buffer_at_ = 0;
  std::size_t filled_ = 0;
  bool failed_ = false;
};

Result<FileDescriptor> OpenModel(const fs::path& path, std::uint64_t* size) {
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid() && errno == ENOENT) {
    return Fail(ErrorCode::kModelFileMissing, "Model file not found: " + path.string(), "Check the path.");
  }
  if (!fd.valid()) return Fail(ErrnoError(errno, "Cannot open " + path.string()));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kInvalidArgument, path.string() + " is not a file.", "Give the path of a GGUF file.");
  }
  *size = static_cast<std::uint64_t>(status.st_size);
  return fd;
}

Error CutShort(const fs::path& path) {
  return {ErrorCode::kCorrupt,
          path.string() + " is damaged or cut short: its description ends too early or is nonsense.",
          "Fetch the file again."};
}

Result<std::uint32_t> TakeVersion(Reader& reader, const fs::path& path) {
  std::array<char, 4> magic{};
  if (!reader.Read(magic.data(), magic.size()) || std::string_view(magic.data(), 4) != "GGUF") {
    return Fail(ErrorCode::kCorrupt, path.string() + " is not a GGUF file.", "Give a model in the GGUF format.");
  }
  const auto version = reader.Take<std::uint32_t>();
  if (reader.failed()) return Fail(CutShort(path));
  if (version != 2 && version != 3) {
    return Fail(ErrorCode::kCorrupt,
                path.string() + " is a GGUF file of version " + std::to_string(version) + "; 2 and 3 can be read.",
                "Fetch or convert a current one.");
  }
  return version;
}

// How many elements it had.
std::uint64_t SkipArray(Reader& reader) {
  const auto type = reader.Take<std::uint32_t>();
  const auto count = reader.Take<std::uint64_t>();
  // Arrays of arrays: llama.cpp refuses them too.
  if (type >= kTypes || type == kArray || (type != kString && count > kMetadataLimit)) {
    reader.Fail();
    return 0;
  }
  if (type != kString) {
    reader.Skip(count * kSizes[type]);
    return count;
  }
  // Each string takes 8 bytes at least, so the file's end bounds this.
  for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) reader.TakeText(0);
  return count;
}

void SkipValue(Reader& reader, std::uint32_t type) {
  if (type >= kTypes) return reader.Fail();
  if (type == kString) {
    reader.TakeText(0);
  } else if (type == kArray) {
    SkipArray(reader);
  } else {
    reader.Skip(kSizes[type]);
  }
}

// A whole number of any width; others are skipped and give 0.
std::uint64_t TakeWhole(Reader& reader, std::uint32_t type) {
  switch (type) {
    case kU32:
      return reader.Take<std::uint32_t>();
    case kI32:
      return static_cast<std::uint64_t>(std::max<std::int32_t>(0, reader.Take<std::int32_t>()));
    case kU64:
      return reader.Take<std::uint64_t>();
    case kU16:
      return reader.Take<std::uint16_t>();
    default:
      SkipValue(reader, type);
      return 0;
  }
}

// What is read while walking through the metadata, beside the facts.
struct Walk {
  GgufFacts facts;
  std::uint64_t alignment = kDefaultAlignment;
};

// The whole numbers that facts keep, by the ends of their keys (the key begins with the architecture).
std::uint64_t* WholeFact(std::string_view key, Walk* walk) {
  GgufFacts& facts = walk->facts;
  if (key == "general.alignment") return &walk->alignment;
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos || key.starts_with("tokenizer.")) return nullptr;
  key.remove_prefix(dot);
  if (key == ".context_length") return &facts.context_length;
  if (key == ".embedding_length") return &facts.embedding_length;
  if (key == ".pooling_type") return &facts.pooling_type;
  if (key == ".block_count") return &facts.block_count;
  if (key == ".feed_forward_length") return &facts.feed_forward_length;
  if (key == ".attention.head_count") return &facts.head_count;
  if (key == ".attention.head_count_kv") return &facts.head_count_kv;
  if (key == ".attention.key_length") return &facts.key_length;
  if (key == ".attention.value_length") return &facts.value_length;
  if (key == ".vocab_size") return &facts.vocabulary;
  if (key == ".expert_count") return &facts.experts;
  return nullptr;
}

bool MeansStatePerSlot(std::string_view key) {
  return key.find(".ssm.") != std::string_view::npos || key.find(".wkv") != std::string_view::npos ||
         key.find(".shortconv.") != std::string_view::npos || key.ends_with(".attention.sliding_window");
}

void TakePair(Reader& reader, Walk* walk) {
  GgufFacts& facts = walk->facts;
  const auto key_size = reader.Take<std::uint64_t>();
  if (key_size > kKeyLimit) return reader.Fail();
  std::string key(key_size, '\0');
  reader.Read(key.data(), key.size());
  const auto type = reader.Take<std::uint32_t>();
  if (reader.failed()) return;
  const auto text = [&] { return RepairUtf8(reader.TakeText(kKeptText)); };
  if (MeansStatePerSlot(key)) facts.state_per_slot = true;
  if (key == "general.architecture" && type == kString) {
    facts.architecture = text();
  } else if (key == "general.name" && type == kString) {
    facts.name = text();
  } else if (key == "general.license" && type == kString) {
    facts.licence = text();
  } else if (key == "tokenizer.chat_template" && type == kString) {
    facts.has_chat_template = !text().empty();
  } else if (key == "tokenizer.ggml.tokens" && type == kArray) {
    facts.vocabulary = SkipArray(reader);
  } else if (std::uint64_t* fact = WholeFact(key, walk); fact != nullptr) {
    *fact = TakeWhole(reader, type);
  } else {
    SkipValue(reader, type);
  }
}

// Magic, version, counts and metadata. The number of tensors, whose descriptions follow.
Result<std::uint64_t> TakeMetadata(Reader& reader, const fs::path& path, Walk* walk) {
  const Result<std::uint32_t> version = TakeVersion(reader, path);
  if (!version) return Fail(version.error());
  walk->facts.version = *version;
  const auto tensors = reader.Take<std::uint64_t>();
  const auto pairs = reader.Take<std::uint64_t>();
  if (tensors > kTensorLimit || pairs > kPairLimit) return Fail(CutShort(path));
  for (std::uint64_t i = 0; i < pairs && !reader.failed(); ++i) TakePair(reader, walk);
  if (reader.failed()) return Fail(CutShort(path));
  return tensors;
}

struct Tensor {
  std::uint64_t offset = 0;  // behind the head
  std::uint32_t type = 0;
  bool embedding = false;
  bool output = false;
};

Tensor TakeTensor(Reader& reader, GgufWeights* weights) {
  Tensor tensor;
  const std::string name = reader.TakeText(kKeptText);
  tensor.embedding = name == "token_embd.weight";
  tensor.output = name == "output.weight";
  weights->has_output = weights->has_output || tensor.output;
  const auto dimensions = reader.Take<std::uint32_t>();
  if (dimensions > kDimensionLimit) reader.Fail();
  reader.Skip(std::uint64_t{8} * dimensions);
  tensor.type = reader.Take<std::uint32_t>();
  tensor.offset = reader.Take<std::uint64_t>();
  return tensor;
}

// A tensor's bytes reach to where the next one begins, so no table of types is needed, and a new type is no stranger.
// False when one begins behind the end.
bool SumTensors(std::vector<Tensor> tensors, std::uint64_t data_bytes, GgufWeights* weights) {
  std::sort(tensors.begin(), tensors.end(), [](const Tensor& a, const Tensor& b) { return a.offset < b.offset; });
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::uint64_t end = i + 1 < tensors.size() ? tensors[i + 1].offset : data_bytes;
    if (end > data_bytes || tensors[i].offset > end) return false;
    const std::uint64_t bytes = end - tensors[i].offset;
    weights->tensor_bytes += bytes;
    weights->bytes_by_type[tensors[i].type] += bytes;
    if (tensors[i].output) weights->output_bytes = bytes;
    if (!tensors[i].embedding) continue;
    weights->embedding_bytes = bytes;
    weights->embedding_type = tensors[i].type;
  }
  return true;
}

}  // namespace

Result<void> CheckGguf(const fs::path& path) {
  std::uint64_t size = 0;
  Result<FileDescriptor> fd = OpenModel(path, &size);
  if (!fd) return Fail(std::move(fd.error()));
  Reader reader(fd->get(), size);
  const Result<std::uint32_t> version = TakeVersion(reader, path);
  if (!version) return Fail(version.error());
  return {};
}

Result<GgufFacts> ReadGguf(const fs::path& path) {
  std::uint64_t size = 0;
  Result<FileDescriptor> fd = OpenModel(path, &size);
  if (!fd) return Fail(std::move(fd.error()));
  Reader reader(fd->get(), size);
  Walk walk;
  const Result<std::uint64_t> tensors = TakeMetadata(reader, path, &walk);
  if (!tensors) return Fail(tensors.error());
  return walk.facts;
}

Result<void> CheckReranker(const std::filesystem::path& path) {
  constexpr std::uint64_t kRank = 4;
  const Result<GgufFacts> facts = ReadGguf(path);
  if (!facts) return Fail(facts.error());
  if (facts->pooling_type == kRank) return {};
  return Fail(ErrorCode::kInvalidArgument,
              path.string() + " gives no scores: it has no head for them (pooling_type 4).",
              "Take a file that llama.cpp's convert_hf_to_gguf.py made of the reranker.");
}

Result<GgufDescription> DescribeGguf(const fs::path& path) {
  std::uint64_t size = 0;
  Result<FileDescriptor> fd = OpenModel(path, &size);
  if (!fd) return Fail(std::move(fd.error()));
  Reader reader(fd->get(), size);
  Walk walk;
  const Result<std::uint64_t> count = TakeMetadata(reader, path, &walk);
  if (!count) return Fail(count.error());
  GgufDescription description;
  std::vector<Tensor> tensors;  // grows with what was read, not by the file's number
  for (std::uint64_t i = 0; i < *count && !reader.failed(); ++i) {
    tensors.push_back(TakeTensor(reader, &description.weights));
  }
  const std::uint64_t alignment = walk.alignment == 0 ? kDefaultAlignment : walk.alignment;
  if (reader.failed() || alignment > kAlignmentLimit) return Fail(CutShort(path));
  const std::uint64_t head = (reader.position() + alignment - 1) / alignment * alignment;
  const std::uint64_t data_bytes = size > head ? size - head : 0;
  if (!SumTensors(std::move(tensors), data_bytes, &description.weights)) return Fail(CutShort(path));
  description.weights.head_bytes = std::min(head, size);
  description.facts = std::move(walk.facts);
  return description;
}

}  // namespace counsel::models
