// /api/ask and /api/search.
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

#include "http/answer_events.h"
#include "http/answer_models.h"
#include "http/conversation.h"
#include "http/record.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

// A question is at most answers::kMaxQuestionBytes; JSON escapes make it longer.
constexpr std::size_t kBodyLimit = 256 * 1024;

// What is named is all there is to search; a list that names nothing is a mistake, not everything.
Result<std::vector<std::string>> Wall(const Json& body, const char* name) {
  Result<std::vector<std::string>> names = StringsMember(body, name);
  if (names && names->empty() && body.contains(name) && body[name].is_array()) {
    return Fail(ErrorCode::kInvalidArgument, "'" + std::string(name) + "' is an empty list.",
                "Name one or several, or leave it out for all.");
  }
  return names;
}

// `left_out`: what it is when it is left out, in words.
Result<std::int64_t> Whole(const Json& body, const char* name, std::int64_t least, std::int64_t most,
                           std::int64_t fallback, const char* left_out) {
  Result<std::int64_t> number = IntegerMember(body, name, fallback);
  if (!number || (*number >= least && *number <= most)) return number;
  return Fail(ErrorCode::kInvalidArgument,
              "'" + std::string(name) + "' must be from " + std::to_string(least) + " to " + std::to_string(most) +
                  ", not " + std::to_string(*number) + ".",
              "Leave it out " + std::string(left_out) + ".");
}

// "" is the setting's.
Result<answers::Style> ReadStyle(const Json& body) {
  Result<std::string> name = StringMember(body, "style", "");
  if (!name) return Fail(std::move(name.error()));
  if (name->empty()) return answers::Style::kDefault;
  const std::optional<answers::Style> style = answers::StyleNamed(*name);
  if (!style) {
    return Fail(ErrorCode::kInvalidArgument, "'style' must be quotes, answer, memo or default.",
                "Leave it out for what the setting answers.style says.");
  }
  return *style;
}

Result<answers::QuestionOptions> ReadOptions(const Json& body, double min_relevance) {
  answers::QuestionOptions options;
  Result<std::vector<std::string>> matters = Wall(body, "matter");
  if (!matters) return Fail(std::move(matters.error()));
  options.matters = std::move(*matters);
  Result<std::vector<std::string>> documents = Wall(body, "document");
  if (!documents) return Fail(std::move(documents.error()));
  options.documents = std::move(*documents);
  Result<std::int64_t> limit =
      Whole(body, "limit", 1, 30, static_cast<std::int64_t>(options.max_passages), "for 15 passages");
  if (!limit) return Fail(std::move(limit.error()));
  options.max_passages = static_cast<std::size_t>(*limit);
  Result<double> relevance = NumberMember(body, "min_relevance", min_relevance);
  if (!relevance) return Fail(std::move(relevance.error()));
  if (!(*relevance >= 0 && *relevance <= 1)) {
    return Fail(ErrorCode::kInvalidArgument,
                "'min_relevance' must be from 0 to 1, not " + body["min_relevance"].dump() + ".",
                min_relevance > 0 ? "Leave it out for 0.2." : "Leave it out for 0, all that was found.");
  }
  options.min_relevance = *relevance;
  Result<bool> everywhere = BoolMember(body, "everywhere", false);
  if (!everywhere) return Fail(std::move(everywhere.error()));
  options.everywhere = *everywhere;
  Result<std::int64_t> tokens = Whole(body, "max_tokens", 1, 8192, options.max_tokens, "for 500");
  if (!tokens) return Fail(std::move(tokens.error()));
  options.max_tokens = static_cast<std::uint32_t>(*tokens);
  Result<answers::Style> style = ReadStyle(body);
  if (!style) return Fail(std::move(style.error()));
  options.style = *style;
  if (!body.contains("patience_seconds")) return options;
  Result<std::int64_t> patience = Whole(body, "patience_seconds", 0, 3600, 0,
                                        "for the setting answers.patience_seconds; 0 reads all that was found");
  if (!patience) return Fail(std::move(patience.error()));
  options.patience.emplace(*patience);
  return options;
}

// A session is the client's name for a conversation, "" for none.
Result<answers::ConversationKey> ReadSession(const Json& body, const Caller& caller) {
  Result<std::string> name = StringMember(body, "session", "");
  if (!name) return Fail(std::move(name.error()));
  if (name->size() > answers::kMaxConversationName) {
    return Fail(ErrorCode::kInvalidArgument, "'session' is longer than 200 bytes.");
  }
  return answers::ConversationKey(caller.name, *name);
}

// In the record, and in its conversation; the answer as it is told.
asio::awaitable<Json> Keep(Call& call, const Answered& asked, const answers::QuestionOptions& options,
                           const answers::AnswerModels& answer_models, const answers::Answer& answer) {
  Json whole = AnswerJson(answer);
  co_await KeepInRecord(call, asked, options, answer_models, answer, &whole);
  co_await Remember(call.services, asked.conversation, asked.question, options, answer, whole);
  co_return whole;
}

