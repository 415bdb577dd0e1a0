#include "answers/answers.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include <boost/system/system_error.hpp>

#include "answers/evidence.h"
#include "answers/matter_disagreements.h"
#include "answers/nearest_sentence.h"
#include "answers/passages.h"
#include "answers/prompt.h"
#include "answers/register_answer.h"
#include "base/utf8.h"
#include "models/model_client.h"
#include "text/sentences.h"

namespace counsel::answers {
namespace {

using text::Sentence;
using text::SplitSentences;

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kNearestNamed = 3;
// A context that the catalogue does not state.
constexpr std::uint32_t kSmallContext = 2048;
// Of English text, roughly; only for choosing how to load: the prompt itself is counted by the model.
constexpr std::size_t kBytesPerToken = 4;
// What a chat template adds when the server cannot say, as remote ones cannot; the longest known put in 100.
constexpr std::uint32_t kTemplateReserve = 256;

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
  answer.passages = std::move(evidence.passages);
  if (answer.passages.size() > kNearestNamed) answer.passages.resize(kNearestNamed);
  for (std::size_t i = 0; i < answer.passages.size(); ++i) {
    answer.text += (i == 0 ? " The nearest passages: " : "; ") + Place(answer.passages[i]);
  }
  if (!answer.passages.empty()) answer.text += ".";
  if (evidence.pending > 0) answer.text += " " + std::to_string(evidence.pending) + " documents are still being read.";
  return answer;
}

Error NeedsGenerator(Error missing) {
  missing.message = "The documents can be searched, but an answer from them needs a generator. " + missing.message;
  return missing;
}

// What the generator writes, piece by piece. Ends it when it goes round in circles.
class Draft {
 public:
  explicit Draft(AnswerSink& sink) : sink_(sink) {}

  // The error it ends a stream with, when it does so of itself, is not for users: see `enough`.
  asio::awaitable<Result<void>> Take(std::string_view piece) {
    text_ += piece;
    Result<void> told = sink_.OnText(piece);
    if (!told) co_return told;
    if (piece.find_first_of(".!?\n") != std::string_view::npos && Circles()) {
      enough_ = true;
      co_return Fail(ErrorCode::kCancelled, "The model repeats itself.");
    }
    co_return Result<void>();
  }

