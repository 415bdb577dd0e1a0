// "The Tenant covenants: To pay the Rent. Not to keep pets.": duties without a subject, as a lease's schedule has them.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace counsel::judging {

// Who promises in this sentence or title what follows it: "The Tenant"; "" where nobody does.
[[nodiscard]] std::string CovenantorOf(std::string_view sentence);
// The sentence as a duty: "The Tenant must pay the Rent", "The Tenant must not keep pets"; "" where it is none.
[[nodiscard]] std::string AsDuty(std::string_view sentence, std::string_view covenantor);

}  // namespace counsel::judging
