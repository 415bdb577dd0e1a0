#include "companies_house/register_client.h"

#include <algorithm>
#include <utility>

#include "base/offload.h"
#include "documents/extraction.h"

namespace counsel::companies_house {
namespace {

namespace asio = boost::asio;

// Transfers at once: more would not be faster within the register's limit.
// Of one list: a register that goes on for ever is stopped.
constexpr std::size_t kMostItems = 50'000;
constexpr std::size_t kSearchEnd = 1'000;
constexpr std::size_t kAdvancedSearchEnd = 10'000;
constexpr int kAdvancedPageSize = 1'000;  // more would come near the limit of a reply's size
constexpr int kPageSize = 100;

std::int64_t Now() {
  return Clock::to_time_t(Clock::now());
}

bool CanBeStale(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kDeadlineExceeded || code == ErrorCode::kOverloaded ||
         code == ErrorCode::kUnauthenticated || code == ErrorCode::kUnsupported;
}

std::string Encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kHex[byte >> 4];
      encoded += kHex[byte & 15];
    }
  }
  return encoded;
}

Result<Reading> FromKept(const KeptReply& kept, std::string source) {
  Reading reading;
  reading.source = std::move(source);
  reading.read_at = kept.read_at;
  if (kept.status == 404) return reading;
  Result<Json> json = ParseReply(kept.body);
  if (!json) return Fail(std::move(json.error()));
  reading.json = std::move(*json);
  return reading;
}

outgoing::CourierOptions CourierIn(const std::filesystem::path& folder) {
  outgoing::CourierOptions options;
  options.folder = folder;
  return options;
}

ConnectionOptions ConnectionTo(const std::string& url, const RegisterOptions& options) {
  ConnectionOptions made;
  made.url = url;
  made.ca_file = options.ca_file;
  return made;
}

}  // namespace

Result<std::string> CheckRegisterUrl(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  const std::size_t host = url.find("://");
  const bool bare = host != std::string_view::npos && url.find_first_of("/?#", host + 3) == std::string_view::npos;
  if (!bare || !outgoing::IsUsableAddress(url)) {
    return Fail(ErrorCode::kInvalidArgument, "That is no address that the key may be sent to.",
                "Give https://HOST (http only to a loopback address), without a path.");
  }
  return std::string(url);
}

RegisterClient::RegisterClient(asio::any_io_executor io, store::Store& store, RegisterKey key, RegisterOptions options)
    : io_(std::move(io)),
      store_(store),
      key_(std::move(key)),
      courier_(io_, CourierIn(options.socket_folder)),
      api_(io_, courier_, store_.threads(), key_, ConnectionTo(options.api_url, options)),
      documents_(io_, courier_, store_.threads(), key_, ConnectionTo(options.document_url, options)),
      descriptions_(options.descriptions_file) {}

RegisterClient::~RegisterClient() {
  Stop();
}

void RegisterClient::Stop() {
  api_.Stop();
  documents_.Stop();
  courier_.Stop();
}

asio::awaitable<Result<Reading>> RegisterClient::Get(std::string target, Kind kind, ReadOptions options) {
  co_return co_await Ask(api_, std::move(target), kind, std::move(options));
}

asio::awaitable<Result<Reading>> RegisterClient::Ask(Connection& connection, std::string target, Kind kind,
                                                     ReadOptions options) {
  const std::string host = connection.url();
  auto find = [&host, &target](store::Connection& db) { return FindReply(db, host, target); };
  Result<std::optional<KeptReply>> kept = co_await store_.Read(find);
  if (!kept) co_return Fail(std::move(kept.error()));
  if (*kept && !options.fresh && IsFresh(kind, (*kept)->read_at, Now())) {
    Result<Reading> reading = FromKept(**kept, host + target);
    if (reading) {
      reading->kept = true;
      co_return reading;
    }
  }
  Result<outgoing::Reply> reply = co_await connection.Get(target, "", kReplyLimit, options.patience);
  if (!reply) {
    if (!*kept || options.fresh || !CanBeStale(reply.error().code)) co_return Fail(std::move(reply.error()));
    Result<Reading> old = FromKept(**kept, host + target);
    if (!old) co_return Fail(std::move(reply.error()));
    old->kept = true;
    old->stale = true;
    old->problem = reply.error().message;
    co_return old;
  }
  if (reply->status != 200 && reply->status != 404) {
    co_return Fail(ErrorCode::kInvalidArgument, "The register answers " + target.substr(0, target.find('?')) +
                                                    " with status " + std::to_string(reply->status) + ".");
  }
  KeptReply fresh;
  fresh.status = reply->status;
  fresh.body = reply->status == 200 ? std::move(reply->body) : std::string();
  fresh.read_at = Now();
  Result<Reading> reading = FromKept(fresh, host + target);
  if (!reading) co_return Fail(std::move(reading.error()));
  auto keep = [&host, &target, &fresh](store::Connection& db) { return KeepReply(db, host, target, fresh); };
  Result<void> written = co_await store_.Write(keep);
  // A full disk costs the copy, not the answer.
  if (!written && written.error().code != ErrorCode::kNoSpace) co_return Fail(std::move(written.error()));
  co_return reading;
}

