// The words by which a question is known to be one for the register (register_question.h). Lower case.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "companies_house/register_entry.h"

namespace counsel::answers {

// Legal forms at the end of a name, which people leave out.
[[nodiscard]] const std::set<std::string>& Forms();
// Words that change nothing.
[[nodiscard]] const std::set<std::string>& SmallWords();

struct Topic {
  std::vector<std::string_view> phrase;
  companies_house::FactKind kind;
};
// The longer phrases first: what a phrase takes is gone for the next.
[[nodiscard]] const std::vector<Topic>& Topics();

// Words that say which of a topic's facts are asked for, or only what a topic says anyway.
[[nodiscard]] const std::set<std::string>& PastWords();
[[nodiscard]] const std::set<std::string>& PresentWords();
[[nodiscard]] const std::set<std::string>& TopicalWords();

struct Beyond {
  std::vector<std::string_view> phrase;
  std::string_view what;
};
// What people ask of a company and the register's API does not tell.
[[nodiscard]] const std::vector<Beyond>& BeyondTopics();

}  // namespace counsel::answers
