// All that the register says of one company, each part with where and when it was read, and what stands out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "companies_house/records.h"
#include "companies_house/register_client.h"

namespace counsel::companies_house {

// Where and when a part was read.
struct Provenance {
  Provenance() = default;
  std::string source;        // the address; "" when the profile says that there is nothing
  std::int64_t read_at = 0;  // unix seconds; of several pages the oldest
  bool stale = false;        // the register could not be asked: see `problem`
  std::string problem;
};

template <class T>
struct Part {
  Part() = default;
  std::vector<T> items;
  std::int64_t total = 0;  // in the register; may be more than items
  Provenance provenance;
};

struct Dossier {
  Dossier() = default;
  CompanyProfile profile;
  Provenance profile_provenance;
  Part<Officer> officers;
  Part<Owner> owners;
  Part<Owner> owner_statements;
  Part<Charge> charges;
  Part<InsolvencyCase> insolvency;
  Part<Filing> filings;  // the last ones
  std::vector<std::string> remarks;
  std::int64_t requests = 0;  // that this dossier took; 0 when all was kept and fresh
};

struct DossierOptions {
  DossierOptions() = default;
  ReadOptions read;
  int filings = 15;
};

// Requests: 1 for the profile, 1 for each page of each list that the profile says exists, 1 for the last filings.
// `number` must be normalised. Errors: those of RegisterClient::Profile and Get.
[[nodiscard]] boost::asio::awaitable<Result<Dossier>> ReadDossier(RegisterClient& client, std::string number,
                                                                  DossierOptions options);

// What stands out, for a reader in a hurry, most serious first. `today`: "2026-11-25". Pure.
[[nodiscard]] std::vector<std::string> WhatStandsOut(const Dossier& dossier, std::string_view today);

}  // namespace counsel::companies_house
