// Walk 1: a question becomes a cited answer.
//
// Threads: io thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "answers/citations.h"
#include "answers/framing.h"
#include "answers/meant.h"
#include "answers/quotes.h"
#include "answers/written.h"
#include "base/result.h"
#include "models/pool.h"
#include "search/search.h"
#include "store/store.h"

namespace counsel::companies_house {
class RegisterEntries;
}

namespace counsel::answers {

inline constexpr std::size_t kMaxQuestionBytes = 16 * 1024;

// Who speaks. Quotes come first whatever it is.
enum class Style {
  kDefault,  // kAnswer where the generator is one that is asked for answers (catalogue.h), else kQuotes
  kQuotes,   // the documents alone: no generator is asked
  kAnswer,   // the generator writes one to three sentences, whichever generator it is
  kMemo,     // question, short answer, reasons with their sources, what is not known
};

// "quotes", "answer", "memo", "default"; nothing for another name.
[[nodiscard]] std::optional<Style> StyleNamed(std::string_view name);

struct QuestionOptions {
  QuestionOptions() = default;
  Style style = Style::kDefault;
  std::optional<std::chrono::seconds> patience;  // nothing: the setting's
  std::vector<std::string> matters;              // empty: all
  std::vector<std::string> documents;            // ids; empty: all
  std::size_t max_passages = 15;                 // 1 to 30
  double min_relevance = 0.2;                    // 0 to 1
  std::uint32_t max_tokens = 500;
  std::chrono::milliseconds load_timeout{300'000};
  Framing framing;
  std::string search_text;  // what is searched for; "" for the question itself
  // Of a conversation: what the question before it was answered from. It is asked of these first, unless it names
  // others, and of all where they do not answer it as well.
  std::vector<std::string> carried;
  bool everywhere = false;  // no document is chosen by its name in the question (meant.h)
};

// What the daemon answers with (fixed for its life).
struct AnswerModels {
  AnswerModels() = default;
  Style style = Style::kDefault;  // of a question that names none: the setting answers.style
  // In which the first written word should come: a longer prompt is cut (prompt.h). 0: as long as it takes.
  std::chrono::seconds patience{10};
  std::string embedder;
  std::string reranker;  // "": none is installed
  // Or why there is none: told only when evidence calls for it.
  Result<std::string> generator;
  bool writes_answers = false;  // it is one that is asked without being told to (ModelEntry::answers)
  search::Calibration calibration;
};

enum class Outcome { kAnswered, kQuoted, kUnsupported, kNoEvidence };
// kAnswered: at least one sentence is supported or near. kQuoted: `quotes` are the answer, no generator was asked, or
// it could not be had (`notes`). kUnsupported: the generator's sentences were not; the sentence of the documents that
// comes nearest is quoted and cited, and `passages` stand in the answer's place. kNoEvidence: nothing relevant enough;
// the generator was not asked; `passages` are the nearest.

// Of an answer from the register: the reading it is taken from.
struct RegisterReading {
  RegisterReading() = default;
  std::string number, name;
  std::string document;      // id
  std::string source;        // address
  std::int64_t read_at = 0;  // unix seconds
  bool stale = false;        // it is older than it should be: see `problem`
  std::string problem;
};

// A document and the register that say different things of one fact; neither is taken to be right.
struct SideBySide {
  SideBySide() = default;
  std::string_view fact;     // "name", "number", "registered_office", "officers"
  bool former_name = false;  // the document uses a name that the company had before; no error
  std::string register_says, document_says;
  std::int64_t read_at = 0;                       // unix seconds: when the register said so
  Citation register_citation, document_citation;  // also among the answer's
};

// Two documents that state different values of one thing; neither is taken to be right.
struct Contradiction {
  Contradiction() = default;
  struct Side {
    std::string says;   // "£1,450 a month"
    Citation citation;  // of the whole sentence
  };
  std::string about;        // "rent"
  std::vector<Side> sides;  // two: what is quoted or cited first
};

struct Answer {
  Answer() = default;
  Outcome outcome = Outcome::kNoEvidence;
  std::string text;  // what to show
  std::string
      draft;  // what the generator wrote, as it was streamed; "" when it was not asked. kAnswered: equal to text
  // Positions of sentences are bytes of `draft`, those of citations of `text`.
  ResolvedAnswer resolved;
  std::vector<Quote> quotes;  // best first; none without evidence, and of what the register answers
  std::string searched_for;   // the question, made whole where it refers to those before it
  std::size_t found = 0;      // chunks that the search returned, strong or weak
  std::vector<Passage> passages;
  std::optional<Meant> meant;      // what the question was taken to mean; nothing when nothing was searched
  std::vector<Passage> left_out;   // relevant passages that did not fit the prompt
  std::string model;               // the generator; "" when it was not asked
  std::optional<Written> written;  // by it, whatever became of it
  std::optional<RegisterReading> register_reading;
  std::vector<SideBySide> disagreements;      // of documents with the register, on what is asked
  std::vector<Contradiction> contradictions;  // between the passages
  std::vector<std::string> notes;             // for a user: what could not be done beside the answer, and why
  std::uint32_t prompt_tokens = 0;
  std::uint32_t completion_tokens = 0;
  double seconds = 0;
};

// Whether a generator is to write.
[[nodiscard]] bool Writes(const QuestionOptions& options, const AnswerModels& answer_models);

// Told while the answer is made. It takes what it is told at once, keeping it for a client that reads slowly: nobody
// waits for that client, and nothing is lost. An error returned ends the work and is returned by AnswerQuestion.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  // stage: "searching", "loading" (with model and progress 0..1), "reading", "answering", "checking". OnText gets what
  // the generator writes and nothing else.
  virtual Result<void> OnStatus(std::string_view stage, std::string_view model, double progress) = 0;
  // It waits until the model may write for it: how many requests are before it, those that run included.
  virtual Result<void> OnWaiting(std::string_view model, std::size_t before) = 0;
  // Before any text: the sentences of the documents that answer best. Once, where there are any.
  virtual Result<void> OnQuotes(const std::vector<Quote>& quotes) = 0;
  virtual Result<void> OnText(std::string_view piece) = 0;
};

// `entries`: of the companies that matters name; what they tell is answered from there (register_answer.h). Null: only
// documents are asked.
//
// Errors: kInvalidArgument (empty, not UTF-8, options out of range), kTooLarge (question over kMaxQuestionBytes, or
// over the model's context), kNotFound (matter, document), that of a generator that is missing where the register and
// weak evidence leave the answer to it, and those of ModelPool::Acquire and of a model that dies.
[[nodiscard]] boost::asio::awaitable<Result<Answer>> AnswerQuestion(
    const std::string& question, const QuestionOptions& options, const AnswerModels& answer_models, store::Store& store,
    models::ModelPool& pool, AnswerSink& sink, companies_house::RegisterEntries* entries);

// Where a hit stands, as a Passage says it.
struct HitPlace {
  HitPlace() = default;
  std::string name;
  std::string inside;
  std::string matter;
  int last_page = 0;  // that it ends on; 0: no pages
  std::optional<double> ocr_confidence;
  std::vector<documents::Part> stands_in;
};

// Search alone: the passages and why they were found. The embedder is loaded; no generator.
struct SearchReply {
  SearchReply() = default;
  std::vector<search::Hit> hits;
  std::vector<HitPlace> places;  // of the hits, beside them
  std::optional<Meant> meant;    // as in Answer
  std::string note;              // what could not be done; ""
};
[[nodiscard]] boost::asio::awaitable<Result<SearchReply>> SearchPassages(const std::string& query,
                                                                         const QuestionOptions& options,
                                                                         const AnswerModels& answer_models,
                                                                         store::Store& store, models::ModelPool& pool);

}  // namespace counsel::answers
