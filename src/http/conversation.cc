#include "http/conversation.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "http/tell_all.h"

namespace counsel::http {

namespace asio = boost::asio;

namespace {

// Exchanges that are looked through for the last answer that stood on something.
constexpr std::int64_t kLookedBack = 10;

bool IsPlace(const Json& json) {
  const auto is = [&json](const char* name, bool (Json::*kind)() const noexcept) {
    const auto member = json.find(name);
    return member != json.end() && ((*member).*kind)();
  };
  return is("document", &Json::is_string) && is("start", &Json::is_number_integer) &&
         is("end", &Json::is_number_integer);
}

// Every object within it, itself included.
template <class Work>
void EachObject(Json& json, const Work& work) {
  if (json.is_object()) work(json);
  if (!json.is_structured()) return;
  for (Json& inner : json) EachObject(inner, work);
}

std::int64_t UnixNow() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

Json WithoutQuotes(Json answer, std::vector<std::string>* documents) {
  EachObject(answer, [documents](Json& json) {
    const auto document = json.find("document");
    if (document == json.end() || !document->is_string()) return;
    documents->push_back(*document);
    if (IsPlace(json)) json.erase("quote");
  });
  std::sort(documents->begin(), documents->end());
  documents->erase(std::unique(documents->begin(), documents->end()), documents->end());
  return answer;
}

Json Quoted(store::Connection& db, Json record) {
  EachObject(record, [&db](Json& json) {
    if (!IsPlace(json)) return;
    const std::string document = json["document"];
    Result<std::string> text = documents::GetPassage(db, document, json["start"], json["end"]);
    json["quote"] = text ? *text : "";  // "": it is being read again
  });
  return record;
}

std::vector<std::string> StoodOn(const std::string& record) {
  const Json answer = Json::parse(record, nullptr, false);
  if (!answer.is_object() || answer.value("outcome", Json()) == "no_evidence") return {};
  std::set<std::string> documents;
  const auto take = [&documents](const Json& places) {
    for (const Json& place : places) {
      const auto document = place.find("document");
      if (place.is_object() && document != place.end() && document->is_string()) documents.insert(*document);
    }
  };
  const Json meant = answer.value("searched_in", Json());
  if (meant.is_object() && meant.value("chosen", Json()) == true) {
    take(meant.value("documents", Json()));  // it goes on to be meant, whichever of several answered
  } else {
    take(answer.value("citations", Json()));
  }
  return {documents.begin(), documents.end()};
}

std::string_view StyleName(answers::Style style) {
  for (const std::string_view name : {"quotes", "answer", "memo"}) {
    if (answers::StyleNamed(name) == style) return name;
  }
  return "default";
}

asio::awaitable<Result<void>> Recall(Services& services, const answers::ConversationKey& key,
                                     const std::string& question, answers::QuestionOptions* options) {
  if (key.name.empty()) co_return Result<void>();
  auto work = [&key, options](store::Connection& db) { return answers::Recall(db, key, options->matters); };
  Result<std::vector<answers::Exchange>> earlier = co_await services.store.Read(work);
  if (!earlier) co_return Fail(std::move(earlier.error()));
  options->search_text = answers::SearchText(question, *earlier);
  auto stood_on = [&key, options](store::Connection& db) -> Result<std::vector<std::string>> {
    ASSIGN_OR_RETURN(const std::vector<std::string> records,
                     answers::LastRecords(db, key, options->matters, kLookedBack));
    for (const std::string& record : records) {
      std::vector<std::string> documents = StoodOn(record);
      if (!documents.empty()) return documents;
    }
    return std::vector<std::string>();
  };
  Result<std::vector<std::string>> carried = co_await services.store.Read(stood_on);
  if (!carried) co_return Fail(std::move(carried.error()));
  options->carried = std::move(*carried);
  if (earlier->size() > answers::kPromptedExchanges) {
    earlier->erase(earlier->begin(), earlier->end() - static_cast<std::ptrdiff_t>(answers::kPromptedExchanges));
  }
  options->framing.earlier = std::move(*earlier);
  co_return Result<void>();
}

asio::awaitable<void> Remember(Services& services, const answers::ConversationKey& key, const std::string& question,
                               const answers::QuestionOptions& options, const answers::Answer& answer,
                               const Json& whole) {
  if (key.name.empty()) co_return;
  answers::Kept kept;
  kept.question = question;
  kept.answer = answer.text;
  kept.record = Dump(WithoutQuotes(whole, &kept.documents));
  kept.style = StyleName(options.style);
  kept.matters = options.matters;
  kept.from_earlier = !options.framing.earlier.empty() && (!answer.model.empty() || answer.searched_for != question);
  auto work = [&](store::Connection& db) { return answers::Remember(db, key, kept, UnixNow()); };
  Result<void> written = co_await services.store.Write(work);
  if (!written) spdlog::warn("an answer was not kept in its conversation: {}", written.error().message);
  if (written) TellAll(services, "conversations", Json::object());
}

}  // namespace counsel::http
