// Names of people, as documents and the register write them: "Mr J. A. Smith", "SMITH, John Andrew". Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace counsel::answers {

struct PersonName {
  PersonName() = default;
  std::vector<std::string> given;    // folded; initials are one letter
  std::vector<std::string> surname;  // several words: "van der berg", "smith jones"
};

// With a comma the surname stands before it, else it is the last word and the particles before that. Titles and letters
// behind the name are left out.
[[nodiscard]] PersonName ReadPersonName(std::string_view name);

enum class SamePerson {
  kYes,    // surname and a given name agree
  kMaybe,  // nothing in them excludes it: initials, a nickname, one surname of two
  kNo,
};
[[nodiscard]] SamePerson ComparePersons(const PersonName& one, const PersonName& other);

[[nodiscard]] bool IsPersonTitle(std::string_view folded);

}  // namespace counsel::answers
