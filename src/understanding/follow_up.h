// Questions that cannot be understood without the one before them. Pure; English.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace counsel::understanding {

// "And for how long?", "When is it due?", "What about the deposit?": it begins as a continuation, or has a pronoun that
// nothing in it explains. "Is it permitted to sublet?" does not.
[[nodiscard]] bool RefersBack(std::string_view question);

// What to search for. `earlier`: oldest first; what it points to is the last of them that stands by itself.
//
//   what it is              after "What is the rent of Alder House?"            becomes
//   another topic           "And the deposit?", "What about the break?"         "What is the deposit of Alder House?"
//   another document, place "And the Acme lease?", "And clause 7?"              that question, of that one
//   a question of its own   "And who insures the building?"                     "Who insures the building?"
//   a condition, a pronoun  "And in the second year?", "When is it due?"        both, the earlier one on a line of its
//   own
//
// So no word of a topic that was left is searched for. A question that does not refer back is returned as it is.
[[nodiscard]] std::string MadeWhole(const std::string& question, const std::vector<std::string>& earlier);

}  // namespace counsel::understanding
