#include "answers/evidence.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "answers/called_by_role.h"
#include "answers/evidence_places.h"
#include "answers/passages.h"
#include "answers/quotes.h"
#include "answers/reranking.h"
#include "documents/documents.h"
#include "models/model_client.h"
#include "search/passages_at.h"
#include "search/typed.h"
#include "understanding/glossary.h"
#include "understanding/name_words.h"
#include "understanding/named_things.h"

namespace counsel::answers {
namespace {

namespace asio = boost::asio;

// Where to search, and whether there is anything.
struct Scope {
  Scope() = default;
  std::vector<std::int64_t> matters;
  std::vector<std::string> documents;
  Meant meant;
  bool any = false;
  std::int64_t pending = 0;
};

// "What about the rent of Flat 2?" behind a question about Flat 1: a name that the documents of the conversation do not
// have and others do. Of a question that hangs on the one before it only what is certain to be one ("Flat 2").
Result<bool> NamesWhatOthersHave(store::Connection& db, const std::string& question,
                                 const std::vector<std::int64_t>& scopes, const std::vector<std::string>& carried) {
  const bool hangs = question.find('\n') != std::string::npos;
  for (const std::string& thing : understanding::NamedThings(LastLine(question))) {
    if (hangs && thing.find(' ') == std::string::npos) continue;
    ASSIGN_OR_RETURN(const std::vector<search::PassageAt> here, search::WithPhrase(db, thing, scopes, carried, 1));
    if (!here.empty()) continue;
    ASSIGN_OR_RETURN(const std::vector<search::PassageAt> there, search::WithPhrase(db, thing, scopes, {}, 1));
    if (!there.empty()) return true;
  }
  return false;
}

Result<Scope> FindScope(store::Connection& db, const std::string& question, const QuestionOptions& options) {
  Scope scope;
  for (const std::string& matter : options.matters) {
    Result<std::int64_t> id = documents::MatterId(db, matter);
    // The matter that everything belongs to by default begins with the first document.
    const bool not_begun = !id && id.error().code == ErrorCode::kNotFound && matter == documents::kDefaultMatter;
    if (!id && !not_begun) return Fail(std::move(id.error()));
    if (id) scope.matters.push_back(*id);
  }
  if (!options.matters.empty() && scope.matters.empty()) return scope;
  for (const std::string& name : options.documents) {
    Result<documents::Document> document = documents::FindDocument(db, name);
    if (!document) return Fail(std::move(document.error()));
    // A matter is a wall for names too: of another one's document it is not even told that it is there.
    if (!options.matters.empty() &&
        std::find(options.matters.begin(), options.matters.end(), document->matter) == options.matters.end()) {
      return Fail(ErrorCode::kNotFound, "There is no document '" + name + "' in the matters that are asked.",
                  "See: counsel documents");
    }
    scope.documents.push_back(std::move(document->id));
  }
  Result<bool> any = search::AnySeen(db);
  if (!any) return Fail(std::move(any.error()));
  scope.any = *any;
  Result<std::int64_t> pending = documents::CountPending(db);
  if (!pending) return Fail(std::move(pending.error()));
  scope.pending = *pending;
  if (!scope.any) return scope;
  Result<std::vector<std::int64_t>> visible = documents::VisibleMatters(db, scope.matters);
  if (!visible) return Fail(std::move(visible.error()));
  Result<Meant> meant = FindMeant(db, question, *visible, scope.documents, options.everywhere);
  if (!meant) return Fail(std::move(meant.error()));
  scope.meant = std::move(*meant);
  if (options.everywhere || !scope.meant.documents.empty() || !scope.meant.not_there.empty()) return scope;
  if (options.carried.empty()) return scope;
  ASSIGN_OR_RETURN(const bool of_others, NamesWhatOthersHave(db, scope.meant.question, *visible, options.carried));
  if (of_others) return scope;
  const auto& others = scope.meant.of_others;
  for (const std::string& id : options.carried) {
    if (std::any_of(others.begin(), others.end(), [&id](const MeantDocument& other) { return other.id == id; }))
      continue;
    Result<documents::Document> document = documents::GetDocument(db, id);
    if (!document && document.error().code == ErrorCode::kNotFound) continue;
    if (!document) return Fail(std::move(document.error()));
    MeantDocument& there = scope.meant.documents.emplace_back();
    there.id = std::move(document->id);
    there.name = std::move(document->name);
  }
  scope.meant.carried = scope.meant.chosen = !scope.meant.documents.empty();
  return scope;
}

// Of a document that is not there, what others say is no evidence, unless they speak of it.
constexpr double kOfAnotherDocument = 0.1;

void WeakenOthers(const Meant& meant, std::vector<search::Hit>* hits) {
  if (meant.not_there.empty()) return;
  for (search::Hit& hit : *hits) {
    const std::vector<understanding::NameWord> words = understanding::SplitName(hit.heading + "\n" + hit.text);
    const auto there = [&words](const std::string& wanted) {
      return std::any_of(words.begin(), words.end(),
                         [&wanted](const understanding::NameWord& word) { return word.text == wanted; });
    };
    const auto& wanted = meant.not_there_words;
    if (std::all_of(wanted.begin(), wanted.end(), there)) continue;
    hit.relevance = std::min(hit.relevance, kOfAnotherDocument);
  }
}

// Places that the question names come first, and a passage is there once.
void PutFirst(std::vector<search::Hit> named, std::size_t limit, std::vector<search::Hit>* hits) {
  if (named.empty()) return;
  std::set<std::int64_t> chunks;
  for (search::Hit& hit : named) {
    chunks.insert(hit.chunk);
    const auto found =
        std::find_if(hits->begin(), hits->end(), [&hit](const search::Hit& one) { return one.chunk == hit.chunk; });
    if (found == hits->end()) continue;
    hit.keyword_rank = found->keyword_rank;
    hit.bm25 = found->bm25;
    hit.vector_rank = found->vector_rank;
    hit.cosine = found->cosine;
    hit.matched_terms = found->matched_terms;
    hit.coverage = found->coverage;
    hit.fused = found->fused;
  }
  std::erase_if(*hits, [&chunks](const search::Hit& hit) { return chunks.contains(hit.chunk); });
  hits->insert(hits->begin(), std::make_move_iterator(named.begin()), std::make_move_iterator(named.end()));
  if (hits->size() > limit) hits->resize(limit);
}

// `typed`: what is in quotation marks or behind a hyphen is meant exactly.
Result<Evidence> FindHits(store::Connection& db, const search::Query& query, const Meant& meant, bool typed) {
  Evidence evidence;
  Result<std::vector<search::Hit>> hits = typed ? search::SearchTyped(db, query) : search::Search(db, query);
  if (!hits) return Fail(std::move(hits.error()));
  evidence.hits = std::move(*hits);
  WeakenOthers(meant, &evidence.hits);
  Result<std::vector<search::Hit>> named =
      FindPlaces(db, meant, query.scopes, evidence.hits, std::max<std::size_t>(1, query.limit / 2));
  if (!named) return Fail(std::move(named.error()));
  PutFirst(std::move(*named), query.limit, &evidence.hits);
  for (const search::Hit& hit : evidence.hits) evidence.strength = std::max(evidence.strength, hit.relevance);
  return evidence;
}

// Of what other documents have, what those of a conversation must have to be asked on.
constexpr double kShareOfElsewhere = 0.25;

// A question in the middle of a conversation says less than one that stands alone: "May dogs be brought?" for "to the
// Boathouse". What has much of its words goes on with half of the cut-off, whatever others have.
constexpr double kShareOfCutOff = 0.5;
constexpr double kMuchOfItsWords = 0.4;

bool GoesOn(const Evidence& here, double elsewhere) {
  if (here.strength >= std::max(here.least, kShareOfElsewhere * elsewhere)) return true;
  return here.strength >= kShareOfCutOff * here.least &&
         std::any_of(here.hits.begin(), here.hits.end(), [&here](const search::Hit& hit) {
           return hit.coverage >= kMuchOfItsWords && hit.relevance >= kShareOfCutOff * here.least;
         });
}

// Where nothing of what was asked about says anything, what others say is better than nothing.
Result<Evidence> OfOthersToo(store::Connection& db, search::Query query, bool typed, Evidence evidence, Meant* meant) {
  if (meant->within.empty() || meant->chosen || evidence.strength >= evidence.least) return evidence;
  query.documents.clear();
  ASSIGN_OR_RETURN(Evidence all, FindHits(db, query, *meant, typed));
  all.least = evidence.least;
  if (all.strength < all.least) return evidence;
  meant->of_others.clear();
  meant->within.clear();
  return all;
}

// "What is Dr Byrne's salary?": the contract says who he is once, and what the Employee is paid. The documents that
// give the name a role are asked what is left without it, where they have an answer as strong.
Result<Evidence> ByRole(store::Connection& db, search::Query query, bool typed, Evidence evidence, Meant* meant) {
  if (typed) return evidence;
  Meant without = *meant;
  std::vector<std::string> documents;
  for (const std::string& name : understanding::NamedThings(LastLine(meant->question))) {
    if (name.find(' ') == std::string::npos) continue;
    bool given = false;
    for (const search::Hit& hit : evidence.hits) {
      if (!GivesRole(hit.text, name)) continue;
      given = true;
      if (std::find(documents.begin(), documents.end(), hit.document) == documents.end()) {
        documents.push_back(hit.document);
      }
    }
    if (given) without.kept_names += (without.kept_names.empty() ? "" : " ") + name;
  }
  if (documents.empty()) return evidence;
  query.documents = std::move(documents);
  query.names = without.kept_names;
  ASSIGN_OR_RETURN(Evidence of_role, FindHits(db, query, without, typed));
  of_role.least = evidence.least;
  if (of_role.strength < std::max(evidence.least, evidence.strength)) return evidence;
  *meant = std::move(without);
  return of_role;
}

// "Was invoice HB-2291 paid?", of a mail that says "we settled HB-2291": what a thing with a number of its own is
// called says nothing more, where the number is there.
Result<Evidence> ByCode(store::Connection& db, search::Query query, bool typed, Evidence evidence, Meant* meant) {
  if (typed || evidence.strength >= evidence.least) return evidence;
  Meant without = *meant;
  bool called = false;
  for (const understanding::CodedThing& thing : understanding::CodedThings(LastLine(meant->question))) {
    if (thing.called.empty()) continue;
    ASSIGN_OR_RETURN(const auto there, search::WithPhrase(db, thing.code, query.scopes, query.documents, 1));
    if (there.empty()) continue;
    const std::size_t at = without.question.rfind(thing.called + " ", without.question.find(thing.code));
    if (at == std::string::npos) continue;
    without.question.erase(at, thing.called.size() + 1);
    called = true;
  }
  if (!called) return evidence;
  query.text = without.question;
  ASSIGN_OR_RETURN(Evidence of_code, FindHits(db, query, without, typed));
  of_code.least = evidence.least;
  if (of_code.strength < evidence.least) return evidence;
  *meant = std::move(without);
  return of_code;
}

// `meant`: its documents go where those that a conversation was about do not answer, or far worse than others.
Result<Evidence> RecallHits(store::Connection& db, search::Query query, double min_relevance, EvidenceOf wanted,
                            Meant* meant) {
  Result<std::vector<std::int64_t>> visible = documents::VisibleMatters(db, query.scopes);
  if (!visible) return Fail(std::move(visible.error()));
  query.scopes = std::move(*visible);
  const bool typed = wanted == EvidenceOf::kHits;
  Result<Evidence> found = FindHits(db, query, *meant, typed);
  if (!found) return found;
  Evidence evidence = std::move(*found);
  evidence.least = min_relevance;
  if (meant->carried) {
    Meant all = *meant;
    all.documents.clear();
    all.carried = all.chosen = false;
    query.documents = all.within;
    Result<Evidence> everywhere = FindHits(db, query, all, typed);
    if (!everywhere) return everywhere;
    if (GoesOn(evidence, everywhere->strength)) {
      evidence.least = kShareOfCutOff * min_relevance;
    } else {
      evidence = std::move(*everywhere);
      evidence.least = min_relevance;
      *meant = std::move(all);
    }
  }
  ASSIGN_OR_RETURN(evidence, OfOthersToo(db, query, typed, std::move(evidence), meant));
  ASSIGN_OR_RETURN(evidence, ByRole(db, query, typed, std::move(evidence), meant));
  ASSIGN_OR_RETURN(evidence, ByCode(db, query, typed, std::move(evidence), meant));
  if (typed) return evidence;
  ASSIGN_OR_RETURN(evidence.unmentioned, FindUnmentioned(db, query, *meant, evidence.hits));
  return evidence;
}

// Recalled and complete in one snapshot: no model is asked in between.
Result<Evidence> FindAtOnce(store::Connection& db, const search::Query& query, double min_relevance, EvidenceOf wanted,
                            Meant* meant) {
  ASSIGN_OR_RETURN(Evidence evidence, RecallHits(db, query, min_relevance, wanted, meant));
  RETURN_IF_ERROR(CompleteEvidence(db, wanted, &evidence));
  return evidence;
}

// With a reranker between the two.
asio::awaitable<Result<Evidence>> FindReranked(const search::Query& query, const Reranking& reranking,
                                               const QuestionOptions& options, EvidenceOf wanted, Meant* meant,
                                               store::Store& store, models::ModelPool& pool) {
  search::Query more = query;
  more.limit = std::max(query.limit, kRecalledToRerank);
  const Meant before = *meant;
  const auto recall = [&](store::Connection& db) { return RecallHits(db, more, options.min_relevance, wanted, meant); };
  Result<Evidence> evidence = co_await store.Read(recall);
  if (!evidence) co_return evidence;
  Reranked reranked = co_await Rerank(reranking, std::move(evidence->hits), pool);
  evidence->hits = std::move(reranked.hits);
  evidence->note = std::move(reranked.note);
  evidence->strength = 0;
  for (const search::Hit& hit : evidence->hits) evidence->strength = std::max(evidence->strength, hit.relevance);
  const auto complete = [&](store::Connection& db) { return CompleteEvidence(db, wanted, &*evidence); };
  Result<void> completed = co_await store.Read(complete);
  if (completed) co_return evidence;
  if (completed.error().code != ErrorCode::kNotFound) co_return Fail(std::move(completed.error()));
  // A document went while the reranker read: what is there now, as search finds it.
  *meant = before;
  const auto at_once = [&](store::Connection& db) {
    return FindAtOnce(db, query, options.min_relevance, wanted, meant);
  };
  Result<Evidence> again = co_await store.Read(at_once);
  co_return again;
}

}  // namespace

asio::awaitable<Result<models::Lease>> AcquireTelling(const std::string& model, models::AcquireOptions options,
                                                      models::ModelPool& pool, AnswerSink* sink) {
  std::shared_ptr<void> subscription;
  if (sink != nullptr) {
    // A sink that cannot take any more says so at the next step.
    subscription = pool.Subscribe([model, sink](const models::PoolEvent& event) {
      const auto* change = std::get_if<models::ModelChange>(&event);
      if (change == nullptr || change->model != model || change->state != models::ModelState::kLoading) return;
      (void)sink->OnStatus("loading", model, change->progress);
    });
    options.on_place = [model, sink](std::size_t before) { (void)sink->OnWaiting(model, before); };
  }
  co_return co_await pool.Acquire(model, options);
}

asio::awaitable<Result<Evidence>> FindEvidence(const std::string& question, const QuestionOptions& options,
                                               EvidenceOf wanted, const AnswerModels& answer_models,
                                               store::Store& store, models::ModelPool& pool, AnswerSink* sink) {
  if (Result<void> checked = CheckQuestion(question, options); !checked) co_return Fail(std::move(checked.error()));
  const auto find_scope = [&](store::Connection& db) { return FindScope(db, question, options); };
  Result<Scope> scope = co_await store.Read(find_scope);
  if (!scope) co_return Fail(std::move(scope.error()));
  // Told once nothing can be wrong with the question any more: its caller may still answer with a status.
  if (sink != nullptr) {
    Result<void> told = sink->OnStatus("searching", "", 0);
    if (!told) co_return Fail(std::move(told.error()));
  }
  if (!scope->any) {
    Evidence nothing;
    nothing.store_is_empty = true;
    nothing.pending = scope->pending;
    co_return nothing;
  }
  // While this is embedded and searched, the disk may read what writes the answer.
  if (sink != nullptr && answer_models.generator && Writes(options, answer_models))
    pool.ReadAhead(*answer_models.generator);
  models::Embeddings vector;
  {
    const models::AcquireOptions acquire(options.load_timeout);
    Result<models::Lease> lease = co_await AcquireTelling(answer_models.embedder, acquire, pool, sink);
    if (!lease) co_return Fail(std::move(lease.error()));
    const bool typed = wanted == EvidenceOf::kHits;
    std::vector<std::string> texts(1, typed ? search::ReadTyped(scope->meant.question).rest : scope->meant.question);
    if (texts[0].find('\n') != std::string::npos) texts.push_back(LastLine(texts[0]));
    Result<models::Embeddings> embedded = co_await models::Embed(*lease, texts, true);
    if (!embedded) co_return Fail(lease->lost().value_or(embedded.error()));
    vector = std::move(*embedded);
  }
  std::vector<float> last_line;
  if (vector.values.size() > vector.dimensions) {
    const auto second = vector.values.begin() + static_cast<std::ptrdiff_t>(vector.dimensions);
    last_line.assign(second, vector.values.end());
    vector.values.erase(second, vector.values.end());
  }
  search::Query query;
  query.text = scope->meant.question;
  query.names = scope->meant.kept_names;
  query.beside = understanding::WrittenFor(query.text);
  query.vector = vector.values;
  query.embedding_model = answer_models.embedder;
  query.scopes = scope->matters;
  for (const MeantDocument& document : scope->meant.documents) query.documents.push_back(document.id);
  if (query.documents.empty()) query.documents = scope->meant.within;
  query.limit = options.max_passages;
  query.calibration = answer_models.calibration;
  Result<Evidence> evidence;
  if (answer_models.reranker.empty()) {
    const auto search = [&](store::Connection& db) {
      return FindAtOnce(db, query, options.min_relevance, wanted, &scope->meant);
    };
    evidence = co_await store.Read(search);
  } else {
    Reranking reranking;
    reranking.reranker = answer_models.reranker;
    reranking.question = query.text;
    reranking.limit = query.limit;
    reranking.load_timeout = options.load_timeout;
    evidence = co_await FindReranked(query, reranking, options, wanted, &scope->meant, store, pool);
  }
  if (!evidence) co_return evidence;
  evidence->pending = scope->pending;
  evidence->vector = std::move(vector);
  evidence->last_line = std::move(last_line);
  evidence->meant = std::move(scope->meant);
  co_return evidence;
}

}  // namespace counsel::answers
