// Names of people in running text, where something beside them says that there is one. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "answers/company_mentions.h"

namespace counsel::answers {

inline constexpr std::size_t kMostPeople = 30;  // of one list

struct WordRange {
  std::size_t first = 0;  // words [first, last)
  std::size_t last = 0;
};

// The person whose name ends right before word `end`: two names at least, none of them a company's.
[[nodiscard]] std::optional<WordRange> PersonBefore(const WordedText& text, const std::vector<CompanyMention>& mentions,
                                                    std::size_t end);
// Those listed from word `at` on: "John Smith, Jane Doe and Peter Patel". Up to what is no name.
[[nodiscard]] std::vector<WordRange> PeopleFrom(const WordedText& text, const std::vector<CompanyMention>& mentions,
                                                std::size_t at);

}  // namespace counsel::answers
