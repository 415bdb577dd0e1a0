// The number of the clause a place is in, for texts that do not say it otherwise: "5.2 The tenant shall …".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace counsel::ingest {

// Told of each line; believes a number only when it follows from those before, for "30 days" may begin a line too.
class ClauseNumbers {
 public:
  // The line begins the next clause, or the first beneath the current one, or (after a blank line) numbering anew.
  // `after_blank`: nothing stands right above it. A number without a stop ("5 The tenant") only goes on.
  bool Enter(std::string_view line, bool after_blank);
  // A heading's own number is believed wherever it comes: a text may leave clauses out ("2.", then "7."), and what
  // follows it belongs to it. Of "12 May 2024" it is none.
  bool EnterHeading(std::string_view line);
  // A heading without a number: what comes is in no clause until the next number.
  void Leave() { text_.clear(); }
  // "5.2"; "" outside of clauses.
  [[nodiscard]] const std::string& text() const { return text_; }
  // Of the last number: 2 of "5.2".
  [[nodiscard]] std::size_t depth() const { return current_.size(); }

 private:
  using Number = std::vector<int>;
  void Take(Number next);
  [[nodiscard]] static bool Follows(const Number& current, const Number& next, bool after_blank);

  Number current_;
  Number outer_;    // where numbering was when a list within a clause began anew
  Number refused_;  // of the numbered line before, when it followed from nothing
  std::string text_;
};

}  // namespace counsel::ingest
