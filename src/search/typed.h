// What a search says exactly: "words one after the other", and -words that must not be there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/search.h"
#include "store/store.h"

namespace counsel::search {

struct Typed {
  Typed() = default;
  std::vector<std::string> phrases;  // of one word and more, between " or “ ”
  std::vector<std::string>
      without;       // words or phrases, behind a hyphen that stands before a word: -draft, -"side letter"
  std::string rest;  // the text without those
};
// A hyphen within a word ("non-exclusive"), before a number, or between spaces is none of these. Pure.
[[nodiscard]] Typed ReadTyped(std::string_view text);
// kInvalidArgument when it says only what must not be there, or nothing between its marks. Pure.
[[nodiscard]] Result<void> CheckTyped(std::string_view text);

// As Search, among the passages that have each of the phrases and none of what must not be there: those are all that
// there is, also for how rare a word is. A phrase that none has within the walls asks for its words like any others.
[[nodiscard]] Result<std::vector<Hit>> SearchTyped(store::Connection& db, const Query& query);

}  // namespace counsel::search