asio::awaitable<Result<Reading>> RegisterClient::Profile(std::string number, ReadOptions options) {
  std::string target = "/company/" + number;
  Result<Reading> reading = co_await Get(std::move(target), Kind::kProfile, std::move(options));
  if (reading && reading->json.is_null()) {
    co_return Fail(ErrorCode::kNotFound, "The register has no company " + number + ".",
                   "Look for its name with: counsel company search NAME");
  }
  co_return reading;
}

asio::awaitable<Result<Reading>> RegisterClient::RegisteredOffice(std::string number, ReadOptions options) {
  std::string target = "/company/" + number + "/registered-office-address";
  co_return co_await Get(std::move(target), Kind::kProfile, std::move(options));
}

ListReader RegisterClient::Officers(const std::string& number, ReadOptions options) {
  return {*this, "/company/" + number + "/officers", "items_per_page=" + std::to_string(kPageSize), Kind::kProfile,
          std::move(options)};
}

ListReader RegisterClient::Owners(const std::string& number, ReadOptions options) {
  return {*this, "/company/" + number + "/persons-with-significant-control",
          "items_per_page=" + std::to_string(kPageSize), Kind::kProfile, std::move(options)};
}

ListReader RegisterClient::OwnerStatements(const std::string& number, ReadOptions options) {
  return {*this, "/company/" + number + "/persons-with-significant-control-statements",
          "items_per_page=" + std::to_string(kPageSize), Kind::kProfile, std::move(options)};
}

ListReader RegisterClient::Charges(const std::string& number, ReadOptions options) {
  return {*this, "/company/" + number + "/charges", "items_per_page=" + std::to_string(kPageSize), Kind::kProfile,
          std::move(options)};
}

ListReader RegisterClient::Insolvency(const std::string& number, ReadOptions options) {
  return {*this, "/company/" + number + "/insolvency", "", Kind::kProfile, std::move(options)};
}

ListReader RegisterClient::Filings(const std::string& number, const std::string& categories, int page_size,
                                   ReadOptions options) {
  std::string query = "items_per_page=" + std::to_string(std::clamp(page_size, 1, kPageSize));
  if (!categories.empty()) query += "&category=" + Encoded(categories);
  return {*this, "/company/" + number + "/filing-history", std::move(query), Kind::kFilings, std::move(options)};
}

ListReader RegisterClient::Appointments(const std::string& officer, ReadOptions options) {
  return {*this, "/officers/" + Encoded(officer) + "/appointments", "items_per_page=50", Kind::kProfile,
          std::move(options)};
}

ListReader RegisterClient::Search(const std::string& words, int page_size, ReadOptions options) {
  return {*this,
          "/search/companies",
          "q=" + Encoded(words) + "&items_per_page=" + std::to_string(std::clamp(page_size, 1, kPageSize)),
          Kind::kSearch,
          std::move(options),
          kSearchEnd};
}

ListReader RegisterClient::AdvancedSearch(const std::vector<SearchFilter>& filters, int page_size,
                                          ReadOptions options) {
  std::string query;
  for (const SearchFilter& filter : filters) query += filter.name + "=" + Encoded(filter.value) + "&";
  query += "size=" + std::to_string(std::clamp(page_size, 1, kAdvancedPageSize));
  return {*this, "/advanced-search/companies", std::move(query), Kind::kSearch, std::move(options), kAdvancedSearchEnd};
}

asio::awaitable<FilingDescriptionsFile::Known> RegisterClient::Descriptions() {
  auto read = [this] { return descriptions_.Read(); };
  co_return co_await Offload(store_.threads(), read);
}

