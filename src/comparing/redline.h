// A comparison as a Word document: the changes that matter as a table, then the second text with every change to the
// first one tracked, so that rejecting all gives the first and accepting all the second. What was moved is removed
// where it stood and added where it stands. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "comparing/comparing.h"
#include "word/document.h"

namespace counsel::comparing {

struct RedlineOf {
  RedlineOf() = default;
  std::string_view name, text;
  std::function<std::string(Range)> place;  // "page 3, 5. Rent", for people
};

[[nodiscard]] word::Document Redline(const RedlineOf& first, const RedlineOf& second, const Comparison& comparison,
                                     std::int64_t made_at);

}  // namespace counsel::comparing
