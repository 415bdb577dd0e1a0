// What contracts write where lawyers say something else: "no-shop" is headed "No Solicitation". glossary.txt has the
// list, where it comes from, and its form. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace counsel::understanding {

// What to look for beside the question's own words; empty: the glossary says nothing of it.
[[nodiscard]] std::vector<std::string> WrittenFor(std::string_view question);

}  // namespace counsel::understanding
