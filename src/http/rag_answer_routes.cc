// The first product's POST /api/rag/answer: a question to the documents of matter "general".
#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "answers/confidence.h"
#include "answers/passages.h"
#include "answers/register_answer.h"
#include "base/utf8.h"
#include "http/answer_models.h"
#include "http/conversation.h"
#include "http/detail.h"
#include "http/query_value.h"
#include "http/record.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

// A question is at most answers::kMaxQuestionBytes; JSON escapes make it longer.
constexpr std::size_t kBodyLimit = 256 * 1024;
constexpr std::int64_t kExcerpt = 200;  // code points
constexpr std::int64_t kMostTokens = 8192;

const std::vector<Field>& Fields() {
  static const std::vector<Field> fields = {
      Field::Required("question", FieldType::kString),
      Field::Optional("session_id", FieldType::kString, nullptr),
      Field::Optional("max_chunks", FieldType::kInteger, 15),
      Field::Optional("min_relevance", FieldType::kNumber, 0.2),
      Field::Optional("include_sources", FieldType::kBoolean, true),
      Field::Choice("response_style", {"concise", "detailed", "technical"}, "detailed"),
      Field::Optional("max_tokens", FieldType::kInteger, 500),
      Field::Optional("matter_type", FieldType::kString, "litigation"),
      Field::Optional("analysis_style", FieldType::kString, "comprehensive"),
      Field::Optional("focus_area", FieldType::kString, "liability"),
  };
  return fields;
}

struct Asked {
  Asked() = default;
  std::string question;
  std::string session;  // "" for none
  bool include_sources = true;
  answers::QuestionOptions options;
};

Result<std::int64_t> Between(const Json& values, const char* name, std::int64_t least, std::int64_t most) {
  const std::int64_t value = values[name];
  if (value >= least && value <= most) return value;
  return Fail(ErrorCode::kInvalidArgument,
              std::string(name) + " must be between " + std::to_string(least) + " and " + std::to_string(most) + ".");
}

answers::AnswerStyle StyleOf(const std::string& name) {
  if (name == "concise") return answers::AnswerStyle::kConcise;
  return name == "technical" ? answers::AnswerStyle::kTechnical : answers::AnswerStyle::kDetailed;
}

// "litigation, comprehensive analysis, focus on liability"
std::string BackgroundOf(const Json& values) {
  std::string background;
  const auto add = [&](const char* before, const char* name, const char* behind) {
    const std::string value = values[name];
    if (value.find_first_not_of(" \t\r\n") == std::string::npos) return;
    constexpr std::int64_t kMostOfOne = 40;
    background += background.empty() ? "" : ", ";
    background +=
        before + std::string(SliceCodePoints(value, 0, std::min(kMostOfOne, CountCodePoints(value)))) + behind;
  };
  add("", "matter_type", "");
  add("", "analysis_style", " analysis");
  add("focus on ", "focus_area", "");
  return background;
}

Result<Asked> ReadAsked(const Json& values) {
  Asked asked;
  asked.question = values["question"];
  if (!values["session_id"].is_null()) asked.session = values["session_id"];
  if (asked.session.size() > answers::kMaxConversationName) {
    return Fail(ErrorCode::kInvalidArgument, "session_id must be at most 200 bytes long.");
  }
  asked.include_sources = values["include_sources"];
  answers::QuestionOptions& options = asked.options;
  options.matters.emplace_back(documents::kDefaultMatter);
  // Its clients ask for written answers.
  options.style = answers::Style::kAnswer;
  Result<std::int64_t> chunks = Between(values, "max_chunks", 1, 30);
  if (!chunks) return Fail(std::move(chunks.error()));
  options.max_passages = static_cast<std::size_t>(*chunks);
  options.min_relevance = values["min_relevance"];
  if (!(options.min_relevance >= 0 && options.min_relevance <= 1)) {
    return Fail(ErrorCode::kInvalidArgument, "min_relevance must be between 0 and 1.");
  }
  Result<std::int64_t> tokens = Between(values, "max_tokens", 1, kMostTokens);
  if (!tokens) return Fail(std::move(tokens.error()));
  options.max_tokens = static_cast<std::uint32_t>(*tokens);
  options.framing.style = StyleOf(values["response_style"]);
  options.framing.background = BackgroundOf(values);
  if (Result<void> checked = answers::CheckQuestion(asked.question, options); !checked) {
    return Fail(std::move(checked.error()));
  }
  return asked;
}

