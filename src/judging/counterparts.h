// Which of a document's own parties a role word means: "the recipient" is the Vendor, to whom IBC discloses. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "judging/called.h"

namespace counsel::judging {

// By stem of what the document calls a party ("vendor", "ibc"), the stem of its role (" recipient "), and by role that
// is defined beside a party (Company ("Disclosing Party")) the party. A role that more than one party may have is
// nobody's, nor has one party two opposite roles.
[[nodiscard]] CalledNames CounterpartsOf(const std::vector<std::string_view>& passages);

}  // namespace counsel::judging
