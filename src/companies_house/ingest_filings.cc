#include "companies_house/ingest_filings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/offload.h"

namespace counsel::companies_house {
namespace {

namespace asio = boost::asio;

constexpr int kPageSize = 100;

// What concerns one filing alone; after any other error there is no point in going on.
bool OneFilingsProblem(ErrorCode code) {
  return code == ErrorCode::kNotFound || code == ErrorCode::kUnsupported || code == ErrorCode::kTooLarge ||
         code == ErrorCode::kCorrupt || code == ErrorCode::kInvalidArgument;
}

Result<std::string> FindIngested(store::Connection& db, const IngestRequest& request, std::string_view filing) {
  Result<store::Statement> find =
      db.Prepare("SELECT document FROM register_filings WHERE matter = ? AND company = ? AND filing = ?");
  if (!find) return Fail(std::move(find.error()));
  find->Bind(1, request.matter).Bind(2, request.number).Bind(3, filing);
  Result<bool> row = find->Step();
  if (!row) return Fail(std::move(row.error()));
  return *row ? std::string(find->Text(0)) : std::string();
}

Result<void> RecordFiling(store::Connection& db, const IngestRequest& request, const IngestedFiling& filing,
                          const FilingProvenance& provenance) {
  Result<store::Statement> record = db.Prepare(
      "INSERT OR REPLACE INTO register_filings (matter, company, filing, document, company_name, category, type, date, "
      "description, source, read_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!record) return Fail(std::move(record.error()));
  record->Bind(1, request.matter).Bind(2, request.number).Bind(3, filing.transaction).Bind(4, filing.document);
  record->Bind(5, provenance.company_name).Bind(6, filing.category).Bind(7, filing.type).Bind(8, filing.date);
  record->Bind(9, filing.description).Bind(10, provenance.source).Bind(11, provenance.read_at);
  return record->Run();
}

// "TESTCO STORES PLC accounts 2024-09-12 (AA).pdf"
std::string FileName(const std::string& company, const Filing& filing, std::string_view media_type) {
  std::string name = company + " " + filing.category + " " + filing.date + " (" + filing.type + ")";
  for (char& c : name) {
    if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return name + (media_type == "application/pdf" ? ".pdf" : media_type == "application/xhtml+xml" ? ".xhtml" : "");
}

// The filings that are asked for and have a document, newest first.
asio::awaitable<Result<std::vector<Filing>>> Choose(RegisterClient& client, const IngestRequest& request) {
  std::vector<Filing> chosen;
  const FilingDescriptionsFile::Known known = co_await client.Descriptions();
  if (!request.filing.empty()) {
    std::string target = "/company/" + request.number + "/filing-history/" + request.filing;
    Result<Reading> reading = co_await client.Get(std::move(target), Kind::kFilings, request.read);
    if (!reading) co_return Fail(std::move(reading.error()));
    if (reading->json.is_null()) {
      co_return Fail(ErrorCode::kNotFound, "The company has no filing " + request.filing + ".");
    }
    chosen.push_back(ReadFiling(reading->json));
    UseDescriptions(*known.descriptions, &chosen.front());
    co_return chosen;
  }
  std::string categories;
  for (const std::string& category : request.categories) {
    categories += (categories.empty() ? "" : ",") + CategoryName(category);
  }
  ListReader list = client.Filings(request.number, categories, kPageSize, request.read);
  while (!list.ended() && chosen.size() < request.most) {
    Result<std::vector<Json>> page = co_await list.Next();
    if (!page) co_return Fail(std::move(page.error()));
    for (const Json& item : *page) {
      Filing filing = ReadFiling(item);
      if (filing.document.empty() || filing.transaction.empty() || filing.date < request.since) continue;
      if (chosen.size() >= request.most) continue;
      UseDescriptions(*known.descriptions, &filing);
      chosen.push_back(std::move(filing));
    }
  }
  co_return chosen;
}

asio::awaitable<Result<void>> WriteOn(asio::thread_pool& threads, documents::Originals::Incoming& file,
                                      std::string_view bytes) {
  auto write = [&file, bytes] { return file.Write(bytes); };
  co_return co_await Offload(threads, write);
}

// One filing's document into the store. Fills `ingested`.
asio::awaitable<Result<void>> BringIn(RegisterClient& client, store::Store& store,
                                      const documents::Originals& originals, const IngestRequest& request,
                                      const Filing& filing, const std::string& company_name, IngestedFiling& ingested) {
  using documents::Originals;
  std::optional<Originals::Incoming> incoming;
  auto begin = [&]() -> Result<void> {
    Result<Originals::Incoming> begun = originals.Begin(request.size_limit);
    if (!begun) return Fail(std::move(begun.error()));
    incoming.emplace(std::move(*begun));
    return {};
  };
  Result<void> begun = co_await Offload(store.threads(), begin);
  if (!begun) co_return begun;
  Originals::Incoming& file = *incoming;
  outgoing::Write write = [&file, &store](std::string_view bytes) { return WriteOn(store.threads(), file, bytes); };
  Result<Downloaded> downloaded =
      co_await client.Download(filing.document, request.forms, request.size_limit, request.read, std::move(write));
  if (!downloaded) co_return Fail(std::move(downloaded.error()));
  auto finish = [&file] { return file.Finish(); };
  Result<Originals::Incoming::Stored> stored = co_await Offload(store.threads(), finish);
  if (!stored) co_return Fail(std::move(stored.error()));
  if (stored->bytes == 0) co_return Fail(ErrorCode::kCorrupt, "The document is empty.");

  FilingProvenance provenance;
  provenance.company_name = company_name;
  provenance.source = client.api().url() + "/company/" + request.number + "/filing-history/" + filing.transaction;
  provenance.read_at = Clock::to_time_t(Clock::now());
  const std::string name = FileName(company_name, filing, downloaded->media_type);
  auto record = [&](store::Connection& db) -> Result<void> {
    Result<documents::Added> added =
        documents::AddDocument(db, request.matter, name, provenance.source, stored->sha256, stored->bytes);
    if (!added) return Fail(std::move(added.error()));
    ingested.document = added->document.id;
    return RecordFiling(db, request, ingested, provenance);
  };
  co_return co_await store.Write(record);
}

}  // namespace

std::string CategoryName(std::string_view said) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kSaid = {{
      {"resolutions", "resolution"},
      {"charges", "mortgage"},
      {"charge", "mortgage"},
      {"mortgages", "mortgage"},
      {"confirmation-statements", "confirmation-statement"},
      {"annual-returns", "annual-return"},
      {"incorporations", "incorporation"},
      {"officer", "officers"},
  }};
  for (const auto& [word, name] : kSaid) {
    if (word == said) return std::string(name);
  }
  return std::string(said);
}

asio::awaitable<Result<IngestOutcome>> IngestFilings(RegisterClient& client, store::Store& store,
                                                     const documents::Originals& originals, IngestRequest request,
                                                     IngestReport report, IngestQueued queued) {
  if (Result<void> named = documents::CheckMatterName(request.matter); !named) co_return Fail(named.error());
  const bool plain = std::all_of(request.filing.begin(), request.filing.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
  if (!plain) co_return Fail(ErrorCode::kInvalidArgument, "A filing is named by its transaction: letters and digits.");
  IngestOutcome outcome;
  Result<Reading> profile_reading = co_await client.Profile(request.number, request.read);
  if (!profile_reading) co_return Fail(std::move(profile_reading.error()));
  const Result<CompanyProfile> profile = ReadProfile(profile_reading->json);
  if (!profile) co_return Fail(profile.error());
  outcome.company_name = profile->name;
  Result<std::vector<Filing>> chosen = co_await Choose(client, request);
  if (!chosen) co_return Fail(std::move(chosen.error()));

  for (std::size_t i = 0; i < chosen->size(); ++i) {
    const Filing& filing = (*chosen)[i];
    const double share = static_cast<double>(i) / static_cast<double>(chosen->size());
    if (!report(share, filing.date + " " + filing.description)) {
      outcome.stopped = Error(ErrorCode::kCancelled, "It was stopped.");
      break;
    }
    IngestedFiling ingested;
    ingested.transaction = filing.transaction;
    ingested.category = filing.category;
    ingested.type = filing.type;
    ingested.date = filing.date;
    ingested.description = filing.description;
    auto find = [&request, &filing](store::Connection& db) { return FindIngested(db, request, filing.transaction); };
    Result<std::string> known = co_await store.Read(find);
    if (!known) co_return Fail(std::move(known.error()));
    if (!known->empty()) {
      ingested.document = *known;
      ingested.already_there = true;
      outcome.filings.push_back(std::move(ingested));
      continue;
    }
    if (filing.document.empty()) {
      ingested.reason = "The register has no document of it.";
      outcome.filings.push_back(std::move(ingested));
      continue;
    }
    Result<void> brought = co_await BringIn(client, store, originals, request, filing, outcome.company_name, ingested);
    if (!brought) {
      ingested.document.clear();
      ingested.reason = brought.error().message;
      outcome.filings.push_back(std::move(ingested));
      if (OneFilingsProblem(brought.error().code)) continue;
      outcome.stopped = std::move(brought.error());
      break;
    }
    queued();
    outcome.filings.push_back(std::move(ingested));
  }
  co_return outcome;
}

Result<std::optional<FilingProvenance>> FindProvenance(store::Connection& db, std::string_view document) {
  Result<store::Statement> find = db.Prepare(
      "SELECT company, company_name, filing, category, type, date, description, source, read_at FROM register_filings "
      "WHERE document = ? ORDER BY read_at LIMIT 1");
  if (!find) return Fail(std::move(find.error()));
  find->Bind(1, document);
  Result<bool> row = find->Step();
  if (!row) return Fail(std::move(row.error()));
  if (!*row) return std::optional<FilingProvenance>();
  FilingProvenance provenance;
  std::string* const texts[] = {&provenance.company,     &provenance.company_name, &provenance.filing,
                                &provenance.category,    &provenance.type,         &provenance.date,
                                &provenance.description, &provenance.source};
  for (int column = 0; column < 8; ++column) *texts[column] = std::string(find->Text(column));
  provenance.read_at = find->Int(8);
  return std::optional<FilingProvenance>(std::move(provenance));
}

Result<void> MoveProvenance(store::Connection& db, std::string_view from, std::string_view to) {
  Result<store::Statement> move = db.Prepare("UPDATE register_filings SET document = ? WHERE document = ?");
  if (!move) return Fail(std::move(move.error()));
  move->Bind(1, to).Bind(2, from);
  return move->Run();
}

}  // namespace counsel::companies_house
