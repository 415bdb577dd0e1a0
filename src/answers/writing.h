// From the passages of a question to what a generator writes of them, and which of its sentences they support.
//
// Threads: io thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "base/result.h"
#include "models/pool.h"

namespace counsel::answers {

// What is to be written. All of it must outlive the call.
struct Writing {
  Writing(const std::string& question_in, const QuestionOptions& options_in, const AnswerModels& models_in,
          const std::vector<Passage>& passages_in, const std::vector<Quote>& quotes_in)
      : question(question_in), options(options_in), models(models_in), passages(passages_in), quotes(quotes_in) {}
  const std::string& question;
  const QuestionOptions& options;
  const AnswerModels& models;
  const std::vector<Passage>& passages;
  const std::vector<Quote>& quotes;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();  // its place in the model's line
};

// kAnswered or kUnsupported; the text is the draft, or says that nothing supports it. A process that died before it
// wrote a word is started again, once, or as long as it then takes less; a remote one's fallback is asked.
// Errors: that of a generator that is missing, kTooLarge (over the model's context), those of ModelPool::Acquire and of
// a model that dies.
[[nodiscard]] boost::asio::awaitable<Result<Answer>> Write(const Writing& writing, models::ModelPool& pool,
                                                           AnswerSink& sink);

// What `as` says once more, by the same model, read anew: its prompt, seed and length; the others of its members are
// not looked at. The sink is told of the load and the text. Errors: those of ModelPool::Acquire and of a model that
// dies.
[[nodiscard]] boost::asio::awaitable<Result<Written>> WriteAgain(const Written& as, const std::string& model,
                                                                 models::ModelPool& pool, AnswerSink& sink);

}  // namespace counsel::answers
