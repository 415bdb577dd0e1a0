#include "http/record.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "host/processor_name.h"
#include "http/conversation.h"
#include "record/retention.h"
#include "search/search.h"

namespace counsel::http {

namespace asio = boost::asio;

namespace {

// "anna"; "uid 1000" where the system has no name for it.
const std::string& AccountName() {
  static const std::string name = [] {
    std::vector<char> room(16 * 1024);
    passwd entry{};
    passwd* found = nullptr;
    const bool read = ::getpwuid_r(::getuid(), &entry, room.data(), room.size(), &found) == 0 && found != nullptr;
    return read ? std::string(found->pw_name) : "uid " + std::to_string(::getuid());
  }();
  return name;
}

// The entry of one question. Numbers are whole, or text: JSON writes others in more than one way.
class QuestionEntry {
 public:
  QuestionEntry(const Answered& asked, const answers::QuestionOptions& options, const answers::Answer& answer)
      : entry_("question") {
    Json& said = entry_.said;
    said["question"] = entry_.Text(asked.question);
    if (answer.searched_for != asked.question) said["searched_for"] = entry_.Text(answer.searched_for);
    if (!asked.conversation.name.empty()) said["conversation"] = entry_.Text(asked.conversation.name);
    said["settings"] = Settings(options);
    said["matters"] = entry_.TextsOf(options.matters);
    said["answer"] = entry_.Text(answer.text);
    if (answer.draft != answer.text && !answer.draft.empty()) said["draft"] = entry_.Text(answer.draft);
    said["sentences"] = Json::array();
    for (const answers::AnswerSentence& sentence : answer.resolved.sentences) AddSentence(sentence);
    said["citations"] = Json::array();
    for (const answers::Citation& citation : answer.resolved.citations) {
      Json json = PlaceOf(citation);
      json["supported"] = citation.supported;
      json["answer_start"] = citation.answer_start;
      json["answer_end"] = citation.answer_end;
      said["citations"].push_back(std::move(json));
    }
    said["quotes"] = Json::array();
    for (const answers::Quote& quote : answer.quotes) said["quotes"].push_back(PlaceOf(quote.citation));
    said["read"] = PassagesOf(answer.passages);
    said["left_out"] = PassagesOf(answer.left_out);
    said["notes"] = entry_.TextsOf(answer.notes);
    said["written"] = Written(answer);
    entry_.matters = options.matters.empty() ? MattersOf(answer) : options.matters;
  }

  record::Entry& entry() { return entry_; }

 private:
  static Json Settings(const answers::QuestionOptions& options) {
    Json settings = {{"style", StyleName(options.style)},
                     {"limit", options.max_passages},
                     {"min_relevance", Dump(Json(options.min_relevance))},
                     {"max_tokens", options.max_tokens},
                     {"everywhere", options.everywhere},
                     {"documents", options.documents}};
    if (options.patience) settings["patience_seconds"] = options.patience->count();
    return settings;
  }

  void AddSentence(const answers::AnswerSentence& sentence) {
    entry_.said["sentences"].push_back({{"start", sentence.start},
                                        {"end", sentence.end},
                                        {"needs_support", sentence.needs_support},
                                        {"grade", std::string(judging::GradeName(sentence.grade))},
                                        {"differences", entry_.TextsOf(sentence.differences)},
                                        {"why_not", entry_.Text(sentence.why_not)}});
  }

  // What the generator was given and what it wrote; null where none was asked. The processor comes later (it blocks).
  Json Written(const answers::Answer& answer) {
    if (!answer.written) return nullptr;
    const answers::Written& written = *answer.written;
    Json prompt = Json::array();
    for (const models::ChatMessage& message : written.prompt) {
      prompt.push_back({{"role", message.role}, {"content", entry_.Text(message.content)}});
    }
    return {{"prompt", std::move(prompt)},      {"text", entry_.Text(written.text)},
            {"max_tokens", written.max_tokens}, {"seed", written.seed},
            {"alone", written.alone},           {"cached_tokens", written.cached_tokens},
            {"engine", written.engine}};
  }

