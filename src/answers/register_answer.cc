#include "answers/register_answer.h"

#include <algorithm>
#include <ctime>
#include <set>
#include <utility>

#include "answers/matter_disagreements.h"
#include "answers/passages.h"
#include "base/utf8.h"
#include "documents/documents.h"

namespace counsel::answers {
namespace {

namespace asio = boost::asio;
using companies_house::CompanyEntry;
using companies_house::Fact;
using companies_house::FactKind;
using companies_house::MatterCompany;

constexpr std::size_t kMostFacts = 60;  // that an answer lists
constexpr std::size_t kMostDocuments = 5'000;
// A question waits so long for the register's limit; then the kept reading answers.
constexpr std::chrono::seconds kPatience{5};

std::string Heading(const CompanyEntry& entry) {
  std::string line = "The register of Companies House, as read on " + DayInText(entry.company.read_at);
  if (entry.stale) line += " (it could not be read anew: " + companies_house::OnOneLine(entry.problem) + ")";
  return line + ":";
}

// One passage for neighbours, so that a long list is one source.
Passage& PassageFor(const Fact& fact, std::int64_t start, const CompanyEntry& entry, const std::string& name,
                    Answer& answer) {
  const std::int64_t end = start + (fact.end - fact.start);
  if (!answer.passages.empty() && answer.passages.back().end + 1 == start &&
      end - answer.passages.back().start <= kMaxMergedCodePoints) {
    answer.passages.back().end = end;
    return answer.passages.back();
  }
  Passage passage;
  passage.n = static_cast<int>(answer.passages.size()) + 1;
  passage.document = entry.company.document;
  passage.name = name;
  passage.matter = entry.company.matter;
  passage.start = start;
  passage.end = end;
  passage.relevance = 1;
  answer.passages.push_back(std::move(passage));
  return answer.passages.back();
}

struct Scope {
  Scope() = default;
  std::vector<MatterCompany> companies;  // one of each number, the one read last
  std::vector<KnownCompany> known;       // beside them
};

Result<Scope> FindCompanies(store::Connection& db, const QuestionOptions& options) {
  Scope scope;
  Result<std::vector<MatterCompany>> all = companies_house::ListMatterCompanies(db, options.matters);
  if (!all) return Fail(std::move(all.error()));
  for (MatterCompany& company : *all) {
    const auto same = std::find_if(scope.companies.begin(), scope.companies.end(),
                                   [&](const MatterCompany& other) { return other.number == company.number; });
    if (same == scope.companies.end()) {
      scope.companies.push_back(std::move(company));
    } else if (same->read_at < company.read_at) {
      *same = std::move(company);
    }
  }
  for (const MatterCompany& company : scope.companies) scope.known.emplace_back(company.number, company.name);
  return scope;
}

// Ids of the ready documents in the scope that are no readings of the register.
Result<std::vector<std::string>> OtherDocuments(store::Connection& db, const QuestionOptions& options) {
  documents::ListOptions list;
  list.matters = options.matters;
  Result<std::vector<documents::Document>> found = documents::ListDocuments(db, list);
  if (!found) return Fail(std::move(found.error()));
  std::vector<std::string> ids;
  for (const documents::Document& document : *found) {
    const bool other = document.media_type != companies_house::kEntryMediaType;
    if (other && document.state == documents::DocumentState::kReady) ids.push_back(document.id);
  }
  return ids;
}

// What no reading tells: the other documents may.
asio::awaitable<Result<RegisterOutcome>> LeaveToDocuments(const RegisterQuestion& asked, const KnownCompany& company,
                                                          const QuestionOptions& options, store::Store& store) {
  RegisterOutcome outcome;
  auto list = [&options](store::Connection& db) { return OtherDocuments(db, options); };
  Result<std::vector<std::string>> others = co_await store.Read(list);
  if (!others) co_return Fail(std::move(others.error()));
  if (!others->empty()) {
    if (others->size() <= kMostDocuments) outcome.documents = std::move(*others);
    co_return outcome;
  }
  Answer answer;
  answer.outcome = Outcome::kNoEvidence;
  answer.text = "The register does not tell the " + asked.beyond + " of " + company.name + " (" + company.number +
                "), and there is no other document to search. Filed accounts can be brought in: counsel company " +
                company.number + " --ingest accounts";
  outcome.answer = std::move(answer);
  co_return outcome;
}

}  // namespace

std::string DayInText(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return companies_house::DateInText(text);
}

// A text of an earlier version of Counsel may have it elsewhere than it is now written.
std::optional<std::int64_t> FindFact(const Fact& fact, std::string_view text) {
  if (SliceCodePoints(text, fact.start, fact.end) == fact.text) return fact.start;
  const std::size_t at = text.find(fact.text);
  if (at == std::string_view::npos) return std::nullopt;
  return CountCodePoints(text.substr(0, at));
}

Answer ComposeAnswer(const CompanyEntry& entry, const std::vector<Fact>& facts, std::string_view text,
                     const std::string& name) {
  Answer answer;
  answer.text = Heading(entry);
  AnswerSentence lead;
  lead.end = answer.text.size();
  lead.needs_support = false;
  answer.resolved.sentences.push_back(lead);
  std::size_t left_out = 0;
  for (const Fact& fact : facts) {
    const std::optional<std::int64_t> start = FindFact(fact, text);
    if (!start) continue;
    if (answer.resolved.citations.size() >= kMostFacts) {
      ++left_out;
      continue;
    }
    const Passage& passage = PassageFor(fact, *start, entry, name, answer);
    answer.text += "\n- ";
    Citation citation;
    citation.n = passage.n;
    citation.document = passage.document;
    citation.name = name;
    citation.start = *start;
    citation.end = *start + (fact.end - fact.start);
    citation.quote = fact.text;
    citation.answer_start = answer.text.size();
    answer.text += fact.text;
    citation.answer_end = answer.text.size();
    AnswerSentence sentence;
    sentence.start = citation.answer_start;
    sentence.end = citation.answer_end;
    sentence.supported = true;
    sentence.grade = judging::Grade::kSupported;
    answer.text += " [" + std::to_string(citation.n) + "]";
    answer.resolved.sentences.push_back(std::move(sentence));
    answer.resolved.citations.push_back(std::move(citation));
  }
  if (answer.resolved.citations.empty()) return Answer();
  if (left_out > 0) answer.text += "\n… and " + std::to_string(left_out) + " more: see the document.";
  for (Passage& passage : answer.passages) passage.text = SliceCodePoints(text, passage.start, passage.end);
  answer.outcome = Outcome::kAnswered;
  answer.draft = answer.text;
  answer.found = answer.passages.size();
  RegisterReading reading;
  reading.number = entry.company.number;
  reading.name = entry.company.name;
  reading.document = entry.company.document;
  reading.source = entry.dossier.profile_provenance.source;
  reading.read_at = entry.company.read_at;
  reading.stale = entry.stale;
  reading.problem = entry.problem;
  answer.register_reading = std::move(reading);
  return answer;
}

asio::awaitable<Result<RegisterOutcome>> AnswerFromRegister(const std::string& question, const QuestionOptions& options,
                                                            store::Store& store,
                                                            companies_house::RegisterEntries& entries,
                                                            AnswerSink& sink) {
  RegisterOutcome outcome;
  // Who names documents wants to hear of those.
  if (!options.documents.empty()) co_return outcome;
  auto find = [&options](store::Connection& db) { return FindCompanies(db, options); };
  Result<Scope> scope = co_await store.Read(find);
  if (!scope) co_return Fail(std::move(scope.error()));
  const std::optional<RegisterQuestion> asked = UnderstandQuestion(question, scope->known);
  if (!asked) co_return outcome;
  const KnownCompany& company = scope->known[asked->company];
  if (!asked->beyond.empty()) {
    outcome = RegisterOutcome();
    Result<RegisterOutcome> left = co_await LeaveToDocuments(*asked, company, options, store);
    co_return left;
  }
  const bool filings = asked->kinds.front() == FactKind::kFiling;
  companies_house::ReadOptions read;
  read.patience.most = kPatience;
  MatterCompany wanted = scope->companies[asked->company];
  const auto kind = filings ? companies_house::Kind::kFilings : companies_house::Kind::kProfile;
  Result<CompanyEntry> entry = co_await entries.Read(std::move(wanted), kind, std::move(read));
  if (!entry) co_return outcome;  // nothing was ever read: the documents may know
  auto stored = [&entry](store::Connection& db) { return ReadStoredReading(db, entry->company.document); };
  Result<StoredReading> text = co_await store.Read(stored);
  if (!text) co_return Fail(std::move(text.error()));
  const companies_house::EntryText rendered = companies_house::RenderEntry(entry->dossier);
  const std::vector<Fact> facts = ChooseFacts(*asked, rendered.facts);
  Answer answer = ComposeAnswer(*entry, facts, text->text, text->name);
  if (answer.outcome != Outcome::kAnswered) co_return outcome;
  if (CanBeDisputed(*asked)) {
    auto compare = [&](store::Connection& db) { return CompareDocuments(db, entry->dossier, options.matters, {}); };
    Result<std::vector<DocumentDisagreement>> disagreements = co_await store.Read(compare);
    if (disagreements) {
      const std::vector<DocumentDisagreement> chosen = ChooseDisagreements(*asked, std::move(*disagreements));
      PutSideBySide(*entry, *text, chosen, kShownDisagreements, &answer);
      answer.draft = answer.text;
      answer.found = answer.passages.size();
    } else {
      answer.notes.push_back("The documents were not compared: " + disagreements.error().message);
    }
  }
  Result<void> told = sink.OnStatus("searching", "", 0);
  if (!told) co_return Fail(std::move(told.error()));
  told = sink.OnText(answer.text);
  if (!told) co_return Fail(std::move(told.error()));
  outcome.answer = std::move(answer);
  co_return outcome;
}

}  // namespace counsel::answers
