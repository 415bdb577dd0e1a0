// Forms of words that a column looks for: "rent of", "tenant may * terminate", "permitted use : {}". Pure; any thread.
//
//   landlord        the word, in any inflection
//   landlord|lessor one of them
//   *               up to five words, within the sentence
//   **              up to fifteen
//   ^               here a line, a list item or a sentence begins
//   :               a colon, or the line ends here
//   {}              here the value begins; only as the last
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "review/wording.h"

namespace counsel::review {

class Form {
 public:
  // kInvalidArgument: a sentence says what is wrong.
  [[nodiscard]] static Result<Form> Read(std::string_view text);

  struct Found {
    Found() = default;
    std::size_t first = 0;  // words [first, last)
    std::size_t last = 0;
  };
  // All places, ascending.
  [[nodiscard]] std::vector<Found> Find(const Wording& wording) const;
  [[nodiscard]] bool IsIn(const Wording& wording, std::size_t first, std::size_t last) const;
  // It has a "not" or the like itself.
  [[nodiscard]] bool Denies() const;
  // The value begins where it ends.
  [[nodiscard]] bool has_value() const { return has_value_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  // Folded words, for what is like it.
  [[nodiscard]] std::vector<std::string> Stems() const;

 private:
  Form() = default;
  struct Item {
    std::vector<std::string> stems;  // one of them
    std::size_t gap = 0;             // up to so many words instead
    bool colon = false;
  };
  // The word behind the form that begins at word i; 0: it does not.
  [[nodiscard]] std::size_t EndAt(const Wording& wording, std::size_t i, std::size_t item) const;

  std::string text_;
  std::vector<Item> items_;
  bool at_beginning_ = false;
  bool has_value_ = false;
};

}  // namespace counsel::review
