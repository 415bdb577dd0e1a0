// One ONNX embedding model. Only model.cc includes ONNX Runtime.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

namespace counsel::embedder {

// How the vectors of the tokens become the vector of the text.
enum class Pooling {
  kCls,   // the first token's
  kMean,  // the mean of all
};

class Model {
 public:
  struct Options {
    Pooling pooling = Pooling::kCls;
    bool normalize = true;  // to unit length
  };

  // Reads the file and prepares it: a fifth of a second for a small model. kNotFound, kCorrupt, kUnsupported (inputs or
  // outputs that are not those of a BERT encoder), kOutOfMemory.
  [[nodiscard]] static Result<Model> Load(const std::filesystem::path& file, const Options& options);

  Model(Model&&) noexcept;
  ~Model();

  // The vector of one text's tokens. Any number of threads may call it at once: each call computes on its own thread
  // alone, so that the same ids give the same bits whatever else runs.
  [[nodiscard]] Result<std::vector<float>> Embed(std::span<const std::int64_t> ids) const;

 private:
  struct State;
  explicit Model(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace counsel::embedder
