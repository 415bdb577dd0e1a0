// Quotes: the sentences of the passages that answer a question, verbatim and best first. The embedder compares; no
// model writes a word of them. They are what a user sees first (docs/answers.md).
//
// Threads: io thread; the functions that do not wait are pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "answers/citations.h"
#include "base/result.h"
#include "models/model_replies.h"
#include "models/pool.h"
#include "understanding/answer_kind.h"
#include "understanding/numbered_things.h"

namespace counsel::answers {

inline constexpr std::size_t kMostQuotes = 5;
// So many sentences, the most promising by their words, are compared by meaning: each costs the embedder some
// milliseconds, and the first quote is to stand there within 150.
inline constexpr std::size_t kMeasuredSentences = 16;
// Where many ask at once the last waits for all that the embedder does for the others: then the best half is compared.
// Of 50 questions the first quote was the same for all, the five that are shown for 43.
inline constexpr std::size_t kMeasuredInACrowd = 8;
inline constexpr std::size_t kCrowd = 4;  // questions that are being compared, and from which on it is one
[[nodiscard]] constexpr std::size_t SentencesToMeasure(std::size_t questions) {
  return questions < kCrowd ? kMeasuredSentences : kMeasuredInACrowd;
}

struct Quote {
  Quote() = default;
  Citation citation;                 // verbatim; heading and page are those of its own characters
  std::string lead_in;               // of an item of a list, verbatim: "The tenant shall not:"; "" of another
  double strength = 0;               // 0 to 1: the relevance of the passage that it stands in
  std::vector<std::string> matched;  // words of the question, as asked, that it holds
  // It holds an answer of the kind that is asked for (answer_kind.h); where that is a value, and it is about the same
  // thing as the question (subject.h).
  bool of_kind = true;
  bool spoken_to_models = false;  // it tells whoever answers what to say (spoken_to_models.h)
  bool at_place = false;          // it stands at the place that the question names: "clause 17.3"
  bool about = true;              // it is about the same thing as the question, by a word at least
  bool mostly = true;             // and by most of what is asked about
  std::string empty_cell;         // of a row about what is asked: the column that is asked for, and empty in it
  std::int64_t used_at = -1;      // it defines a term that the sentence beginning there uses in its answer; -1: none
  double score = 0;               // the order
};

// What is asked, as far as choosing needs it.
struct Wanted {
  Wanted() = default;
  std::string question;  // without the names of documents; of several lines the last is what is asked
  std::string names;     // that it has all the same: no sentence answers by having their words
  understanding::AnswerKind kind = understanding::AnswerKind::kOpen;
  // Of the question; must outlive the call. Empty: words alone decide.
  const models::Embeddings* vector = nullptr;
  std::vector<float> last_line;  // the vector of that line alone, where there are several
  // That it is about: "Flat 2". A sentence of another one is no answer.
  std::vector<understanding::NumberedThing> things;
  bool says_little = false;  // beside the names there is nothing to be about
};

// Every sentence of the passages that could be quoted, in their order: no headings, no titles, no bare fragments; rows
// of tables. Pure.
[[nodiscard]] std::vector<Quote> Quotable(const std::vector<Passage>& passages);

// What is compared with the question: the sentence after its lead-in; a row of a table after the first row, which says
// what the others mean. Pure.
[[nodiscard]] std::string ComparedText(const Quote& quote, const std::vector<Passage>& passages);

// Gives each its words and a score by them and by its passage: place and strength. Pure.
void ScoreByWords(const Wanted& wanted, const std::vector<Passage>& passages, std::vector<Quote>* quotes);

// Whether one of the quotes chosen can be the answer at all: it is about what is asked, and where a value is asked for
// (when, how long, how often, how much, how many) it holds one; or it stands at the place that was named. What was
// found is no answer otherwise. Of weak evidence, under 0.35, most of what is asked about must be
// there, but for a question in the middle of a conversation, which is not `whole`.
[[nodiscard]] bool Answers(understanding::AnswerKind kind, const std::vector<Quote>& quotes, bool whole = true);

// The last line of a question: what is asked, where those above it are what it refers to.
[[nodiscard]] std::string LastLine(const std::string& question);

// The kMostQuotes best. Those that hold no answer of the kind asked for stand behind those that do. Errors: those of
// ModelPool::Acquire and of a model that dies.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<Quote>>> ChooseQuotes(const Wanted& wanted,
                                                                              const std::vector<Passage>& passages,
                                                                              const std::string& embedder,
                                                                              models::ModelPool& pool);

}  // namespace counsel::answers