  Json PlaceOf(const answers::Citation& citation) {
    return {{"n", citation.n},
            {"document", citation.document},
            {"name", entry_.Text(citation.name)},
            {"inside", entry_.Text(citation.inside)},
            {"page", citation.page},
            {"start", citation.start},
            {"end", citation.end},
            {"heading", entry_.Text(citation.heading)},
            {"quote", entry_.Text(citation.quote)}};
  }

  // Their texts stand in the documents: a digest is enough to show what was read.
  Json PassagesOf(const std::vector<answers::Passage>& passages) {
    Json all = Json::array();
    for (const answers::Passage& passage : passages) {
      all.push_back({{"n", passage.n},
                     {"document", passage.document},
                     {"page", passage.page},
                     {"start", passage.start},
                     {"end", passage.end},
                     {"digest", entry_.DigestOf(passage.text)}});
    }
    return all;
  }

  static std::vector<std::string> MattersOf(const answers::Answer& answer) {
    std::vector<std::string> matters;
    for (const std::vector<answers::Passage>* passages : {&answer.passages, &answer.left_out}) {
      for (const answers::Passage& passage : *passages) matters.push_back(passage.matter);
    }
    std::sort(matters.begin(), matters.end());
    matters.erase(std::unique(matters.begin(), matters.end()), matters.end());
    return matters;
  }