  [[nodiscard]] bool enough() const { return enough_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  // A sentence of some length stands there for the second time.
  [[nodiscard]] bool Circles() const {
    constexpr std::size_t kShortest = 20;
    constexpr int kMost = 2;
    std::map<std::string_view, int> seen;
    for (const Sentence& sentence : SplitSentences(text_)) {
      const std::string_view words = std::string_view(text_).substr(sentence.start, sentence.end - sentence.start);
      if (words.size() >= kShortest && ++seen[words] == kMost) return true;
    }
    return false;
  }

  AnswerSink& sink_;
  std::string text_;
  bool enough_ = false;
};

// Tokens that the model's chat template puts around system and user text.
asio::awaitable<Result<std::uint32_t>> CountTemplate(const models::Lease& lease) {
  std::vector<models::ChatMessage> messages;
  messages.emplace_back("system", "x");
  messages.emplace_back("user", "x");
  Result<std::string> rendered = co_await models::ApplyTemplate(lease, messages);
  if (!rendered) {
    if (rendered.error().code == ErrorCode::kUnsupported) co_return kTemplateReserve;
    co_return Fail(std::move(rendered.error()));
  }
  const std::vector<std::string> texts(1, std::move(*rendered));
  Result<std::vector<std::uint32_t>> counts = co_await models::CountTokens(lease, texts);
  if (!counts) co_return Fail(std::move(counts.error()));
  // One for a mark of beginning that the server may add.
  co_return counts->at(0) + 1;
}

Error DoesNotFit(const models::Lease& lease, std::uint32_t context) {
  return Error(ErrorCode::kTooLarge,
               "The question, one passage and room for an answer do not fit: " + lease.model().name + " reads " +
                   std::to_string(context) + " tokens.",
               "Ask something shorter, allow fewer tokens for the answer, or use a model with a longer context.");
}

asio::awaitable<Result<Prompt>> MakePrompt(const models::Lease& lease, const std::string& question,
                                           const std::vector<Passage>& passages, PromptBudget budget,
                                           const Framing& framing) {
  std::vector<std::string> texts;
  texts.push_back(Instructions(framing.style));
  texts.push_back("Passages:\n\n" + RenderQuestion(question, framing));
  for (const Passage& passage : passages) texts.push_back(RenderPassage(passage));
  Result<std::vector<std::uint32_t>> counts = co_await models::CountTokens(lease, texts);
  if (!counts) co_return Fail(std::move(counts.error()));
  if (counts->size() != texts.size())
    co_return Fail(ErrorCode::kInternal, "The model's server miscounted the texts it was given.");
  Result<std::uint32_t> around = co_await CountTemplate(lease);
  if (!around) co_return Fail(std::move(around.error()));
  budget.template_tokens = *around;
  const std::uint32_t fixed = counts->at(0) + counts->at(1);
  const std::vector<std::uint32_t> passage_tokens(counts->begin() + 2, counts->end());
  Prompt prompt = BuildPrompt(question, passages, passage_tokens, fixed, budget, framing);
  if (!prompt.passages.empty()) co_return prompt;
  if (framing.earlier.empty()) co_return Fail(DoesNotFit(lease, budget.context_tokens));
  // What was asked before gives way to what the documents say.
  Framing shorter = framing;
  shorter.earlier.clear();
  co_return co_await MakePrompt(lease, question, passages, budget, shorter);
}

void Conclude(Prompt prompt, const Draft& draft, Answer* answer) {
  answer->draft = draft.text();
  answer->passages = std::move(prompt.passages);
  answer->left_out = std::move(prompt.left_out);
  answer->resolved = ResolveCitations(answer->draft, answer->passages);
  if (!answer->resolved.citations.empty()) {
    answer->outcome = Outcome::kAnswered;
    answer->text = answer->draft;
    return;
  }
  answer->outcome = Outcome::kUnsupported;
  answer->text = "The documents support no sentence of what the model wrote.";
}

// In the place of an answer that nothing supports: the sentence that comes nearest, quoted.
asio::awaitable<Result<void>> QuoteNearest(const std::string& question, const std::string& embedder,
                                           models::ModelPool& pool, Answer* answer) {
  Result<std::optional<Citation>> nearest = co_await NearestSentence(question, answer->passages, embedder, pool);
  if (!nearest) co_return Fail(std::move(nearest.error()));
  if (!*nearest) co_return Result<void>();
  Citation citation = std::move(**nearest);
  answer->text += " Nearest to the question they say: ";
  citation.answer_start = answer->text.size();
  answer->text += "“" + citation.quote + "”";
  citation.answer_end = answer->text.size();
  answer->text += " [" + std::to_string(citation.n) + "]";
  answer->resolved.citations.push_back(std::move(citation));
  co_return Result<void>();
}

// What stands beside an answer. It is done on a copy: a failure, also one that is thrown, costs only that, and leaves a
// note. `what`: "The register was not compared".
asio::awaitable<void> AddBeside(const char* what, Answer* answer,
                                std::function<asio::awaitable<Result<void>>(Answer*)> add) {
  Answer more = *answer;
  std::string failure;
  try {
    const Result<void> added = co_await add(&more);
    if (!added) failure = added.error().message;
  } catch (const boost::system::system_error&) {
    throw;  // the client has left
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure.empty()) {
    *answer = std::move(more);
  } else {
    answer->notes.push_back(std::string(what) + ": " + failure);
  }
}

// From the passages to an answer, under a lease on the generator.
asio::awaitable<Result<Answer>> Generate(const std::string& question, const QuestionOptions& options,
                                         const models::Lease& lease, const std::vector<Passage>& passages, Draft& draft,
                                         AnswerSink& sink) {
  Result<void> told = sink.OnStatus("reading", lease.model().name, 0);
  if (!told) co_return Fail(std::move(told.error()));
  PromptBudget budget;
  budget.context_tokens = lease.context_tokens() > 0 ? lease.context_tokens() : kSmallContext;
  // At least half of the context is for reading.
  budget.answer_tokens = std::min(options.max_tokens, budget.context_tokens / 2);
  Result<Prompt> prompt = co_await MakePrompt(lease, question, passages, budget, options.framing);
  if (!prompt) co_return Fail(std::move(prompt.error()));

  told = sink.OnStatus("answering", lease.model().name, 0);
  if (!told) co_return Fail(std::move(told.error()));
  models::ChatOptions chat;
  chat.max_tokens = budget.answer_tokens;
  const models::OnText take = [&draft](std::string_view piece) { return draft.Take(piece); };
  Result<models::ChatEnd> end = co_await models::Chat(lease, prompt->messages, chat, take);
  if (!end && !draft.enough()) co_return Fail(std::move(end.error()));

  told = sink.OnStatus("checking", "", 0);
  if (!told) co_return Fail(std::move(told.error()));
  Answer answer;
  answer.model = lease.model().name;
  answer.prompt_tokens = end ? end->prompt_tokens : prompt->tokens;
  answer.completion_tokens = end ? end->completion_tokens : 0;
  Conclude(std::move(*prompt), draft, &answer);
  co_return answer;
}

asio::awaitable<Result<Answer>> Ask(const std::string& question, const QuestionOptions& options,
                                    const std::string& generator, const std::vector<Passage>& passages, bool fall_back,
                                    Clock::time_point began, models::ModelPool& pool, Draft& draft, AnswerSink& sink,
                                    bool* less_next) {
  *less_next = false;
  models::AcquireOptions acquire(options.load_timeout);
  acquire.fall_back = fall_back;
  acquire.slots = 1;
  acquire.arrived = began;
  acquire.tells_reading = true;
  std::size_t bytes = Instructions(options.framing.style).size() + RenderQuestion(question, options.framing).size();
  for (const Passage& passage : passages) bytes += passage.text.size();
  acquire.prompt_tokens = static_cast<std::uint32_t>(bytes / kBytesPerToken);
  Result<models::Lease> lease = co_await AcquireTelling(generator, acquire, pool, &sink);
  if (!lease) co_return Fail(std::move(lease.error()));
  Result<Answer> answer = co_await Generate(question, options, *lease, passages, draft, sink);
  *less_next = lease->less_next();
  // A model that died explains its requests' errors better than they do.
  if (!answer && answer.error().code == ErrorCode::kUnavailable && lease->lost()) co_return Fail(*lease->lost());
  co_return answer;
}

}  // namespace

asio::awaitable<Result<Answer>> AnswerQuestion(const std::string& question, const QuestionOptions& options,
                                               const AnswerModels& answer_models, store::Store& store,
                                               models::ModelPool& pool, AnswerSink& sink,
                                               companies_house::RegisterEntries* entries) {
  const Clock::time_point began = Clock::now();
  const auto seconds = [began] { return std::chrono::duration<double>(Clock::now() - began).count(); };
  if (Result<void> checked = CheckQuestion(question, options); !checked) co_return Fail(std::move(checked.error()));
  QuestionOptions scope = options;
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
  Result<Evidence> evidence = co_await FindEvidence(wanted, scope, answer_models, store, pool, &sink);
  if (!evidence) co_return Fail(std::move(evidence.error()));
  const std::size_t found = evidence->hits.size();
  if (evidence->passages.empty() || evidence->strength < options.min_relevance) {
    Answer answer = WithoutEvidence(std::move(*evidence));
    answer.found = found;
    answer.seconds = seconds();
    co_return answer;
  }
  if (!answer_models.generator) co_return Fail(NeedsGenerator(answer_models.generator.error()));
  const std::string& generator = *answer_models.generator;
  Draft draft(sink);
  bool less_next = false;
  Result<Answer> answer =
      co_await Ask(question, options, generator, evidence->passages, false, began, pool, draft, sink, &less_next);
  // A process that died before it wrote a word: its model is loaded again, once, or as long as it then takes less; a
  // remote one's fallback is asked.
  for (int tries = 1; !answer && draft.text().empty(); ++tries) {
    if (!less_next && (answer.error().code != ErrorCode::kUnavailable || tries > 1)) break;
    answer = co_await Ask(question, options, generator, evidence->passages, true, began, pool, draft, sink, &less_next);
  }
  if (!answer) co_return Fail(std::move(answer.error()));
  if (answer->outcome == Outcome::kUnsupported) {
    const auto quote = [&](Answer* to) { return QuoteNearest(wanted, answer_models.embedder, pool, to); };
    co_await AddBeside("The nearest sentence was not looked for", &*answer, quote);
    if (answer->resolved.citations.empty()) answer->text += " These passages come nearest to the question.";
  }
  if (entries != nullptr) {
    const auto compare = [&](Answer* to) { return AddDisagreements(options, store, *entries, to); };
    co_await AddBeside("The register was not compared", &*answer, compare);
  }
  answer->found = found;
  answer->seconds = seconds();
  co_return answer;
}

asio::awaitable<Result<SearchReply>> SearchPassages(const std::string& query, const QuestionOptions& options,
                                                    const AnswerModels& answer_models, store::Store& store,
                                                    models::ModelPool& pool) {
  Result<Evidence> evidence = co_await FindEvidence(query, options, answer_models, store, pool, nullptr);
  if (!evidence) co_return Fail(std::move(evidence.error()));
  SearchReply reply;
  for (std::size_t i = 0; i < evidence->hits.size(); ++i) {
    if (evidence->hits[i].relevance < options.min_relevance) continue;
    reply.hits.push_back(std::move(evidence->hits[i]));
    reply.places.push_back(std::move(evidence->places[i]));
  }
  co_return reply;
}

}  // namespace counsel::answers
