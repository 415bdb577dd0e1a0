// Walk 1 for a question that the register answers: facts of the companies that the matters name, each line quoted from
// the reading that is stored as a document. No model is asked.
//
// Threads: io thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "answers/register_question.h"
#include "base/result.h"
#include "companies_house/register_entries.h"

namespace counsel::answers {

struct RegisterOutcome {
  RegisterOutcome() = default;
  std::optional<Answer> answer;
  // The register does not tell what is asked for: only these documents are to be searched. Empty otherwise.
  std::vector<std::string> documents;
};

// Nothing in it: the question is not one for the register. A reading that is old is renewed where the register can be
// asked; else it is used, and said to be old.
[[nodiscard]] boost::asio::awaitable<Result<RegisterOutcome>> AnswerFromRegister(
    const std::string& question, const QuestionOptions& options, store::Store& store,
    companies_house::RegisterEntries& entries, AnswerSink& sink);

// The chosen facts as an answer: a line that says when they were read, then each fact with its citation. Facts that do
// not stand in `text`, the stored text of the reading, word for word at one place, are left out; without any that does,
// the outcome is kNoEvidence. Pure.
[[nodiscard]] Answer ComposeAnswer(const companies_house::CompanyEntry& entry,
                                   const std::vector<companies_house::Fact>& facts, std::string_view text,
                                   const std::string& name);

// Where the fact stands in the stored text of a reading, in code points; nothing when it does not.
[[nodiscard]] std::optional<std::int64_t> FindFact(const companies_house::Fact& fact, std::string_view text);
// "26 November 2026"; UTC.
[[nodiscard]] std::string DayInText(std::int64_t unix_seconds);

}  // namespace counsel::answers
