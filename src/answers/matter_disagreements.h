// The documents of matters that disagree with the register, and the two side by side in an answer.
//
// Readings of the register and filings are not compared: they are the register's own. Nor is what was read badly by
// OCR.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "answers/register_disagreement.h"
#include "answers/register_question.h"
#include "base/result.h"
#include "companies_house/register_entries.h"
#include "store/store.h"

namespace counsel::answers {

struct DocumentDisagreement {
  DocumentDisagreement() = default;
  Disagreement what;
  Citation citation;  // of the document; n is 0
  std::string matter;
};

// On a store connection: in the documents of the matters (empty: all) that name the company, by its name, a former one
// or its number, as many as kComparedDocuments; best found first. With `documents` (ids), in those alone.
inline constexpr std::size_t kComparedDocuments = 60;
[[nodiscard]] Result<std::vector<DocumentDisagreement>> CompareDocuments(store::Connection& db,
                                                                         const companies_house::Dossier& dossier,
                                                                         const std::vector<std::string>& matters,
                                                                         const std::vector<std::string>& documents);

// Does it ask for something that documents may say otherwise? Pure.
[[nodiscard]] bool CanBeDisputed(const RegisterQuestion& question);
// Those that concern what is asked. Pure.
[[nodiscard]] std::vector<DocumentDisagreement> ChooseDisagreements(const RegisterQuestion& question,
                                                                    std::vector<DocumentDisagreement> disagreements);

// Adds them to an answer: its text says that the documents disagree with the register and when that was read, then
// quotes both; `disagreements`, citations, passages and sentences grow with it. `text` is the stored text of the
// reading, `name` its document's. Pure.
void PutSideBySide(const companies_house::CompanyEntry& entry, std::string_view text, const std::string& name,
                   const std::vector<DocumentDisagreement>& disagreements, Answer* answer);

}  // namespace counsel::answers