  record::Entry entry_;
};

const models::ModelEntry* EntryOf(const Services& services, const std::string& name) {
  const Result<const models::ModelEntry*> found = services.catalogue.Find(name);
  return found ? *found : nullptr;
}

// The generator that wrote; null where none was asked.
Json ModelOf(const Services& services, const answers::Answer& answer) {
  if (answer.model.empty()) return nullptr;
  Json json = ModelJson(services, answer.model);
  json["prompt_tokens"] = answer.prompt_tokens;
  json["completion_tokens"] = answer.completion_tokens;
  json["temperature"] = 0;
  const models::ModelEntry* entry = EntryOf(services, answer.model);
  if (entry == nullptr) return json;
  if (entry->remote) json["host"] = entry->remote->host();
  for (const models::ModelStatus& status : services.pool.Status()) {
    if (status.name != answer.model) continue;
    json["flags"] = answer.written ? answer.written->flags : status.flags;
    json["context_tokens"] = status.context_tokens;
    json["slots"] = status.slots;
  }
  return json;
}

// What was sent to other machines, and to whom.
Json LeftMachine(const Services& services, const Answered& asked, const answers::QuestionOptions& options,
                 const answers::AnswerModels& answer_models, const answers::Answer& answer) {
  Json left = Json::array();
  const models::ModelEntry* embedder = EntryOf(services, answer_models.embedder);
  if (embedder != nullptr && embedder->remote) {
    left.push_back({{"to", embedder->remote->host()}, {"what", "what was searched for"}});
  }
  const models::ModelEntry* generator = answer_models.generator ? EntryOf(services, *answer_models.generator) : nullptr;
  const bool asked_it = answers::Writes(options, answer_models) && answer.outcome != answers::Outcome::kNoEvidence &&
                        !answer.register_reading;
  if (generator != nullptr && generator->remote && asked_it) {
    left.push_back({{"to", generator->remote->host()},
                    {"what", "the question, what was asked before it in the conversation, the passages read"}});
  }
  if (answer.register_reading && answer.register_reading->read_at >= asked.began) {
    left.push_back({{"to", "Companies House"}, {"what", "the company's number"}});
  }
  return left;
}

asio::awaitable<Result<std::int64_t>> Append(Call& call, const Answered& asked, const answers::QuestionOptions& options,
                                             const answers::AnswerModels& answer_models, const answers::Answer& answer,
                                             const Json& whole) {
  QuestionEntry question(asked, options, answer);
  record::Entry& entry = question.entry();
  entry.said["outcome"] = whole["outcome"];
  entry.said["model"] = ModelOf(call.services, answer);
  entry.said["left_machine"] = LeftMachine(call.services, asked, options, answer_models, answer);
  if (!whole["disagreements"].empty()) entry.said["disagreements"] = entry.Text(Dump(whole["disagreements"]));
  if (!whole["contradictions"].empty()) entry.said["contradictions"] = entry.Text(Dump(whole["contradictions"]));
  if (!whole["register"].is_null()) entry.said["register"] = entry.Text(Dump(whole["register"]));
  (void)WithoutQuotes(whole, &entry.documents);
  auto look = [&options](store::Connection& db) {
    return record::VisibleDocuments(db, options.matters, options.documents);
  };
  Result<record::Visible> visible = co_await call.services.store.Read(look);
  if (!visible) co_return Fail(std::move(visible.error()));
  entry.said["visible"] = {{"documents", visible->count}, {"sha256", visible->sha256}};
  const bool from_earlier = !options.framing.earlier.empty();
  auto work = [&](store::Connection& db) -> Result<std::int64_t> {
    const record::Actor actor = ActorOf(call.caller);
    entry.owner = actor.owner;
    entry.person = actor.person;
    if (entry.said["written"].is_object()) entry.said["written"]["processor"] = host::ProcessorName();
    if (from_earlier) {
      ASSIGN_OR_RETURN(const std::vector<std::string> earlier,
                       answers::EarlierDocuments(db, asked.conversation, options.matters));
      entry.documents.insert(entry.documents.end(), earlier.begin(), earlier.end());
    }
    return record::Append(db, entry, UnixSeconds());
  };
  co_return co_await call.services.store.Write(work);
}

}  // namespace

std::int64_t UnixSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Json ModelJson(const Services& services, const std::string& name) {
  Json json = {{"name", name}, {"files", Json::array()}};
  const models::ModelEntry* entry = EntryOf(services, name);
  if (entry == nullptr) return json;
  for (const models::ModelFile& file : entry->files) {
    json["files"].push_back({{"sha256", file.sha256}, {"bytes", file.bytes}});
  }
  return json;
}

record::Actor ActorOf(const Caller& caller) {
  record::Actor actor;
  actor.owner = caller.name;
  actor.person = caller.user() ? Json{{"account", AccountName()}} : Json{{"token", caller.name}};
  return actor;
}

asio::awaitable<void> KeepInRecord(Call& call, const Answered& asked, const answers::QuestionOptions& options,
                                   const answers::AnswerModels& answer_models, const answers::Answer& answer,
                                   Json* whole) {
  std::string failure;
  (*whole)["record"] = nullptr;
  try {
    const Result<std::int64_t> number = co_await Append(call, asked, options, answer_models, answer, *whole);
    if (number) {
      (*whole)["record"] = *number;
    } else {
      failure = number.error().message;
    }
  } catch (const boost::system::system_error&) {
    throw;
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure.empty()) co_return;
  spdlog::error("an answer is not in the record: {}", failure);
  (*whole)["notes"].push_back("This answer is not in the record: " + failure);
}

asio::awaitable<Result<std::int64_t>> KeepRetention(Services& services) {
  auto work = [](store::Connection& db) -> Result<std::int64_t> {
    const record::Actor nobody;
    ASSIGN_OR_RETURN(const std::int64_t deleted, record::KeepRetention(db, nobody, UnixSeconds()));
    if (deleted > 0) RETURN_IF_ERROR(search::RequestPurge(db));
    return deleted;
  };
  Result<std::int64_t> deleted = co_await services.store.Write(work);
  if (!deleted || *deleted == 0) co_return deleted;
  Result<void> purged = co_await services.ingest.Purge();
  if (!purged) co_return Fail(std::move(purged.error()));
  co_return deleted;
}

asio::awaitable<void> KeepRetentionDaily(Services& services, asio::steady_timer& timer) {
  const auto never = asio::steady_timer::time_point::max();
  while (timer.expiry() != never) {
    const Result<std::int64_t> deleted = co_await KeepRetention(services);
    if (!deleted) spdlog::warn("texts of the record are kept for too long: {}", deleted.error().ToString());
    if (timer.expiry() == never) co_return;
    timer.expires_after(std::chrono::hours(24));
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> SayDeletedInRecord(Call& call) {
  auto work = [&call](store::Connection& db) {
    const record::Actor actor = ActorOf(call.caller);
    return record::SayDeleted(db, actor, UnixSeconds());
  };
  const Result<void> said = co_await call.services.store.Write(work);
  if (!said) spdlog::warn("a deletion is not in the record yet: {}", said.error().message);
}

}  // namespace counsel::http
