// What was embedded a moment ago is not embedded again: questions about the same documents compare the same sentences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "encoder.h"

namespace counsel::embedder {

// The vectors of the texts that were asked for last, least recently used ones forgotten first. They live and end with
// the model that made them. Any thread.
class RememberingEncoder : public Encoder {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{4} << 20;  // of texts and vectors: some 1,800 sentences

  explicit RememberingEncoder(std::unique_ptr<const Encoder> encoder, std::size_t most_bytes = kMostBytes)
      : encoder_(std::move(encoder)), most_bytes_(most_bytes) {}

  // Bit for bit what the encoder gives. Failures are not remembered.
  [[nodiscard]] Result<TextVector> Embed(std::string_view text) const override;
  [[nodiscard]] std::vector<std::int64_t> Tokenize(std::string_view text, bool add_special) const override {
    return encoder_->Tokenize(text, add_special);
  }

 private:
  struct Remembered {
    std::string text;
    TextVector vector;
  };
  using Texts = std::list<Remembered>;

  [[nodiscard]] static std::size_t BytesOf(const Remembered& one);
  void Remember(std::string_view text, const TextVector& vector) const;

  const std::unique_ptr<const Encoder> encoder_;
  const std::size_t most_bytes_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  mutable Texts texts_;  // the last used first
  mutable std::unordered_map<std::string_view, Texts::iterator> places_;
  mutable std::size_t bytes_ = 0;
};

}  // namespace counsel::embedder
