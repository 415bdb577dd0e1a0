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

struct StoredReading {
  StoredReading() = default;
  std::string text, name;
};
// Of the document that a reading of the register is. kNotFound.
[[nodiscard]] Result<StoredReading> ReadStoredReading(store::Connection& db, const std::string& document);

// Adds them to an answer, at most so many of each fact: its text says that the documents disagree with the register and
// when that was read, then quotes both; `disagreements`, citations, passages and sentences grow with it. Pure.
inline constexpr std::size_t kShownDisagreements = 5;
void PutSideBySide(const companies_house::CompanyEntry& entry, const StoredReading& reading,
                   const std::vector<DocumentDisagreement>& disagreements, std::size_t most, Answer* answer);

// To an answer from documents: what it cites and the register says otherwise of a company that a matter in scope names.
// The kept reading is compared; no request is made. Text, citations, passages and `disagreements` grow, the draft
// stays. io thread.
[[nodiscard]] boost::asio::awaitable<Result<void>> AddDisagreements(const QuestionOptions& options, store::Store& store,
                                                                    companies_house::RegisterEntries& entries,
                                                                    Answer* answer);

// All that the documents of the matter that names the company say otherwise. io thread.
[[nodiscard]] boost::asio::awaitable<Result<std::vector<SideBySide>>> ListDisagreements(
    companies_house::CompanyEntry entry, store::Store& store);

}  // namespace counsel::answers
