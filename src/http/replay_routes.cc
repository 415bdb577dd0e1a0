// POST /api/record/{n}/replay: an answer of the record, written once more from what it was written from; and the
// question asked again today.
#include <charconv>
#include <utility>

#include "answers/writing.h"
#include "host/processor_name.h"
#include "http/answer_models.h"
#include "http/conversation.h"
#include "http/long_work.h"
#include "http/record.h"
#include "http/record_routes.h"
#include "http/replay_differences.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 4 * 1024;

// What a load and a text tell goes into the progress of the work; there is no share of a text that is being written.
class TellProgress : public answers::AnswerSink {
 public:
  explicit TellProgress(const upkeep::Report& report) : report_(report) {}
  Result<void> OnStatus(std::string_view stage, std::string_view model, double progress) override {
    return upkeep::Tell(report_, progress, std::string(stage) + (model.empty() ? "" : " " + std::string(model)));
  }
  Result<void> OnWaiting(std::string_view model, std::size_t) override {
    return upkeep::Tell(report_, 0, "waiting for " + std::string(model));
  }
  Result<void> OnQuotes(const std::vector<answers::Quote>&) override { return {}; }
  Result<void> OnText(std::string_view) override { return upkeep::Tell(report_, 0, "answering"); }

 private:
  const upkeep::Report& report_;
};

// Readable. kNotFound, also when its texts were deleted; kInvalidArgument for what is no question.
asio::awaitable<Result<Json>> ReadQuestion(Call& call, std::int64_t number, const std::string& owner) {
  auto look = [number, &owner](store::Connection& db) { return record::Find(db, number, owner); };
  const Result<record::Kept> kept = co_await call.services.store.Read(look);
  if (!kept) co_return Fail(kept.error());
  Json entry = record::Readable(kept->entry, kept->texts);
  if (entry.value("kind", "") != "question") {
    co_return Fail(
        ErrorCode::kInvalidArgument,
        "Entry " + std::to_string(number) + " of the record is no question, and nothing that could be asked again.",
        "See: counsel record list");
  }
  if (!kept->texts) {
    co_return Fail(ErrorCode::kNotFound,
                   "The texts of entry " + std::to_string(number) + " were deleted, its prompt and answer with them.",
                   "Their digests stay: counsel record show " + std::to_string(number));
  }
  co_return entry;
}

answers::Written PromptOf(const Json& written) {
  answers::Written as;
  for (const Json& message : written["prompt"]) {
    as.prompt.emplace_back(message.value("role", ""), TextIn(message, "content"));
  }
  as.max_tokens = written.value("max_tokens", std::uint32_t{0});
  as.seed = written.value("seed", std::uint32_t{0});
  return as;
}

Json NotWritten(std::string why) {
  return {{"same", nullptr}, {"why", std::move(why)}, {"differences", Json::array()}};
}

// `model`: that is to write, which is installed here or not.
Json WhyNotWritten(const Services& services, const Json& said) {
  if (!said.contains("written")) return NotWritten("It was written by a Counsel that did not keep prompts yet.");
  if (!said["written"].is_object()) return NotWritten("No model wrote it: it has the documents' own sentences.");
  const std::string name = said["model"].value("name", "");
  const Result<const models::ModelEntry*> entry = services.catalogue.Find(name);
  if (!entry) return NotWritten("The model that wrote it, " + name + ", is not known here any more.");
  if ((*entry)->remote) {
    return NotWritten("It was written by another machine (" + (*entry)->remote->host() +
                      "), which need not write the same twice; the prompt is not sent there again.");
  }
  return nullptr;
}

asio::awaitable<Result<Json>> WriteAgain(Call& call, const Json& then, const upkeep::Report& report) {
  const Json& said = then["said"];
  Json why = WhyNotWritten(call.services, said);
  if (!why.is_null()) co_return why;
  const std::string model = said["model"].value("name", "");
  const answers::Written as = PromptOf(said["written"]);
  TellProgress sink(report);
  Result<answers::Written> again = co_await answers::WriteAgain(as, model, call.services.pool, sink);
  if (!again) co_return Fail(std::move(again.error()));
  const auto ask = [](store::Connection&) -> Result<std::string> { return host::ProcessorName(); };
  Result<std::string> processor = co_await call.services.store.Read(ask);
  if (!processor) co_return Fail(std::move(processor.error()));
  Json now = Json::object();
  now["program"] = "counsel " + call.services.version;
  now["said"]["model"] = ModelJson(call.services, model);
  now["said"]["model"]["flags"] = again->flags;
  now["said"]["written"] = {{"alone", again->alone},
                            {"cached_tokens", again->cached_tokens},
                            {"engine", again->engine},
                            {"processor", *processor}};
  const std::string before = TextIn(said["written"], "text");
  const bool same = before == again->text;
  Json told = {{"same", same},
               {"why", nullptr},
               {"then", before},
               {"now", again->text},
               {"differences", CircumstancesThatDiffer(then, now)}};
  if (!same) told["first_difference"] = FirstDifference(before, again->text);
  co_return told;
}

