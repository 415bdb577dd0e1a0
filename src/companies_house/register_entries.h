// Readings of the register as documents of the matters that name a company, and what changed between them.
//
// Threads: the io thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "companies_house/changes.h"
#include "companies_house/matter_companies.h"
#include "companies_house/register_client.h"
#include "companies_house/register_entry.h"
#include "documents/documents.h"
#include "store/store.h"

namespace counsel::companies_house {

// What is known of a company that a matter names.
struct CompanyEntry {
  CompanyEntry() = default;
  MatterCompany company;
  Dossier dossier;  // as stored in company.document
  bool stale = false;
  std::string problem;  // why it could not be read anew
};

struct CompanyNews {
  CompanyNews() = default;
  MatterCompany company;
  bool first = false;  // there was no reading before to compare with
  std::vector<Change> changes;
  std::int64_t since = 0;  // unix seconds: of the reading that it is compared with
  bool stale = false;
  std::string problem;  // also why it could not be read at all
};

class RegisterEntries {
 public:
  // All must outlive it. `queued` is called after a document was queued.
  RegisterEntries(RegisterClient& client, store::Store& store, const documents::Originals& originals,
                  std::function<void()> queued);

  [[nodiscard]] boost::asio::awaitable<Result<std::vector<MatterCompany>>> List(std::vector<std::string> matters);

  // The matter names the company from now on; its first reading is stored. `number` must be normalised. Errors: those
  // of ReadDossier, kInvalidArgument (the matter's name).
  [[nodiscard]] boost::asio::awaitable<Result<CompanyEntry>> Name(std::string matter, std::string number,
                                                                  ReadOptions options);
  // false: it was not named.
  [[nodiscard]] boost::asio::awaitable<Result<bool>> Forget(std::string matter, std::string number);

  // The stored reading where it is fresh as `kind` goes; else it is read anew, and stored when it says something new.
  // Without a network, a key or room in the limit: the stored one, as stale.
  [[nodiscard]] boost::asio::awaitable<Result<CompanyEntry>> Read(MatterCompany company, Kind kind,
                                                                  ReadOptions options);
  // The stored reading; no request is made. kNotFound when there is none.
  [[nodiscard]] boost::asio::awaitable<Result<CompanyEntry>> Kept(MatterCompany company);

  // Reads each company that the matters (empty: all) name, and tells what changed since this was last called.
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<CompanyNews>>> Watch(std::vector<std::string> matters,
                                                                               ReadOptions options);

 private:
  [[nodiscard]] boost::asio::awaitable<Result<CompanyEntry>> ReadAnew(MatterCompany company, ReadOptions options);
  [[nodiscard]] boost::asio::awaitable<Result<MatterCompany>> StoreReading(MatterCompany company,
                                                                           const Dossier& dossier);
  [[nodiscard]] boost::asio::awaitable<Result<Dossier>> ReadDocument(std::string document);
  [[nodiscard]] boost::asio::awaitable<Result<void>> Keep(MatterCompany company);
  [[nodiscard]] boost::asio::awaitable<CompanyNews> NewsOf(MatterCompany company, ReadOptions options);

  RegisterClient& client_;
  store::Store& store_;
  const documents::Originals& originals_;
  const std::function<void()> queued_;
};

// A register entry's original as text, for whoever reads documents. Blocks on the file.
[[nodiscard]] Result<documents::ExtractedText> ReadEntryFile(const std::filesystem::path& file);

}  // namespace counsel::companies_house
