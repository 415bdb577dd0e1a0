#include "answers/answers.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "answers/beside.h"
#include "answers/contradictions.h"
#include "answers/evidence.h"
#include "answers/matter_disagreements.h"
#include "answers/nearly.h"
#include "answers/notes_of_documents.h"
#include "answers/passages.h"
#include "answers/register_answer.h"
#include "answers/writing.h"
#include "search/typed.h"

namespace counsel::answers {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kNearestNamed = 3;

std::string Place(const Passage& passage) {
  const std::string name = passage.inside.empty() ? passage.name : passage.name + " in " + passage.inside;
  if (passage.page > 0) return name + ", page " + std::to_string(passage.page);
  return name + ", characters " + std::to_string(passage.start) + " to " + std::to_string(passage.end);
}

Answer WithoutEvidence(Evidence evidence) {
  Answer answer;
  answer.outcome = Outcome::kNoEvidence;
  if (evidence.store_is_empty && evidence.pending > 0) {
    answer.text = "No document can be searched yet: " + std::to_string(evidence.pending) +
                  " still being read. See: counsel documents";
    return answer;
  }
  if (evidence.store_is_empty) {
    answer.text = "No document has been added yet. Add some: counsel add PATH";
    return answer;
  }
  answer.text = "The documents do not answer this.";
  if (evidence.meant && !evidence.meant->not_there.empty()) {
    answer.text = "No document here is called “" + evidence.meant->not_there + "”.";
  }
  if (const std::string told = Told(evidence.unmentioned); !told.empty()) answer.text += " " + told;
  answer.passages = std::move(evidence.passages);
  if (answer.passages.size() > kNearestNamed) answer.passages.resize(kNearestNamed);
  for (std::size_t i = 0; i < answer.passages.size(); ++i) {
    answer.text += (i == 0 ? " The nearest passages: " : "; ") + Place(answer.passages[i]);
  }
  if (!answer.passages.empty()) answer.text += ".";
  if (evidence.pending > 0) answer.text += " " + std::to_string(evidence.pending) + " documents are still being read.";
  return answer;
}

// Puts the quote at the end of the answer's text, as a citation of it.
void AppendQuote(const Quote& quote, Answer* answer) {
  Citation citation = quote.citation;
  citation.answer_start = answer->text.size();
  answer->text += "“" + citation.quote + "”";
  citation.answer_end = answer->text.size();
  answer->text += " [" + std::to_string(citation.n) + "]";
  answer->resolved.citations.push_back(std::move(citation));
}

// The documents alone.
Answer AnswerInQuotes(const std::vector<Quote>& quotes, std::vector<Passage> passages) {
  Answer answer;
  answer.outcome = Outcome::kQuoted;
  answer.quotes = quotes;
  answer.passages = std::move(passages);
  for (const Quote& quote : quotes) {
    if (!answer.text.empty()) answer.text += "\n\n";
    AppendQuote(quote, &answer);
  }
  if (quotes.empty()) answer.text = "No single sentence of the documents answers this. These passages come nearest.";
  return answer;
}

// The number of the passage that holds it, among those of a written answer, which may be parts of those it was chosen
// from; it is added where none does.
int NumberIn(const Citation& quote, const std::vector<Passage>& chosen_from, Answer* answer) {
  const auto holds = [&quote](const Passage& passage) {
    return passage.document == quote.document && passage.start <= quote.start && quote.end <= passage.end;
  };
  std::vector<Passage>& passages = answer->passages;
  if (const auto it = std::find_if(passages.begin(), passages.end(), holds); it != passages.end()) return it->n;
  const auto it = std::find_if(chosen_from.begin(), chosen_from.end(), holds);
  if (it == chosen_from.end()) return 0;
  passages.push_back(*it);
  passages.back().n = static_cast<int>(passages.size());
  return passages.back().n;
}

// Puts the quotes beside what was written; in the place of an answer that nothing supports, the best of them.
void AddQuotes(const std::vector<Quote>& quotes, const std::vector<Passage>& chosen_from, Answer* answer) {
  answer->quotes = quotes;
  for (Quote& quote : answer->quotes) quote.citation.n = NumberIn(quote.citation, chosen_from, answer);
  if (answer->outcome != Outcome::kUnsupported) return;
  if (quotes.empty()) {
    answer->text += " These passages come nearest to the question.";
    return;
  }
  answer->text += " Nearest to the question they say: ";
  AppendQuote(answer->quotes.front(), answer);
}

Style StyleOf(const QuestionOptions& options, const AnswerModels& answer_models) {
  return options.style == Style::kDefault ? answer_models.style : options.style;
}

// The model says that there is no answer, as models do.
bool Declines(std::string_view draft) {
  constexpr std::string_view kSaid = "The documents do not answer this";
  const std::size_t first = draft.find_first_not_of(" \t\n\"");
  return first != std::string_view::npos && draft.substr(first).starts_with(kSaid) &&
         draft.size() - first <= kSaid.size() + 8;  // a stop, a mark
}

// "clause 99.9": what the question asks for, and no document has. "" where all is there, or the question asks for more
// than the place. A term that is used may be defined in other words, so that it is looked for all the same.
std::string PlaceNotThere(const Evidence& evidence) {
  if (!evidence.meant || evidence.meant->places.empty()) return "";
  const bool there = std::any_of(evidence.passages.begin(), evidence.passages.end(),
                                 [](const Passage& passage) { return !passage.place.empty(); });
  if (there || understanding::AskedKind(evidence.meant->question) != understanding::AnswerKind::kOpen) return "";
  const understanding::PlaceAsked& place = evidence.meant->places.front();
  using Kind = understanding::PlaceKind;
  const bool numbered = place.kind == Kind::kClause || place.kind == Kind::kSchedule || place.kind == Kind::kPage;
  return numbered ? place.words : "";
}

// "Flat 2": who reads the answer is told what was not looked at. "" where all was.
std::string LeftOut(const Meant& meant) {
  constexpr std::size_t kMostNamed = 3;
  if (meant.of_others.empty()) return "";
  std::string told;
  for (const std::string& thing : meant.things) told += (told.empty() ? "" : ", ") + thing;
  told = "Left out, as documents of another than " + told + ": ";
  for (std::size_t i = 0; i < std::min(kMostNamed, meant.of_others.size()); ++i) {
    told += (i > 0 ? ", " : "") + meant.of_others[i].name;
  }
  const std::size_t more = meant.of_others.size() - std::min(kMostNamed, meant.of_others.size());
  return told + (more > 0 ? " and " + std::to_string(more) + " more." : ".");
}

// Nobody has said whether a generator is to write.
bool AsDefault(const QuestionOptions& options, const AnswerModels& answer_models) {
  return StyleOf(options, answer_models) == Style::kDefault;
}

std::string HowToHaveItWritten(const AnswerModels& answer_models) {
  if (!answer_models.generator) {
    const Error& missing = answer_models.generator.error();
    return "No answer was written from them, for there is no generator. " + missing.message +
           (missing.next_step.empty() ? "" : " " + missing.next_step);
  }
  return "No answer in sentences: the model that is installed, " + *answer_models.generator +
         ", is too weak to be trusted with one. Better ones: counsel models";
}

}  // namespace

