#include "companies_house/register_entries.h"

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/offload.h"

namespace counsel::companies_house {
namespace {

namespace asio = boost::asio;
using documents::Originals;

constexpr std::size_t kLargestEntry = std::size_t{256} << 20;

std::int64_t Now() {
  return Clock::to_time_t(Clock::now());
}

Result<Originals::Incoming::Stored> WriteOriginal(const Originals& originals, const std::string& bytes) {
  ASSIGN_OR_RETURN(Originals::Incoming incoming, originals.Begin(kLargestEntry));
  RETURN_IF_ERROR(incoming.Write(bytes));
  return incoming.Finish();
}

// Of a document of the store: its original as a dossier.
Result<Dossier> ReadOriginal(store::Connection& db, const Originals& originals, const std::string& id) {
  ASSIGN_OR_RETURN(documents::Document document, documents::GetDocument(db, id));
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(originals.PathOf(document.sha256), kLargestEntry));
  return ReadEntry(bytes);
}

}  // namespace

Result<documents::ExtractedText> ReadEntryFile(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(file, kLargestEntry));
  ASSIGN_OR_RETURN(Dossier dossier, ReadEntry(bytes));
  return RenderEntry(dossier).text;
}

RegisterEntries::RegisterEntries(RegisterClient& client, store::Store& store, const Originals& originals,
                                 std::function<void()> queued)
    : client_(client), store_(store), originals_(originals), queued_(std::move(queued)) {}

asio::awaitable<Result<std::vector<MatterCompany>>> RegisterEntries::List(std::vector<std::string> matters) {
  auto list = [&matters](store::Connection& db) { return ListMatterCompanies(db, matters); };
  co_return co_await store_.Read(list);
}

asio::awaitable<Result<CompanyEntry>> RegisterEntries::Name(std::string matter, std::string number,
                                                            ReadOptions options) {
  CO_RETURN_IF_ERROR(documents::CheckMatterName(matter));
  auto find = [&](store::Connection& db) { return FindMatterCompany(db, matter, number); };
  ASSIGN_OR_CO_RETURN(std::optional<MatterCompany> known, co_await store_.Read(find));
  MatterCompany company;
  if (known) company = std::move(*known);
  company.matter = matter;
  company.number = number;
  if (company.added_at == 0) company.added_at = Now();
  ASSIGN_OR_CO_RETURN(CompanyEntry entry, co_await ReadAnew(company, options));
  if (entry.company.reported.empty()) {
    entry.company.reported = entry.company.document;
    MatterCompany kept = entry.company;
    Result<void> written = co_await Keep(std::move(kept));
    if (!written) co_return Fail(std::move(written.error()));
  }
  co_return entry;
}

asio::awaitable<Result<bool>> RegisterEntries::Forget(std::string matter, std::string number) {
  auto forget = [&](store::Connection& db) { return ForgetMatterCompany(db, matter, number); };
  co_return co_await store_.Write(forget);
}

asio::awaitable<Result<CompanyEntry>> RegisterEntries::Kept(MatterCompany company) {
  if (company.document.empty()) {
    co_return Fail(ErrorCode::kNotFound, "No reading of company " + company.number + " is kept.",
                   "Read it: counsel company watch");
  }
  std::string document = company.document;
  ASSIGN_OR_CO_RETURN(Dossier dossier, co_await ReadDocument(std::move(document)));
  CompanyEntry entry;
  entry.company = std::move(company);
  entry.dossier = std::move(dossier);
  co_return entry;
}

asio::awaitable<Result<CompanyEntry>> RegisterEntries::Read(MatterCompany company, Kind kind, ReadOptions options) {
  MatterCompany same = company;
  Result<CompanyEntry> kept = co_await Kept(std::move(same));
  if (kept && !options.fresh && IsFresh(kind, company.read_at, Now())) co_return kept;
  Result<CompanyEntry> entry = co_await ReadAnew(std::move(company), std::move(options));
  if (entry || !kept) co_return entry;
  kept->stale = true;
  kept->problem = entry.error().message;
  co_return kept;
}

asio::awaitable<Result<CompanyEntry>> RegisterEntries::ReadAnew(MatterCompany company, ReadOptions options) {
  DossierOptions wanted;
  wanted.read = std::move(options);
  std::string number = company.number;
  ASSIGN_OR_CO_RETURN(Dossier dossier, co_await ReadDossier(client_, std::move(number), std::move(wanted)));
  const Provenance problem = OldestProblem(dossier);
  CompanyEntry entry;
  ASSIGN_OR_CO_RETURN(MatterCompany stored, co_await StoreReading(std::move(company), dossier));
  entry.company = std::move(stored);
  std::string document = entry.company.document;
  ASSIGN_OR_CO_RETURN(Dossier read, co_await ReadDocument(std::move(document)));
  entry.dossier = std::move(read);
  entry.stale = problem.stale;
  entry.problem = problem.problem;
  co_return entry;
}

