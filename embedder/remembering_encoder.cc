#include "remembering_encoder.h"

#include <utility>

namespace counsel::embedder {

Result<TextVector> RememberingEncoder::Embed(std::string_view text) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto place = places_.find(text); place != places_.end()) {
      texts_.splice(texts_.begin(), texts_, place->second);
      return texts_.front().vector;
    }
  }
  Result<TextVector> vector = encoder_->Embed(text);
  if (vector) Remember(text, *vector);
  return vector;
}

std::size_t RememberingEncoder::BytesOf(const Remembered& one) {
  constexpr std::size_t kOfNodes = 128;  // of the list and the table
  return one.text.size() + one.vector.values.size() * sizeof(float) + kOfNodes;
}

void RememberingEncoder::Remember(std::string_view text, const TextVector& vector) const {
  Texts made;
  made.push_back({std::string(text), vector});
  const std::size_t bytes = BytesOf(made.front());
  if (bytes > most_bytes_ / 16) return;  // one long text is not worth many sentences
  const std::lock_guard lock(mutex_);
  // Two threads may have embedded it at once.
  if (!places_.emplace(made.front().text, made.begin()).second) return;
  texts_.splice(texts_.begin(), made);
  bytes_ += bytes;
  while (bytes_ > most_bytes_) {
    bytes_ -= BytesOf(texts_.back());
    places_.erase(texts_.back().text);
    texts_.pop_back();
  }
}

}  // namespace counsel::embedder
