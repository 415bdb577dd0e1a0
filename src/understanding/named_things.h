// Names that begin with a capital and are no document's: "Flat 2", "Birch House", "Owen Tuck". Pure; English.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace counsel::understanding {

// Those in a question, as they stand there. What only its first word's capital could make one is none.
[[nodiscard]] std::vector<std::string> NamedThings(std::string_view question);

// The question before, of another thing: "Flat 3" after "What is the rent of Flat 2?". "" where `phrase` is no such
// name, or nothing of its kind was asked about: France is none of the Skylark's.
[[nodiscard]] std::string OfAnotherThing(std::string_view phrase, std::string_view before);

// "HB-2291" of "Was invoice HB-2291 paid?", and what it is called there: "invoice"; "" where nothing stands before it.
struct CodedThing {
  std::string code;
  std::string called;
};
[[nodiscard]] std::vector<CodedThing> CodedThings(std::string_view question);

}  // namespace counsel::understanding
