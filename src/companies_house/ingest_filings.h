// Filed documents become documents of a matter, with where they came from. Killed anywhere and asked again, each filing
// is there once: what was brought in is recorded in the transaction that adds the document.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "companies_house/records.h"
#include "companies_house/register_client.h"
#include "documents/documents.h"
#include "store/store.h"

namespace counsel::companies_house {

struct IngestRequest {
  IngestRequest() = default;
  std::string number;  // normalised
  std::string matter{documents::kDefaultMatter};
  std::vector<std::string> categories;  // as a user says them: "accounts", "resolutions"; empty: all
  std::string filing;                   // only this one, by its transaction; "" for the newest ones
  std::string since;                    // "2020-01-01": none filed before; "": no limit
  std::size_t most = 10;                // filings with a document, newest first
  // Media types, the better first.
  std::vector<std::string> forms = {"application/xhtml+xml", "application/pdf"};
  std::uint64_t size_limit = documents::ExtractionLimits().input_bytes;
  ReadOptions read;
};

struct IngestedFiling {
  IngestedFiling() = default;
  std::string transaction, category, type, date, description;
  std::string document;  // id; "" when it was not brought in: see `reason`
  std::string reason;
  bool already_there = false;
};

struct IngestOutcome {
  IngestOutcome() = default;
  std::string company_name;
  std::vector<IngestedFiling> filings;
  // What ended it before its end (the network, the limit, a full disk); the rest can be asked for again.
  std::optional<Error> stopped;
};

// Told before each filing: how much is done (0..1) and what comes. false ends it.
using IngestReport = std::function<bool(double share, std::string_view what)>;
// Called after each document was queued.
using IngestQueued = std::function<void()>;

// Errors: kNotFound (no such company or filing), kInvalidArgument (matter, date), and those of reading the filing
// history.
[[nodiscard]] boost::asio::awaitable<Result<IngestOutcome>> IngestFilings(RegisterClient& client, store::Store& store,
                                                                          const documents::Originals& originals,
                                                                          IngestRequest request, IngestReport report,
                                                                          IngestQueued queued);

// The register's name of a category, from a user's: "resolutions" → "resolution", "charges" → "mortgage".
[[nodiscard]] std::string CategoryName(std::string_view said);

// Where a document came from, when it is a filing.
struct FilingProvenance {
  FilingProvenance() = default;
  std::string company, company_name, filing, category, type, date, description, source;
  std::int64_t read_at = 0;
};
[[nodiscard]] Result<std::optional<FilingProvenance>> FindProvenance(store::Connection& db, std::string_view document);
// From one document to the one that stands for the same filing now.
[[nodiscard]] Result<void> MoveProvenance(store::Connection& db, std::string_view from, std::string_view to);

}  // namespace counsel::companies_house