Json SourcesJson(const answers::Answer& answer) {
  std::set<int> cited;
  for (const answers::Citation& citation : answer.resolved.citations) cited.insert(citation.n);
  Json sources = Json::array();
  for (const answers::Passage& passage : answer.passages) {
    const bool cut = CountCodePoints(passage.text) > kExcerpt;
    const std::string_view excerpt = cut ? SliceCodePoints(passage.text, 0, kExcerpt) : std::string_view(passage.text);
    sources.push_back(
        {{"document_id", passage.document},
         {"filename", passage.name},
         {"chunk_id", passage.document + ":" + std::to_string(passage.start) + "-" + std::to_string(passage.end)},
         {"relevance_score", passage.relevance},
         {"text_excerpt", std::string(excerpt) + (cut ? "..." : "")},
         {"cited", cited.count(passage.n) > 0},
         {"start", passage.start},
         {"end", passage.end},
         {"page", passage.page > 0 ? Json(passage.page) : Json(nullptr)}});
  }
  return sources;
}

// The generator, and which one it stands in for.
std::string ModelUsed(const answers::Answer& answer, const Services& services) {
  if (answer.register_reading) return "register";
  if (answer.model.empty()) return "none";
  const Result<models::Catalogue::Choice> choice = services.generator();
  if (!choice || choice->name != answer.model || choice->better.empty()) return answer.model;
  return answer.model + " (in place of " + choice->better + "; get it with: counsel pull " + choice->better + ")";
}

Json ReplyJson(const Asked& asked, const answers::Answer& answer, const Json& whole, const Services& services) {
  const bool without_evidence = answer.outcome == answers::Outcome::kNoEvidence;
  return {{"answer", answer.text},
          {"confidence", answers::Confidence(answer)},
          {"sources", asked.include_sources && !without_evidence ? SourcesJson(answer) : Json::array()},
          {"chunks_analyzed", answer.found},
          {"chunks_used", without_evidence ? 0 : answer.passages.size()},
          {"processing_time", answer.seconds},
          {"model_used", ModelUsed(answer, services)},
          {"outcome", whole["outcome"]},
          {"record", whole["record"]},
          {"citations", whole["citations"]},
          {"prompt_tokens", answer.prompt_tokens},
          {"completion_tokens", answer.completion_tokens}};
}

// In the record and in its conversation; the reply.
asio::awaitable<Json> Keep(Call& call, const Asked& asked, const answers::AnswerModels& answer_models,
                           const answers::Answer& answer) {
  Answered answered;
  answered.question = asked.question;
  answered.conversation = answers::ConversationKey(call.caller.name, asked.session);
  answered.began = UnixSeconds() - static_cast<std::int64_t>(answer.seconds) - 1;
  Json whole = AnswerJson(answer);
  co_await KeepInRecord(call, answered, asked.options, answer_models, answer, &whole);
  co_await Remember(call.services, answered.conversation, asked.question, asked.options, answer, whole);
  Json reply = ReplyJson(asked, answer, whole, call.services);
  if (whole["record"].is_null()) reply["record_problem"] = whole["notes"].back();
  co_return reply;
}

asio::awaitable<Result<void>> AnswerWithoutGenerator(Call& call, const Asked& asked, Error missing) {
  SilentSink sink;
  Result<answers::RegisterOutcome> told = co_await answers::AnswerFromRegister(
      asked.question, asked.options, call.services.store, call.services.entries, sink);
  if (!told) co_return Fail(std::move(told.error()));
  if (!told->answer) co_return Fail(std::move(missing));
  const answers::AnswerModels none;
  Json json = co_await Keep(call, asked, none, *told->answer);
  co_return co_await call.SendJson(std::move(json));
}

asio::awaitable<Result<void>> AnswerIt(Call& call) {
  Result<std::string> body = co_await call.exchange.ReadBody(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  const std::string content_type(net::FindHeader(call.exchange.request().headers, "Content-Type").value_or(""));
  const CheckedRequest checked = CheckBody(*body, content_type, Fields());
  if (checked.status != 200) co_return co_await SendFaults(call, checked);
  Result<Asked> asked = ReadAsked(checked.values);
  if (!asked) co_return Fail(std::move(asked.error()));
  // Only the register answers without a generator; else a missing one is told at once, not only when evidence calls for
  // it.
  Result<models::Catalogue::Choice> generator = InstalledGenerator(call.services);
  if (!generator) co_return co_await AnswerWithoutGenerator(call, *asked, std::move(generator.error()));
  Result<answers::AnswerModels> chosen = ChooseModels(call.services, true);
  if (!chosen) co_return Fail(std::move(chosen.error()));
  const answers::ConversationKey key(call.caller.name, asked->session);
  Result<void> recalled = co_await Recall(call.services, key, asked->question, &asked->options);
  if (!recalled) co_return Fail(std::move(recalled.error()));
  SilentSink sink;
  Result<answers::Answer> answer = co_await answers::AnswerQuestion(
      asked->question, asked->options, *chosen, call.services.store, call.services.pool, sink, &call.services.entries);
  if (!answer) co_return Fail(std::move(answer.error()));
  Json json = co_await Keep(call, *asked, *chosen, *answer);
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddRagAnswerRoutes(std::vector<Route>& routes) {
  routes.push_back({"POST", "/api/rag/answer", AnswerIt, {kAnyName}});
}

}  // namespace counsel::http
