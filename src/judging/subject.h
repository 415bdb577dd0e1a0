// Whether two documents may speak of one thing: two leases of two flats, or the contracts of two employees, do not.
// Pure; English only.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "judging/called.h"

namespace counsel::judging {

struct Subject {
  Subject() = default;
  std::set<std::string> name;    // words of the document's name that tell it from others of its kind: "smith", "2"
  std::set<std::string> places;  // "flat 2", "plot 6", "ls14ap"
  std::set<std::string> people;  // surnames behind a title
  CalledNames roles;             // "tenant": " priya sandhu "
};

// `texts`: what is in sight of the document.
[[nodiscard]] Subject SubjectOf(std::string_view name, const std::vector<std::string_view>& texts);
// False where something names two things: other flats, other parties, other people, other names of files.
[[nodiscard]] bool MayBeOne(const Subject& one, const Subject& other);

}  // namespace counsel::judging