asio::awaitable<Result<Dossier>> RegisterEntries::ReadDocument(std::string document) {
  const Originals& originals = originals_;
  auto read = [&](store::Connection& db) { return ReadOriginal(db, originals, document); };
  co_return co_await store_.Read(read);
}

// With the facts of the last reading only its time is noted; others become a new version of the document. The text is
// stored with it: it can be cited before it is indexed.
asio::awaitable<Result<MatterCompany>> RegisterEntries::StoreReading(MatterCompany company, const Dossier& dossier) {
  const Originals& originals = originals_;
  const std::string bytes = WriteEntry(dossier);
  auto write = [&originals, &bytes] { return WriteOriginal(originals, bytes); };
  ASSIGN_OR_CO_RETURN(Originals::Incoming::Stored stored, co_await Offload(store_.threads(), write));
  bool added_any = false;
  auto record = [&](store::Connection& db) -> Result<MatterCompany> {
    // Another reading may have been stored meanwhile: what counts is the row as it is now.
    ASSIGN_OR_RETURN(std::optional<MatterCompany> now, FindMatterCompany(db, company.matter, company.number));
    MatterCompany row = now ? *now : company;
    row.name = OnOneLine(dossier.profile.name, 200);
    const std::int64_t read_at = ReadAt(dossier);
    const bool newer = row.document.empty() || read_at >= row.read_at;
    if (!newer) return row;
    if (!row.document.empty()) {
      const Result<Dossier> last = ReadOriginal(db, originals, row.document);
      if (last && SameFacts(*last, dossier)) {
        row.read_at = read_at;
        RETURN_IF_ERROR(KeepMatterCompany(db, row));
        return row;
      }
    }
    ASSIGN_OR_RETURN(documents::Added added,
                     documents::AddDocument(db, row.matter, EntryName(dossier.profile), "companies-house:" + row.number,
                                            stored.sha256, stored.bytes));
    if (!added.already_there) {
      const EntryText rendered = RenderEntry(dossier);
      Result<void> set = documents::SetText(db, added.document.id, rendered.text);
      if (!set) return Fail(std::move(set.error()));
    }
    row.document = added.document.id;
    row.read_at = read_at;
    RETURN_IF_ERROR(KeepMatterCompany(db, row));
    added_any = true;
    return row;
  };
  Result<MatterCompany> recorded = co_await store_.Write(record);
  if (recorded && added_any) {
    queued_();
  } else {
    const std::string sha256 = stored.sha256;
    stored.hold.reset();
    auto remove = [&](store::Connection& db) { return documents::RemoveUnreferenced(db, originals, sha256); };
    (void)co_await store_.WriteOutside(remove);
  }
  co_return recorded;
}

asio::awaitable<Result<void>> RegisterEntries::Keep(MatterCompany company) {
  auto keep = [&company](store::Connection& db) { return KeepMatterCompany(db, company); };
  co_return co_await store_.Write(keep);
}

asio::awaitable<CompanyNews> RegisterEntries::NewsOf(MatterCompany company, ReadOptions options) {
  CompanyNews news;
  news.company = company;
  std::string against = company.reported.empty() ? company.document : company.reported;
  std::optional<Dossier> before;
  if (!against.empty()) {
    Result<Dossier> read = co_await ReadDocument(std::move(against));
    if (read) before = std::move(*read);
  }
  // A filing is what happens most often: what is older than an hour is read again.
  Result<CompanyEntry> entry = co_await Read(std::move(company), Kind::kFilings, std::move(options));
  if (!entry) {
    news.stale = true;
    news.problem = entry.error().message;
    co_return news;
  }
  news.stale = entry->stale;
  news.problem = entry->problem;
  news.first = !before;
  if (before) {
    news.changes = Compare(*before, entry->dossier);
    news.since = entry->company.reported_at > 0 ? entry->company.reported_at : ReadAt(*before);
  }
  entry->company.reported = entry->company.document;
  if (!entry->stale) entry->company.reported_at = entry->company.read_at;
  news.company = entry->company;
  MatterCompany kept = entry->company;
  Result<void> written = co_await Keep(std::move(kept));
  if (!written) news.problem = written.error().message;
  co_return news;
}

asio::awaitable<Result<std::vector<CompanyNews>>> RegisterEntries::Watch(std::vector<std::string> matters,
                                                                         ReadOptions options) {
  ASSIGN_OR_CO_RETURN(std::vector<MatterCompany> companies, co_await List(std::move(matters)));
  std::vector<CompanyNews> all;
  for (const MatterCompany& company : companies) {
    MatterCompany one = company;
    ReadOptions same = options;
    CompanyNews news = co_await NewsOf(std::move(one), std::move(same));
    all.push_back(std::move(news));
  }
  co_return all;
}

}  // namespace counsel::companies_house
