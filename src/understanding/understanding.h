// What a question means, before anything is searched: which documents, which place in them, what is asked of them.
//
// Pure: told the question and what documents are called (document_row.h); no store, no model. Any thread. Who asks the
// store for rows and places is answers/meant.h, the one entry for answers and searches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "understanding/document_row.h"
#include "understanding/known_rows.h"
#include "understanding/place.h"

namespace counsel::understanding {

// A question that is no longer than this is looked at; of a longer one nothing is understood.
inline constexpr std::size_t kLongestUnderstood = 4'000;  // bytes
// More documents are never meant at once.
inline constexpr std::size_t kMostMeant = 8;

struct Understood {
  Understood() = default;
  // Numbers of the rows that are meant, the likeliest first; empty: no decision, all of them may answer.
  std::vector<std::size_t> documents;
  // The parts of the question that name them, as asked: "the Motorola NDA". Empty when `documents` is.
  std::vector<std::string> names;
  // What is asked of them, without those names: what is to be searched for, embedded and judged. The question itself
  // when no document is meant, or when nothing is left beside the names.
  std::string question;
  // Names that `question` goes on to have ("What is the term of the tenancy?"): they are no strength of what is found.
  std::string kept_names;
  // Nothing is left beside the names that could be searched for: "How long is the Riverside lease?".
  bool says_little = false;
  // A document is named that none of the rows is: "the Acme NDA". What others say is no answer. "" otherwise.
  std::string not_there;
  // The distinctive words of `not_there`, folded as SplitName does it.
  std::vector<std::string> not_there_words;
  // The places it names: "clause 17.3". At most a few; empty: none. Those of a document that is not there are left out.
  std::vector<PlaceAsked> places;
};

// Hashes, ascending, of the words by which Understand may know a document: what it must be told of a row.
[[nodiscard]] std::vector<std::uint32_t> WordsOfNames(std::string_view question);

// `rows`: what is known, for this question, of the documents that may be asked, within the walls. `choose`: false
// leaves `documents` empty whatever is named (the user wants all of them), and only `places` are told.
[[nodiscard]] Understood Understand(std::string_view question, const KnownRows& rows, bool choose = true);
// Of few documents.
[[nodiscard]] Understood Understand(std::string_view question, const std::vector<DocumentRow>& rows,
                                    bool choose = true);

}  // namespace counsel::understanding
