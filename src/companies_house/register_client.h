// The Companies House register: what is asked of it, how fresh the answers must be, and how many requests may go out.
// This is the room's first header; records.h has the types, dossier.h the whole of a company, rate_limit.h the manners.
//
// Nothing happens before the first look-up: no request, no thread, no library.
//
// Threads: the io thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.h"
#include "companies_house/cache.h"
#include "companies_house/connection.h"
#include "companies_house/filing_descriptions.h"
#include "companies_house/records.h"
#include "companies_house/register_key.h"
#include "companies_house/register_options.h"
#include "store/store.h"

namespace counsel::companies_house {

struct ReadOptions {
  ReadOptions() = default;
  bool fresh = false;  // ask the register, whatever is kept
  Patience patience;
};

// What the register answered, now or before.
struct Reading {
  Reading() = default;
  Json json;                 // null: the register has nothing there (404)
  std::string source;        // host and target it was read at
  std::int64_t read_at = 0;  // unix seconds
  bool kept = false;         // no request was needed
  // The register could not be asked; this is older than it should be, and why.
  bool stale = false;
  std::string problem;
};

// One way of filing a document: the form that was chosen and where its bytes went.
struct Downloaded {
  Downloaded() = default;
  DocumentMetadata metadata;
  std::string media_type;
};

// One of the advanced search: its name as the register has it (kSearchFilters) and its value, as it is.
struct SearchFilter {
  SearchFilter() = default;
  SearchFilter(std::string name_in, std::string value_in) : name(std::move(name_in)), value(std::move(value_in)) {}
  std::string name, value;
};
// Those of a status, type or SIC code take several, by commas; dates are "2020-01-31".
inline constexpr std::array<std::string_view, 11> kSearchFilters = {"company_name_includes",
                                                                    "company_name_excludes",
                                                                    "company_status",
                                                                    "company_subtype",
                                                                    "company_type",
                                                                    "location",
                                                                    "sic_codes",
                                                                    "incorporated_from",
                                                                    "incorporated_to",
                                                                    "dissolved_from",
                                                                    "dissolved_to"};

class ListReader;

class RegisterClient {
 public:
  // `store` must outlive it.
  RegisterClient(boost::asio::any_io_executor io, store::Store& store, RegisterKey key, RegisterOptions options);
  ~RegisterClient();

  [[nodiscard]] bool configured() const { return key_.configured(); }
  [[nodiscard]] const RegisterKey& key() const { return key_; }
  [[nodiscard]] const Connection& api() const { return api_; }
  [[nodiscard]] const Connection& documents() const { return documents_; }

  // GET `target` ("/company/00445790"), or what is kept of it. Without a network or a key, or with the limit used up,
  // what is kept is returned as stale, unless `fresh`. Errors: those of Connection::Get; kInvalidArgument for what the
  // register takes for a wrong request; kCorrupt for a reply that is none.
  [[nodiscard]] boost::asio::awaitable<Result<Reading>> Get(std::string target, Kind kind, ReadOptions options);

  // Lists, page by page as they are asked for. `number` must be normalised (company_number.h).
  [[nodiscard]] ListReader Officers(const std::string& number, ReadOptions options);
  [[nodiscard]] ListReader Owners(const std::string& number, ReadOptions options);
  [[nodiscard]] ListReader OwnerStatements(const std::string& number, ReadOptions options);
  [[nodiscard]] ListReader Charges(const std::string& number, ReadOptions options);
  [[nodiscard]] ListReader Insolvency(const std::string& number, ReadOptions options);
  // `categories`: "" for all, or "accounts,resolution".
  [[nodiscard]] ListReader Filings(const std::string& number, const std::string& categories, int page_size,
                                   ReadOptions options);
  // `officer`: the id in an officer's link.
  [[nodiscard]] ListReader Appointments(const std::string& officer, ReadOptions options);
  // The register shows 1,000 at most.
  [[nodiscard]] ListReader Search(const std::string& words, int page_size, ReadOptions options);
  // Those that all filters fit. The register shows 10,000 at most.
  [[nodiscard]] ListReader AdvancedSearch(const std::vector<SearchFilter>& filters, int page_size, ReadOptions options);

  // What filings' keys mean, by the file of the options.
  [[nodiscard]] boost::asio::awaitable<FilingDescriptionsFile::Known> Descriptions();

  // A company's profile. kNotFound when the register has no such company.
  [[nodiscard]] boost::asio::awaitable<Result<Reading>> Profile(std::string number, ReadOptions options);
  [[nodiscard]] boost::asio::awaitable<Result<Reading>> RegisteredOffice(std::string number, ReadOptions options);

  // A filed document in the first of `forms` (media types) that is offered, in pieces to `write`. kTooLarge over
  // `size_limit` bytes, at once where the size is told.
  [[nodiscard]] boost::asio::awaitable<Result<Downloaded>> Download(std::string document,
                                                                    std::vector<std::string> forms,
                                                                    std::uint64_t size_limit, ReadOptions options,
                                                                    outgoing::Write write);

  // Ends what is under way; no request goes out any more.
  void Stop();

 private:
  boost::asio::awaitable<Result<Reading>> Ask(Connection& connection, std::string target, Kind kind,
                                              ReadOptions options);

  boost::asio::any_io_executor io_;
  store::Store& store_;
  const RegisterKey key_;
  outgoing::Courier courier_;
  Connection api_;
  Connection documents_;
  FilingDescriptionsFile descriptions_;
};

// A list of the register, read lazily. The client must outlive it.
class ListReader {
 public:
  ListReader(RegisterClient& client, std::string path, std::string query, Kind kind, ReadOptions options,
             std::size_t end = 0)
      : client_(client),
        path_(std::move(path)),
        query_(std::move(query)),
        kind_(kind),
        options_(std::move(options)),
        end_(end) {}

  // The next page's items; empty at the end. A 404 is an empty list.
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<Json>>> Next();
  // As Next, until `most` items are there or the list ends.
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<Json>>> All(std::size_t most);

  // Of what was read so far.
  [[nodiscard]] std::optional<std::int64_t> total() const { return total_; }
  [[nodiscard]] std::size_t pages() const { return pages_; }
  [[nodiscard]] std::size_t largest_page() const { return largest_page_; }
  [[nodiscard]] std::size_t received() const { return received_; }
  // The first page's reading, of its JSON only what stands beside the items (null: the register has no such list);
  // read_at is the oldest of all pages.
  [[nodiscard]] const Reading& reading() const { return reading_; }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  RegisterClient& client_;
  std::string path_;
  std::string query_;  // "items_per_page=100", or ""
  Kind kind_;
  ReadOptions options_;
  std::size_t end_ = 0;  // the register shows no more of it; 0: of lists it shows all
  std::size_t received_ = 0;
  std::size_t pages_ = 0;
  std::size_t largest_page_ = 0;
  std::optional<std::int64_t> total_;
  bool ended_ = false;
  Reading reading_;
};

}  // namespace counsel::companies_house
