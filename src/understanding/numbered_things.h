// "Flat 2", "Plot 7", "Unit 3": a thing of which there are several alike, each with a number and documents of its own.
// What the lease of Flat 1 says is no answer about Flat 2, however near its words are. Pure; English.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "understanding/document_row.h"

namespace counsel::understanding {

struct NumberedThing {
  NumberedThing() = default;
  std::string what;  // folded: "flat"
  std::string number;
  std::string words;  // as asked: "Flat 2"
  friend bool operator==(const NumberedThing& a, const NumberedThing& b) {
    return a.what == b.what && a.number == b.number;
  }
};

// Those that a question is about: of several lines those of the last that has any. No clause, page, month or year is
// one.
[[nodiscard]] std::vector<NumberedThing> NumberedThings(std::string_view question);

// Whether a sentence tells of another one ("Flat 1") and of none of these.
[[nodiscard]] bool TellsOfAnother(const std::vector<NumberedThing>& things, std::string_view sentence);

enum class Standing { kSaysNothing, kHasIt, kHasAnother };

// Whose a document is, by its name, or else by how it begins and ends.
class NumberedDocuments {
 public:
  explicit NumberedDocuments(const std::vector<NumberedThing>& things);
  // What of a row is to be known, as hashes; ascending.
  [[nodiscard]] std::vector<std::uint32_t> words() const;
  // A row that has none of these says nothing.
  [[nodiscard]] std::vector<std::uint32_t> things() const;
  // Whether a document's name matters, by what its row has.
  [[nodiscard]] bool AsksForName(std::string_view packed) const;
  // `packed`: a row (PackRow), of words() at least.
  [[nodiscard]] Standing Of(std::string_view name, std::string_view packed) const;

 private:
  struct Kind {
    std::string what;
    std::uint32_t word = 0;
    std::uint32_t several = 0;  // "flats"
    std::vector<std::uint32_t> these;
    std::vector<std::uint32_t> others;
  };
  std::vector<Kind> kinds_;
};

}  // namespace counsel::understanding
