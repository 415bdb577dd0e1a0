#include "answers/matter_disagreements.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "answers/company_mentions.h"
#include "answers/side_by_side.h"
#include "base/utf8.h"
#include "companies_house/ingest_filings.h"
#include "documents/documents.h"
#include "search/search.h"

namespace counsel::answers {
namespace {

namespace asio = boost::asio;
using companies_house::CompanyEntry;
using companies_house::Dossier;
using companies_house::EntryText;
using companies_house::MatterCompany;

// Of a document so much is compared, in code points: parties and signatures of all but the longest.
constexpr std::int64_t kComparedText = 500'000;
constexpr std::size_t kMostFormerNames = 4;
// Of a name's words, in a passage that may hold it.
constexpr double kLeastCoverage = 0.5;
constexpr double kLeastOcrConfidence = 90;

struct Scope {
  Scope() = default;
  std::vector<std::int64_t> matters;
  std::vector<std::string> documents;  // not looked at yet
};

Result<Scope> FindScope(store::Connection& db, const std::vector<std::string>& matters) {
  Scope scope;
  for (const std::string& matter : matters) {
    Result<std::int64_t> id = documents::MatterId(db, matter);
    if (!id && id.error().code != ErrorCode::kNotFound) return Fail(std::move(id.error()));
    scope.matters.push_back(id ? *id : 0);
  }
  documents::ListOptions list;
  list.matters = matters;
  Result<std::vector<documents::Document>> found = documents::ListDocuments(db, list);
  if (!found) return Fail(std::move(found.error()));
  for (const documents::Document& document : *found) {
    const bool other = document.media_type != companies_house::kEntryMediaType;
    if (!other || document.state != documents::DocumentState::kReady) continue;
    scope.documents.push_back(document.id);
    if (scope.documents.size() == search::kMaxWalls) break;
  }
  Result<std::vector<std::int64_t>> visible = documents::VisibleMatters(db, scope.matters);
  if (!visible) return Fail(std::move(visible.error()));
  scope.matters = std::move(*visible);
  return scope;
}

// What a document that speaks of the company has a word of.
std::vector<std::string> Names(const Dossier& dossier) {
  const std::string& number = dossier.profile.number;
  std::vector<std::string> names = {dossier.profile.name, number};
  const std::size_t digits = number.find_first_not_of('0');
  if (digits != std::string::npos && digits > 0) names.push_back(number.substr(digits));
  for (const companies_house::FormerName& former : dossier.profile.former_names) {
    if (names.size() < 3 + kMostFormerNames) names.push_back(former.name);
  }
  return names;
}

// Ids of the documents that may name the company. What was found is looked for no more, so that one with many mentions
// hides none.
Result<std::vector<std::string>> FindCandidates(store::Connection& db, const Dossier& dossier,
                                                const std::vector<std::string>& matters) {
  Result<Scope> scope = FindScope(db, matters);
  if (!scope) return Fail(std::move(scope.error()));
  std::vector<std::string> candidates;
  for (const std::string& name : Names(dossier)) {
    while (!scope->documents.empty() && candidates.size() < kComparedDocuments) {
      search::Query query;
      query.text = name;
      query.scopes = scope->matters;
      query.documents = scope->documents;
      query.limit = search::kRankingDepth;
      Result<std::vector<search::Hit>> hits = search::Search(db, query);
      if (!hits) return Fail(std::move(hits.error()));
      const std::size_t before = candidates.size();
      for (const search::Hit& hit : *hits) {
        if (hit.coverage < kLeastCoverage || candidates.size() >= kComparedDocuments) continue;
        const auto left = std::find(scope->documents.begin(), scope->documents.end(), hit.document);
        if (left == scope->documents.end()) continue;
        scope->documents.erase(left);
        candidates.push_back(hit.document);
      }
      if (candidates.size() == before) break;
    }
  }
  return candidates;
}

int PageOf(const std::vector<documents::PageStart>& pages, std::int64_t start) {
  int page = 0;
  for (const documents::PageStart& one : pages) {
    if (one.start <= start) page = one.page;
  }
  return page;
}

Result<void> Compare(store::Connection& db, const Dossier& dossier, const EntryText& entry, const std::string& id,
                     std::vector<DocumentDisagreement>& all) {
  Result<documents::Document> document = documents::GetDocument(db, id);
  if (!document) return Fail(std::move(document.error()));
  if (document->media_type == companies_house::kEntryMediaType) return {};
  Result<std::optional<companies_house::FilingProvenance>> filing = companies_house::FindProvenance(db, id);
  if (!filing) return Fail(std::move(filing.error()));
  if (*filing) return {};
  Result<std::string> text = documents::GetPassage(db, id, 0, std::min(document->characters, kComparedText));
  if (!text) return Fail(std::move(text.error()));
  std::vector<Disagreement> found = FindDisagreements(dossier, entry, *text);
  if (found.empty()) return {};
  Result<std::vector<documents::PageStart>> pages = documents::GetPages(db, id);
  if (!pages) return Fail(std::move(pages.error()));
  for (Disagreement& what : found) {
    DocumentDisagreement one;
    const std::string_view all_text = *text;
    one.matter = document->matter;
    one.citation.document = id;
    one.citation.name = document->name;
    one.citation.start = CountCodePoints(all_text.substr(0, what.start));
    one.citation.quote = all_text.substr(what.start, what.end - what.start);
    one.citation.end = one.citation.start + CountCodePoints(one.citation.quote);
    one.citation.page = PageOf(*pages, one.citation.start);
    Result<std::optional<double>> ocr = documents::OcrConfidence(db, id, one.citation.start, one.citation.end);
    if (!ocr) return Fail(std::move(ocr.error()));
    if (*ocr && **ocr < kLeastOcrConfidence) continue;
    one.citation.ocr_confidence = *ocr;
    one.what = std::move(what);
    all.push_back(std::move(one));
  }
  return {};
}

struct Compared {
  Compared() = default;
  StoredReading reading;
  std::vector<DocumentDisagreement> disagreements;
};

Result<Compared> CompareAll(store::Connection& db, const CompanyEntry& entry) {
  Compared compared;
  Result<StoredReading> reading = ReadStoredReading(db, entry.company.document);
  if (!reading) return Fail(std::move(reading.error()));
  compared.reading = std::move(*reading);
  Result<std::vector<DocumentDisagreement>> found = CompareDocuments(db, entry.dossier, {entry.company.matter}, {});
  if (!found) return Fail(std::move(found.error()));
  compared.disagreements = std::move(*found);
  return compared;
}

// Where the documents are cited, and nowhere else.
Result<Compared> CompareCited(store::Connection& db, const CompanyEntry& entry, const std::vector<Citation>& cited) {
  Compared compared;
  std::vector<std::string> documents;
  for (const Citation& citation : cited) {
    const bool known = std::find(documents.begin(), documents.end(), citation.document) != documents.end();
    if (!known) documents.push_back(citation.document);
  }
  Result<std::vector<DocumentDisagreement>> found = CompareDocuments(db, entry.dossier, {}, documents);
  if (!found) return Fail(std::move(found.error()));
  for (DocumentDisagreement& one : *found) {
    const bool at_a_citation = std::any_of(cited.begin(), cited.end(), [&one](const Citation& citation) {
      return citation.document == one.citation.document && citation.start < one.citation.end &&
             one.citation.start < citation.end;
    });
    if (at_a_citation) compared.disagreements.push_back(std::move(one));
  }
  if (compared.disagreements.empty()) return compared;
  Result<StoredReading> reading = ReadStoredReading(db, entry.company.document);
  if (!reading) return Fail(std::move(reading.error()));
  compared.reading = std::move(*reading);
  return compared;
}

// Does a passage that is cited name the company, by name or number?
bool IsNamed(const MatterCompany& company, const std::vector<Citation>& cited, const std::vector<Passage>& passages) {
  return std::any_of(passages.begin(), passages.end(), [&](const Passage& passage) {
    const bool is_cited = std::any_of(cited.begin(), cited.end(), [&](const auto& one) { return one.n == passage.n; });
    if (!is_cited || passage.document == company.document) return false;
    const WordedText text(passage.text);
    const std::vector<CompanyMention> mentions = FindCompanies(text, CanonicalName(company.name), {});
    const std::size_t digits = company.number.find_first_not_of('0');
    return passage.text.find(company.number.substr(std::min(digits, company.number.size()))) != std::string::npos ||
           std::any_of(mentions.begin(), mentions.end(), [](const auto& one) { return one.whose == Whose::kOurs; });
  });
}

}  // namespace

Result<std::vector<DocumentDisagreement>> CompareDocuments(store::Connection& db, const Dossier& dossier,
                                                           const std::vector<std::string>& matters,
                                                           const std::vector<std::string>& documents) {
  std::vector<std::string> candidates = documents;
  if (candidates.empty()) {
    Result<std::vector<std::string>> found = FindCandidates(db, dossier, matters);
    if (!found) return Fail(std::move(found.error()));
    candidates = std::move(*found);
  }
  const EntryText entry = companies_house::RenderEntry(dossier);
  std::vector<DocumentDisagreement> all;
  for (const std::string& id : candidates) {
    if (Result<void> compared = Compare(db, dossier, entry, id, all); !compared)
      return Fail(std::move(compared.error()));
  }
  return all;
}

Result<StoredReading> ReadStoredReading(store::Connection& db, const std::string& document) {
  Result<documents::Document> found = documents::GetDocument(db, document);
  if (!found) return Fail(std::move(found.error()));
  Result<documents::ExtractedText> text = documents::GetText(db, document);
  if (!text) return Fail(std::move(text.error()));
  StoredReading reading;
  reading.text = std::move(text->text);
  reading.name = std::move(found->name);
  return reading;
}

asio::awaitable<Result<void>> AddDisagreements(const QuestionOptions& options, store::Store& store,
                                               companies_house::RegisterEntries& entries, Answer* answer) {
  if (answer->resolved.citations.empty()) co_return Result<void>();
  std::vector<std::string> matters = options.matters;
  Result<std::vector<MatterCompany>> companies = co_await entries.List(std::move(matters));
  if (!companies) co_return Fail(std::move(companies.error()));
  const std::vector<Citation> cited = answer->resolved.citations;
  for (const MatterCompany& company : *companies) {
    if (!IsNamed(company, cited, answer->passages)) continue;
    MatterCompany one = company;
    Result<CompanyEntry> entry = co_await entries.Kept(std::move(one));
    if (!entry) continue;  // its reading was deleted
    auto compare = [&](store::Connection& db) { return CompareCited(db, *entry, cited); };
    Result<Compared> compared = co_await store.Read(compare);
    if (!compared) co_return Fail(std::move(compared.error()));
    // What is checked of the draft stays as it is.
    const std::vector<AnswerSentence> sentences = answer->resolved.sentences;
    PutSideBySide(*entry, compared->reading, compared->disagreements, kShownDisagreements, answer);
    answer->resolved.sentences = sentences;
  }
  co_return Result<void>();
}

asio::awaitable<Result<std::vector<SideBySide>>> ListDisagreements(CompanyEntry entry, store::Store& store) {
  auto compare = [&entry](store::Connection& db) { return CompareAll(db, entry); };
  Result<Compared> compared = co_await store.Read(compare);
  if (!compared) co_return Fail(std::move(compared.error()));
  Answer page;
  PutSideBySide(entry, compared->reading, compared->disagreements, compared->disagreements.size(), &page);
  co_return std::move(page.disagreements);
}

}  // namespace counsel::answers
