// What a question asks about and nothing that was searched mentions: whoever asks for the rent of Flat 7, where there
// are two flats, is told so, and not the rent of another.
//
// Blocking, on a store connection, in the transaction of the search.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "answers/meant.h"
#include "base/result.h"
#include "search/search.h"
#include "store/store.h"

namespace counsel::answers {

struct Unmentioned {
  Unmentioned() = default;
  std::vector<std::string> words;  // as asked: "Flat 7", "Jane Roe", "resign"
  bool another = false;            // one is a name or a thing with a number: what is said of others is no answer
  // "Did Dr Ward resign?": somebody is asked about, and nothing of what is asked about her. What else is said of her is
  // no answer.
  bool all_but_names = false;
};

// `query`: as it found `hits`. `documents` of `meant` are named by words that are not looked for.
[[nodiscard]] Result<Unmentioned> FindUnmentioned(store::Connection& db, const search::Query& query, const Meant& meant,
                                                  const std::vector<search::Hit>& hits);

// Whether the question names somebody, and of the other words that it asks about all are missing. Pure.
[[nodiscard]] bool AllButNames(std::string_view question, const std::vector<std::string>& asked,
                               const std::vector<std::string>& missing);

// "Nothing that was searched mentions “Flat 7”."; "" where all is mentioned.
[[nodiscard]] std::string Told(const Unmentioned& unmentioned);

}  // namespace counsel::answers
