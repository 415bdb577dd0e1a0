// Added tokens: strings such as "[SEP]" that stand for one token wherever they occur in a text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::embedder {

struct AddedToken {
  std::string content;
  std::int64_t id = 0;
  bool lstrip = false;      // takes the white space before it, too
  bool rstrip = false;      // takes the white space after it, too
  bool normalized = false;  // is looked for in the normalised text, not in the text as it came
};

class AddedTokens {
 public:
  // A piece of the text: an added token, or (no id) what stands between two.
  struct Piece {
    std::string_view text;
    std::optional<std::int64_t> id;
  };

  AddedTokens() = default;
  // No content may be empty.
  explicit AddedTokens(std::vector<AddedToken> tokens);

  [[nodiscard]] bool empty() const { return tokens_.empty(); }
  // The leftmost longest matches. Views of `text`; no piece is empty.
  [[nodiscard]] std::vector<Piece> Split(std::string_view text) const;

 private:
  [[nodiscard]] const AddedToken* MatchAt(std::string_view text, std::size_t position) const;

  std::vector<AddedToken> tokens_;  // longest first
  std::array<bool, 256> begins_{};  // the bytes that some token begins with
};

}  // namespace counsel::embedder
