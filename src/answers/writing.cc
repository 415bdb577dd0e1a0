#include "answers/writing.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "answers/evidence.h"
#include "answers/excerpts.h"
#include "answers/prompt.h"
#include "models/model_client.h"
#include "text/sentences.h"

namespace counsel::answers {
namespace {

namespace asio = boost::asio;

// A context that the catalogue does not state.
constexpr std::uint32_t kSmallContext = 2048;
// Of English text, roughly; only for choosing how to load: the prompt itself is counted by the model.
constexpr std::size_t kBytesPerToken = 4;
// What a chat template adds when the server cannot say, as remote ones cannot; the longest known put in 100.
constexpr std::uint32_t kTemplateReserve = 256;

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
    for (const text::Sentence& sentence : text::SplitSentences(text_)) {
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

// `found`: all passages that were found, of which the model read some.
void Conclude(Prompt prompt, const Draft& draft, const std::vector<Passage>& found, Answer* answer) {
  answer->draft = draft.text();
  answer->passages = std::move(prompt.passages);
  answer->left_out = std::move(prompt.left_out);
  answer->resolved = ResolveCitations(answer->draft, answer->passages, found);
  if (!answer->resolved.citations.empty()) {
    answer->outcome = Outcome::kAnswered;
    answer->text = answer->draft;
    return;
  }
  answer->outcome = Outcome::kUnsupported;
  answer->text = "The documents support no sentence of what the model wrote.";
}

// Under a lease on the generator. What it repeats is cut off, which is no error.
asio::awaitable<Result<models::ChatEnd>> Speak(const models::Lease& lease, Draft& draft, bool read_anew,
                                               Written* written) {
  models::ChatOptions chat;
  chat.max_tokens = written->max_tokens;
  chat.seed = written->seed;
  chat.read_anew = read_anew;
  const models::OnText take = [&draft](std::string_view piece) { return draft.Take(piece); };
  Result<models::ChatEnd> end = co_await models::Chat(lease, written->prompt, chat, take);
  written->text = draft.text();
  written->alone = lease.alone();
  written->flags = lease.flags();
  if (!end && draft.enough()) co_return models::ChatEnd();
  if (!end) co_return Fail(std::move(end.error()));
  if (end->read_tokens > 0 && end->read_tokens < end->prompt_tokens) {
    written->cached_tokens = end->prompt_tokens - end->read_tokens;
  }
  written->engine = end->engine;
  co_return end;
}

// From the passages to an answer, under a lease on the generator.
asio::awaitable<Result<Answer>> Generate(const Writing& writing, const models::Lease& lease, Draft& draft,
                                         AnswerSink& sink) {
  Result<void> told = sink.OnStatus("reading", lease.model().name, 0);
  if (!told) co_return Fail(std::move(told.error()));
  PromptBudget budget;
  budget.context_tokens = lease.context_tokens() > 0 ? lease.context_tokens() : kSmallContext;
  // At least half of the context is for reading.
  budget.answer_tokens = std::min(writing.options.max_tokens, budget.context_tokens / 2);
  const std::chrono::seconds patience = writing.options.patience.value_or(writing.models.patience);
  const std::uint32_t readable = ReadableTokens(lease.model(), lease.times().reading.tokens_per_second(), patience,
                                                std::thread::hardware_concurrency());
  Excerpts excerpts = MakeExcerpts(writing.passages, writing.quotes, readable);
  Result<Prompt> prompt =
      co_await MakePrompt(lease, writing.question, excerpts.passages, budget, writing.options.framing);
  if (!prompt) co_return Fail(std::move(prompt.error()));

  told = sink.OnStatus("answering", lease.model().name, 0);
  if (!told) co_return Fail(std::move(told.error()));
  Answer answer;
  answer.written.emplace();
  answer.written->prompt = prompt->messages;
  answer.written->max_tokens = budget.answer_tokens;
  answer.written->seed = models::ChatOptions().seed;
  Result<models::ChatEnd> end = co_await Speak(lease, draft, false, &*answer.written);
  if (!end) co_return Fail(std::move(end.error()));

  told = sink.OnStatus("checking", "", 0);
  if (!told) co_return Fail(std::move(told.error()));
  answer.model = lease.model().name;
  answer.prompt_tokens = end->prompt_tokens > 0 ? end->prompt_tokens : prompt->tokens;
  answer.completion_tokens = end->completion_tokens;
  Conclude(std::move(*prompt), draft, writing.passages, &answer);
  answer.left_out.insert(answer.left_out.end(), excerpts.left_out.begin(), excerpts.left_out.end());
  co_return answer;
}

asio::awaitable<Result<Answer>> Ask(const Writing& writing, bool fall_back, models::ModelPool& pool, Draft& draft,
                                    AnswerSink& sink, bool* less_next) {
  *less_next = false;
  models::AcquireOptions acquire(writing.options.load_timeout);
  acquire.fall_back = fall_back;
  acquire.slots = 1;
  acquire.arrived = writing.began;
  acquire.tells_reading = true;
  const Framing& framing = writing.options.framing;
  std::size_t bytes = Instructions(framing.style).size() + RenderQuestion(writing.question, framing).size();
  for (const Passage& passage : writing.passages) bytes += passage.text.size();
  acquire.prompt_tokens = static_cast<std::uint32_t>(bytes / kBytesPerToken);
  Result<models::Lease> lease = co_await AcquireTelling(*writing.models.generator, acquire, pool, &sink);
  if (!lease) co_return Fail(std::move(lease.error()));
  Result<Answer> answer = co_await Generate(writing, *lease, draft, sink);
  *less_next = lease->less_next();
  // A model that died explains its requests' errors better than they do.
  if (!answer && answer.error().code == ErrorCode::kUnavailable && lease->lost()) co_return Fail(*lease->lost());
  co_return answer;
}

}  // namespace

asio::awaitable<Result<Answer>> Write(const Writing& writing, models::ModelPool& pool, AnswerSink& sink) {
  if (!writing.models.generator) co_return Fail(NeedsGenerator(writing.models.generator.error()));
  Draft draft(sink);
  bool less_next = false;
  Result<Answer> answer = co_await Ask(writing, false, pool, draft, sink, &less_next);
  for (int tries = 1; !answer && draft.text().empty(); ++tries) {
    if (!less_next && (answer.error().code != ErrorCode::kUnavailable || tries > 1)) break;
    answer = co_await Ask(writing, true, pool, draft, sink, &less_next);
  }
  co_return answer;
}

asio::awaitable<Result<Written>> WriteAgain(const Written& as, const std::string& model, models::ModelPool& pool,
                                            AnswerSink& sink) {
  constexpr std::chrono::milliseconds kLoad{300'000};
  models::AcquireOptions acquire(kLoad);
  acquire.slots = 1;
  acquire.tells_reading = true;
  std::size_t bytes = 0;
  for (const models::ChatMessage& message : as.prompt) bytes += message.content.size();
  acquire.prompt_tokens = static_cast<std::uint32_t>(bytes / kBytesPerToken);
  Result<models::Lease> lease = co_await AcquireTelling(model, acquire, pool, &sink);
  if (!lease) co_return Fail(std::move(lease.error()));
  Written written;
  written.prompt = as.prompt;
  written.max_tokens = as.max_tokens;
  written.seed = as.seed;
  Draft draft(sink);
  Result<void> told = sink.OnStatus("answering", model, 0);
  if (!told) co_return Fail(std::move(told.error()));
  Result<models::ChatEnd> end = co_await Speak(*lease, draft, true, &written);
  if (!end) co_return Fail(std::move(end.error()));
  co_return written;
}

}  // namespace counsel::answers
