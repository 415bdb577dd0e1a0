// Documents and the register side by side in an answer, both quoted. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "answers/answers.h"
#include "answers/register_disagreement.h"
#include "answers/register_question.h"
#include "companies_house/register_entries.h"

namespace counsel::answers {

struct DocumentDisagreement {
  DocumentDisagreement() = default;
  Disagreement what;
  Citation citation;  // of the document; n is 0
  std::string matter;
};

struct StoredReading {
  StoredReading() = default;
  std::string text, name;
};

// Does it ask for something that documents may say otherwise? Pure.
[[nodiscard]] bool CanBeDisputed(const RegisterQuestion& question);
// Those that concern what is asked. Pure.
[[nodiscard]] std::vector<DocumentDisagreement> ChooseDisagreements(const RegisterQuestion& question,
                                                                    std::vector<DocumentDisagreement> disagreements);

// Adds them to an answer, at most so many of each fact: its text says that the documents disagree with the register and
// when that was read, then quotes both; `disagreements`, citations, passages and sentences grow with it. Pure.
inline constexpr std::size_t kShownDisagreements = 5;
void PutSideBySide(const companies_house::CompanyEntry& entry, const StoredReading& reading,
                   const std::vector<DocumentDisagreement>& disagreements, std::size_t most, Answer* answer);

}  // namespace counsel::answers