std::optional<Style> StyleNamed(std::string_view name) {
  if (name == "default") return Style::kDefault;
  if (name == "quotes") return Style::kQuotes;
  if (name == "answer") return Style::kAnswer;
  if (name == "memo") return Style::kMemo;
  return std::nullopt;
}

bool Writes(const QuestionOptions& options, const AnswerModels& answer_models) {
  const Style style = StyleOf(options, answer_models);
  if (style == Style::kDefault) return answer_models.generator.has_value() && answer_models.writes_answers;
  return style != Style::kQuotes;
}

asio::awaitable<Result<Answer>> AnswerQuestion(const std::string& question, const QuestionOptions& options,
                                               const AnswerModels& answer_models, store::Store& store,
                                               models::ModelPool& pool, AnswerSink& sink,
                                               companies_house::RegisterEntries* entries) {
  const Clock::time_point began = Clock::now();
  const auto seconds = [began] { return std::chrono::duration<double>(Clock::now() - began).count(); };
  if (Result<void> checked = CheckQuestion(question, options); !checked) co_return Fail(std::move(checked.error()));
  QuestionOptions scope = options;
  if (StyleOf(options, answer_models) == Style::kMemo) scope.framing.style = AnswerStyle::kMemo;
  if (entries != nullptr) {
    Result<RegisterOutcome> told = co_await AnswerFromRegister(question, options, store, *entries, sink);
    if (!told) co_return Fail(std::move(told.error()));
    if (told->answer) {
      told->answer->seconds = seconds();
      co_return std::move(*told->answer);
    }
    if (!told->documents.empty()) scope.documents = std::move(told->documents);
  }
  const std::string& wanted = options.search_text.empty() ? question : options.search_text;
  Result<Evidence> evidence =
      co_await FindEvidence(wanted, scope, EvidenceOf::kPassages, answer_models, store, pool, &sink);
  if (!evidence) co_return Fail(std::move(evidence.error()));
  const std::size_t found = evidence->hits.size();
  const auto nothing = [&](const std::string& missing) {
    std::optional<Meant> meant = evidence->meant;
    Answer answer = WithoutEvidence(std::move(*evidence));
    if (!missing.empty()) answer.text = "No " + missing + " was found. " + answer.text;
    answer.meant = std::move(meant);
    answer.searched_for = wanted;
    answer.found = found;
    answer.seconds = seconds();
    return answer;
  };
  const std::string missing = PlaceNotThere(*evidence);
  // "How long is the Riverside lease?": any span of time in that lease is nearer to an answer than none.
  const bool by_kind = evidence->meant && evidence->meant->says_little &&
                       understanding::WantsValue(understanding::AskedKind(LastLine(evidence->meant->question)));
  Wanted what;
  what.question = evidence->meant ? evidence->meant->question : wanted;
  if (evidence->meant) what.names = evidence->meant->kept_names;
  what.kind = understanding::AskedKind(LastLine(what.question));
  what.things = understanding::NumberedThings(what.question);
  what.says_little = evidence->meant && evidence->meant->says_little;
  const bool weak = evidence->strength < evidence->least && !by_kind;
  const bool nearly = weak && options.min_relevance <= QuestionOptions().min_relevance &&
                      evidence->strength >= kNearly * evidence->least &&
                      HaveAllOfIt(what.question, what.names, what.kind, evidence->passages);
  if (evidence->passages.empty() || (weak && !nearly) || !missing.empty()) {
    co_return nothing(missing);
  }
  // A document calls how long it lasts its term.
  if (by_kind && what.kind == understanding::AnswerKind::kHowLong) what.question += " term";
  // And when it is to be paid, when payment is due.
  const bool paid = by_kind && (what.question.find(" paid") != std::string::npos ||
                                what.question.find(" payable") != std::string::npos);
  if (paid && what.kind == understanding::AnswerKind::kWhen) what.question += " payment due";
  what.vector = &evidence->vector;
  what.last_line = evidence->last_line;
  Result<std::vector<Quote>> quotes = co_await ChooseQuotes(what, evidence->passages, answer_models.embedder, pool);
  if (!quotes) co_return Fail(std::move(quotes.error()));
  const bool whole = !(evidence->meant && evidence->meant->carried) && what.last_line.empty() && !nearly;
  // What is said of Flat 1 is no answer about Flat 7.
  const bool of_another = evidence->unmentioned.all_but_names ||
                          (evidence->unmentioned.another &&
                           (understanding::WantsValue(what.kind) || what.kind == understanding::AnswerKind::kWho));
  // Whoever takes evidence of any strength takes this too.
  if (options.min_relevance > 0 && (of_another || !Answers(what.kind, *quotes, whole))) {
    co_return nothing("");
  }
  if (!quotes->empty()) {
    Result<void> told = sink.OnQuotes(*quotes);
    if (!told) co_return Fail(std::move(told.error()));
  }
  Result<Answer> answer = AnswerInQuotes(*quotes, evidence->passages);
  if (!Writes(options, answer_models) && AsDefault(options, answer_models)) {
    answer->notes.push_back(HowToHaveItWritten(answer_models));
  }
  if (Writes(options, answer_models)) {
    Writing writing(question, scope, answer_models, evidence->passages, *quotes);
    writing.began = began;
    Result<Answer> written = co_await Write(writing, pool, sink);
    if (written && Declines(written->draft)) {
      answer->model = written->model;
      answer->written = std::move(written->written);
      answer->prompt_tokens = written->prompt_tokens;
      answer->completion_tokens = written->completion_tokens;
      answer->notes.push_back(written->model + " was asked to write an answer, and found none in what it read.");
    } else if (written) {
      AddQuotes(*quotes, evidence->passages, &*written);
      answer = std::move(written);
    } else if (!AsDefault(options, answer_models) || written.error().code == ErrorCode::kCancelled) {
      co_return Fail(std::move(written.error()));
    } else {
      // Nobody insisted: the quotes stand, and it is said why nothing is written beneath them.
      answer->notes.push_back("No answer could be written: " + written.error().message);
    }
  }
  if (entries != nullptr) {
    const auto compare = [&](Answer* to) { return AddDisagreements(options, store, *entries, to); };
    co_await AddBeside("The register was not compared", &*answer, compare);
  }
  const auto tell = [&](Answer* to) { return AddNotesOfDocuments(store, to); };
  co_await AddBeside("What in the documents was not read is not known", &*answer, tell);
  if (std::string told = Told(evidence->unmentioned); !told.empty()) answer->notes.push_back(std::move(told));
  if (!evidence->note.empty()) answer->notes.push_back(evidence->note);
  if (std::string told = evidence->meant ? LeftOut(*evidence->meant) : ""; !told.empty()) {
    answer->notes.push_back(std::move(told));
  }
  answer->contradictions = FindContradictions(*quotes, answer->resolved.citations, evidence->passages);
  answer->meant = std::move(evidence->meant);
  answer->searched_for = wanted;
  answer->found = found;
  answer->seconds = seconds();
  co_return answer;
}

asio::awaitable<Result<SearchReply>> SearchPassages(const std::string& query, const QuestionOptions& options,
                                                    const AnswerModels& answer_models, store::Store& store,
                                                    models::ModelPool& pool) {
  if (Result<void> checked = search::CheckTyped(query); !checked) co_return Fail(std::move(checked.error()));
  Result<Evidence> evidence =
      co_await FindEvidence(query, options, EvidenceOf::kHits, answer_models, store, pool, nullptr);
  if (!evidence) co_return Fail(std::move(evidence.error()));
  SearchReply reply;
  for (std::size_t i = 0; i < evidence->hits.size(); ++i) {
    if (evidence->hits[i].relevance < options.min_relevance) continue;
    reply.hits.push_back(std::move(evidence->hits[i]));
    reply.places.push_back(std::move(evidence->places[i]));
  }
  reply.meant = std::move(evidence->meant);
  reply.note = std::move(evidence->note);
  co_return reply;
}

}  // namespace counsel::answers