// Answers into the sink and closes it. An error that the sink does not tell is returned.
asio::awaitable<Result<void>> AnswerInto(AnswerEvents& sink, Call& call, const Answered& asked,
                                         const answers::QuestionOptions& options,
                                         const answers::AnswerModels& answer_models) {
  Result<answers::Answer> answer = co_await answers::AnswerQuestion(
      asked.question, options, answer_models, call.services.store, call.services.pool, sink, &call.services.entries);
  Result<void> told;
  if (answer) {
    const Json whole = co_await Keep(call, asked, options, answer_models, *answer);
    const Json citations = {{"citations", whole["citations"]}, {"passages", whole["passages"]}};
    told = sink.Tell("citations", citations);
    if (told) told = sink.Tell("done", whole);
  } else if (sink.told()) {
    told = sink.Tell("error", ErrorJson(answer.error()));
  } else {
    told = Fail(std::move(answer.error()));
  }
  sink.Close();
  co_return told;
}

asio::awaitable<Result<void>> Stream(Call& call, const Answered& asked, const answers::QuestionOptions& options,
                                     const answers::AnswerModels& answer_models) {
  using namespace asio::experimental::awaitable_operators;
  AnswerEvents sink(co_await asio::this_coro::executor);
  auto both = co_await (AnswerInto(sink, call, asked, options, answer_models) && sink.WriteAll(call.exchange));
  Result<void>& told = std::get<0>(both);
  if (!told) co_return Fail(std::move(told.error()));
  Result<void>& written = std::get<1>(both);
  if (!written) co_return Fail(std::move(written.error()));
  co_return co_await call.exchange.End();
}

asio::awaitable<Result<void>> Ask(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<void> known = OnlyMembers(*body, {"question", "stream", "matter", "document", "limit", "min_relevance",
                                           "max_tokens", "style", "patience_seconds", "everywhere", "session"});
  if (!known) co_return Fail(std::move(known.error()));
  Result<std::string> question = StringMember(*body, "question", "");
  if (!question) co_return Fail(std::move(question.error()));
  Result<bool> stream = BoolMember(*body, "stream", true);
  if (!stream) co_return Fail(std::move(stream.error()));
  Result<answers::QuestionOptions> options = ReadOptions(*body, answers::QuestionOptions().min_relevance);
  if (!options) co_return Fail(std::move(options.error()));
  Result<answers::ConversationKey> session = ReadSession(*body, call.caller);
  if (!session) co_return Fail(std::move(session.error()));
  Result<answers::AnswerModels> chosen = ChooseModels(call.services, true);
  if (!chosen) co_return Fail(std::move(chosen.error()));
  Result<void> recalled = co_await Recall(call.services, *session, *question, &*options);
  if (!recalled) co_return Fail(std::move(recalled.error()));
  Answered asked;
  asked.question = *question;
  asked.conversation = *session;
  asked.began = UnixSeconds();
  if (*stream) co_return co_await Stream(call, asked, *options, *chosen);
  SilentSink sink;
  Result<answers::Answer> answer = co_await answers::AnswerQuestion(*question, *options, *chosen, call.services.store,
                                                                    call.services.pool, sink, &call.services.entries);
  if (!answer) co_return Fail(std::move(answer.error()));
  Json whole = co_await Keep(call, asked, *options, *chosen, *answer);
  co_return co_await call.SendJson(std::move(whole));
}

asio::awaitable<Result<void>> Search(Call& call) {
  Result<Json> body = co_await call.ReadJson(kBodyLimit);
  if (!body) co_return Fail(std::move(body.error()));
  Result<void> known = OnlyMembers(*body, {"query", "matter", "document", "limit", "min_relevance", "everywhere"});
  if (!known) co_return Fail(std::move(known.error()));
  Result<std::string> query = StringMember(*body, "query", "");
  if (!query) co_return Fail(std::move(query.error()));
  Result<answers::QuestionOptions> options = ReadOptions(*body, 0);  // the nearest, however far
  if (!options) co_return Fail(std::move(options.error()));
  Result<answers::AnswerModels> chosen = ChooseModels(call.services, false);
  if (!chosen) co_return Fail(std::move(chosen.error()));
  Result<answers::SearchReply> reply =
      co_await answers::SearchPassages(*query, *options, *chosen, call.services.store, call.services.pool);
  if (!reply) co_return Fail(std::move(reply.error()));
  co_return co_await call.SendJson(SearchJson(*reply));
}

}  // namespace

void AddAnswerRoutes(std::vector<Route>& routes) {
  routes.push_back({"POST", "/api/ask", Ask});
  routes.push_back({"POST", "/api/search", Search});
}

}  // namespace counsel::http