// What it was asked with. kInvalidArgument: it cannot be read.
Result<answers::QuestionOptions> OptionsOf(const Json& said) {
  const Json& settings = said["settings"];
  answers::QuestionOptions options;
  const std::optional<answers::Style> style = answers::StyleNamed(settings.value("style", ""));
  const std::string relevance = settings.value("min_relevance", "");
  const auto [end, failed] =
      std::from_chars(relevance.data(), relevance.data() + relevance.size(), options.min_relevance);
  if (!style || failed != std::errc() || end != relevance.data() + relevance.size()) {
    return Fail(ErrorCode::kInvalidArgument, "The settings of this entry cannot be read.",
                "Ask its question anew: counsel ask");
  }
  options.style = *style;
  options.max_passages = settings.value("limit", options.max_passages);
  options.max_tokens = settings.value("max_tokens", options.max_tokens);
  options.everywhere = settings.value("everywhere", false);
  options.documents = settings.value("documents", std::vector<std::string>());
  if (settings.contains("patience_seconds")) {
    options.patience.emplace(settings.value("patience_seconds", std::int64_t{0}));
  }
  for (const Json& matter : said["matters"]) options.matters.push_back(matter.value("text", ""));
  options.search_text = TextIn(said, "searched_for");
  return options;
}

// It is a question like others, and put into the record; what was said before it in its conversation is not told again.
asio::awaitable<Result<Json>> AskAgain(Call& call, const Json& then, const upkeep::Report& report) {
  Result<answers::QuestionOptions> options = OptionsOf(then["said"]);
  if (!options) co_return Fail(std::move(options.error()));
  Result<answers::AnswerModels> chosen = ChooseModels(call.services, true);
  if (!chosen) co_return Fail(std::move(chosen.error()));
  Answered asked;
  asked.question = TextIn(then["said"], "question");
  asked.began = UnixSeconds();
  TellProgress sink(report);
  Result<answers::Answer> answer = co_await answers::AnswerQuestion(
      asked.question, *options, *chosen, call.services.store, call.services.pool, sink, &call.services.entries);
  if (!answer) co_return Fail(std::move(answer.error()));
  Json whole = AnswerJson(*answer);
  co_await KeepInRecord(call, asked, *options, *chosen, *answer, &whole);
  if (whole["record"].is_null()) {
    co_return Fail(ErrorCode::kUnavailable, whole["notes"].back().get<std::string>(), "Try again.");
  }
  const std::int64_t number = whole["record"];
  const std::string of_all;
  Result<Json> now = co_await ReadQuestion(call, number, of_all);
  if (!now) co_return Fail(std::move(now.error()));
  Json told = AnswersCompared(then, *now);
  told["record"] = number;
  told["differences"] =
      then["said"].value("written", Json()).is_object() ? CircumstancesThatDiffer(then, *now) : Json::array();
  co_return told;
}

asio::awaitable<Result<Json>> RunReplay(Call& call, std::int64_t number, Json then, bool now, upkeep::Report report) {
  Json told = {{"number", number}, {"replay", nullptr}, {"now", nullptr}};
  if (now) {
    Result<Json> asked = co_await AskAgain(call, then, report);
    if (!asked) co_return Fail(std::move(asked.error()));
    told["now"] = std::move(*asked);
    co_return told;
  }
  Result<Json> written = co_await WriteAgain(call, then, report);
  if (!written) co_return Fail(std::move(written.error()));
  told["replay"] = std::move(*written);
  co_return told;
}

// POST /api/record/{n}/replay {now?}
asio::awaitable<Result<void>> Replay(Call& call) {
  ASSIGN_OR_CO_RETURN(const std::int64_t number, ReadEntryNumber(call.parameters["n"]));
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"now"}));
  ASSIGN_OR_CO_RETURN(const bool now, BoolMember(body, "now", false));
  const std::string owner = call.caller.user() ? "" : call.caller.name;
  Result<Json> then = co_await ReadQuestion(call, number, owner);
  if (!then) co_return Fail(std::move(then.error()));
  LongWork work = [&call, number, entry = std::move(*then), now](upkeep::Report report) {
    return RunReplay(call, number, entry, now, std::move(report));
  };
  co_return co_await StreamWork(call, std::move(work));
}

}  // namespace

void AddReplayRoutes(std::vector<Route>& routes) {
  routes.push_back({"POST", "/api/record/{n}/replay", Replay});
}

}  // namespace counsel::http