asio::awaitable<Result<Downloaded>> RegisterClient::Download(std::string document, std::vector<std::string> forms,
                                                             std::uint64_t size_limit, ReadOptions options,
                                                             outgoing::Write write) {
  const Patience patience = options.patience;
  std::string target = "/document/" + document;
  Result<Reading> reading = co_await Ask(documents_, target, Kind::kDocument, std::move(options));
  if (!reading) co_return Fail(std::move(reading.error()));
  if (reading->json.is_null()) {
    co_return Fail(ErrorCode::kNotFound, "The register no longer has this document.");
  }
  Result<DocumentMetadata> metadata = ReadDocumentMetadata(reading->json);
  if (!metadata) co_return Fail(std::move(metadata.error()));
  Downloaded downloaded;
  downloaded.metadata = std::move(*metadata);
  std::uint64_t bytes = 0;
  for (const std::string& form : forms) {
    for (const DocumentMetadata::Form& offered : downloaded.metadata.forms) {
      if (!downloaded.media_type.empty() || offered.media_type != form) continue;
      downloaded.media_type = form;
      bytes = offered.bytes;
    }
  }
  if (downloaded.media_type.empty()) {
    co_return Fail(ErrorCode::kUnsupported, "The register offers this document in no form that Counsel reads.");
  }
  if (bytes > size_limit) {
    co_return documents::FileTooLarge("The document", size_limit);
  }
  std::string content = target + "/content";
  std::string accept = downloaded.media_type;
  Result<outgoing::Reply> reply = co_await documents_.Get(std::move(content), std::move(accept), kReplyLimit, patience);
  if (!reply) co_return Fail(std::move(reply.error()));
  if (reply->redirect.empty()) {
    co_return Fail(reply->status == 404 ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                   "The register does not say where the document is (status " + std::to_string(reply->status) + ").",
                   "Try again later.");
  }
  std::string address = reply->redirect;
  Result<void> got = co_await documents_.GetElsewhere(std::move(address), size_limit, std::move(write));
  if (!got) co_return Fail(std::move(got.error()));
  co_return downloaded;
}

asio::awaitable<Result<std::vector<Json>>> ListReader::Next() {
  std::vector<Json> none;
  if (ended_) co_return none;
  std::string target = path_;
  target += query_.empty() ? "?" : "?" + query_ + "&";
  target += "start_index=" + std::to_string(received_);
  if (query_.empty() && received_ == 0) target = path_;
  Result<Reading> reading = co_await client_.Get(std::move(target), kind_, options_);
  if (!reading) co_return Fail(std::move(reading.error()));
  if (pages_ == 0) {
    reading_ = *reading;
    for (const char* name : {"items", "cases"}) {
      if (reading_.json.is_object()) reading_.json.erase(name);
    }
    reading_.source = reading_.source.substr(0, reading_.source.find('?'));
  }
  ++pages_;
  reading_.read_at = std::min(reading_.read_at, reading->read_at);
  reading_.kept = reading_.kept && reading->kept;
  if (reading->stale) {
    reading_.stale = true;
    reading_.problem = reading->problem;
  }
  if (reading->json.is_null()) {
    ended_ = true;
    total_ = static_cast<std::int64_t>(received_);
    co_return none;
  }
  Result<ListPage> page = ReadListPage(reading->json);
  if (!page) co_return Fail(std::move(page.error()));
  // One that does not advance would be read for ever.
  if (page->start && *page->start != static_cast<std::int64_t>(received_) && received_ > 0) {
    co_return Fail(ErrorCode::kCorrupt, "The register sent another part of a list than it was asked for.",
                   "Try again later.");
  }
  received_ += page->items.size();
  largest_page_ = std::max(largest_page_, page->items.size());
  if (page->total) total_ = page->total;
  // Without a total, the first page that is shorter than the one before is the last.
  const bool all = total_ ? static_cast<std::int64_t>(received_) >= *total_ : page->items.size() < largest_page_;
  const bool search_end = end_ > 0 && received_ >= end_;
  ended_ = all || search_end || query_.empty() || page->items.empty() || received_ >= kMostItems;
  co_return std::move(page->items);
}

asio::awaitable<Result<std::vector<Json>>> ListReader::All(std::size_t most) {
  std::vector<Json> all;
  while (!ended_ && all.size() < most) {
    Result<std::vector<Json>> page = co_await Next();
    if (!page) co_return Fail(std::move(page.error()));
    for (Json& item : *page) all.push_back(std::move(item));
  }
  co_return all;
}

}  // namespace counsel::companies_house
