// Short values that a document gives to its terms ("“Term” means two years from the Start Date"), put in the place of
// the terms. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace counsel::judging {

struct Definition {
  std::string term;   // as it is written: "Confidentiality Period"
  std::string value;  // "three (3) years from the Effective Date"
};

// A term that is defined twice, or by more than a few words, is not among them.
[[nodiscard]] std::vector<Definition> DefinitionsOf(const std::vector<std::string_view>& passages);

// The sentence with the values for the terms that stand in it; "" where it has none, or defines one itself.
[[nodiscard]] std::string WithValues(std::string_view sentence, const std::vector<Definition>& definitions);

}  // namespace counsel::judging
