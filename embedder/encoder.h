// What the service needs of a model: texts become vectors and tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace counsel::embedder {

struct TextVector {
  std::vector<float> values;
  std::size_t tokens = 0;  // that the model read, special ones included
  bool truncated = false;  // the end of the text was not read
};

// Worker threads call both, several at once.
class Encoder {
 public:
  virtual ~Encoder() = default;
  [[nodiscard]] virtual Result<TextVector> Embed(std::string_view text) const = 0;
  [[nodiscard]] virtual std::vector<std::int64_t> Tokenize(std::string_view text, bool add_special) const = 0;
};

}  // namespace counsel::embedder
