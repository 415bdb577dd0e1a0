// What a question means in this store: the documents, the place in them, what is asked of them. The one entry for
// answers and searches; understanding/ decides, this asks the store.
//
// Blocking, on a store connection (a pool thread).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/search.h"
#include "store/store.h"
#include "understanding/place.h"

namespace counsel::answers {

struct MeantDocument {
  MeantDocument() = default;
  std::string id;
  std::string name;
};

struct Meant {
  Meant() = default;
  // Where to look, best first: what the question means, or what the caller named; empty: all within the matters.
  std::vector<MeantDocument> documents;
  bool chosen = false;             // Counsel chose them, by the names in the question or those before it
  bool says_little = false;        // beside the names there is nothing to be found by: its strength says nothing
  bool carried = false;            // the question names none: those that the one before it was answered from
  std::vector<std::string> names;  // by which they were known, as asked: "the Motorola NDA"
  // What is asked of them, without those names: what is searched for, embedded, judged, and what a quote must answer.
  // The question as it is when none are meant.
  std::string question;
  std::string kept_names;  // of them those that `question` goes on to have: they are no strength of what is found
  // A document that the question names and that is not there: "the Acme NDA"; "" otherwise. What other documents say is
  // no answer then: their relevance stays below every cut-off, unless they have its words.
  std::string not_there;
  std::vector<std::string> not_there_words;       // folded
  std::vector<understanding::PlaceAsked> places;  // that it names: "clause 17.3"
  // "Flat 2": documents of another flat, which are left out where there is one of that; in their order. The first have
  // their names.
  std::vector<MeantDocument> of_others;
  std::vector<std::string> within;    // the ids of the rest; empty: nothing is left out
  std::vector<std::string> of_these;  // of them those that have it; empty where they are many
  std::vector<std::string> things;    // as asked, by which it was known
};

// `documents`: that the caller named (ids); empty: all. `everywhere`: nothing is chosen.
[[nodiscard]] Result<Meant> FindMeant(store::Connection& db, std::string_view question,
                                      const std::vector<std::int64_t>& scopes,
                                      const std::vector<std::string>& documents, bool everywhere);

// The passages that the question names ("clause 17.3"), each cut to the place: evidence by themselves, for relevance is
// kPlaceRelevance and Hit::place says which place. At most `limit`, in the order of the documents.
// `walls`: as of the search beside it, in the same snapshot. `near`: what the search found; where many documents have
// such a place, those found come first.
inline constexpr double kPlaceRelevance = 0.98;
[[nodiscard]] Result<std::vector<search::Hit>> FindPlaces(store::Connection& db, const Meant& meant,
                                                          const std::vector<std::int64_t>& scopes,
                                                          const std::vector<search::Hit>& near, std::size_t limit);

}  // namespace counsel::answers
