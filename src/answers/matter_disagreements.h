// The documents of matters that disagree with the register: found, compared, and put beside it.
//
// Readings of the register and filings are not compared: they are the register's own. Nor is what was read badly by
// OCR.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "answers/side_by_side.h"
#include "base/result.h"
#include "companies_house/register_entries.h"
#include "store/store.h"

namespace counsel::answers {

// On a store connection: in the documents of the matters (empty: all) that name the company, by its name, a former one
// or its number, as many as kComparedDocuments; best found first. With `documents` (ids), in those alone.
inline constexpr std::size_t kComparedDocuments = 60;
[[nodiscard]] Result<std::vector<DocumentDisagreement>> CompareDocuments(store::Connection& db,
                                                                         const companies_house::Dossier& dossier,
                                                                         const std::vector<std::string>& matters,
                                                                         const std::vector<std::string>& documents);

// Of the document that a reading of the register is. kNotFound.
[[nodiscard]] Result<StoredReading> ReadStoredReading(store::Connection& db, const std::string& document);

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
