#include "http/word_routes.h"

#include <algorithm>
#include <utility>

#include "answers/conversations.h"
#include "base/offload.h"
#include "http/record.h"
#include "http/record_routes.h"
#include "record/record.h"
#include "word/answers.h"
#include "word/marked_text.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyLimit = 4 * 1024;
constexpr std::size_t kMostQuestions = 500;  // of a conversation: some 10 MB of XML

bool HasTexts(const record::Kept& kept) {
  return kept.texts.has_value() || record::DigestsIn(kept.entry).empty();
}

Result<word::Asked> AskedOf(store::Connection& db, const record::Kept& kept) {
  word::Asked asked;
  asked.number = kept.number;
  asked.entry = record::Readable(kept.entry, kept.texts);
  asked.texts = HasTexts(kept);
  ASSIGN_OR_RETURN(const std::vector<record::Kept> acts, record::ActsOn(db, kept.number));
  for (const record::Kept& act : acts) asked.acts.push_back(record::Readable(act.entry, act.texts));
  return asked;
}

// What its entry is asked for. `owner`: only of this one; "": of all.
Result<word::Asked> FindQuestion(store::Connection& db, std::int64_t number, const std::string& owner,
                                 std::string* asked_by) {
  ASSIGN_OR_RETURN(const record::Kept kept, record::Find(db, number, owner));
  ASSIGN_OR_RETURN(word::Asked asked, AskedOf(db, kept));
  if (word::StringOf(asked.entry, "kind") != "question") {
    return Fail(ErrorCode::kInvalidArgument, "Entry " + std::to_string(number) + " of the record is no question.",
                "Name the entry of a question. See: counsel record list");
  }
  if (!asked.texts) {
    return Fail(ErrorCode::kNotFound, "The texts of entry " + std::to_string(number) + " were deleted.",
                "Only their digests are left: counsel record show " + std::to_string(number));
  }
  *asked_by = kept.owner;
  return asked;
}

Result<std::vector<word::Asked>> FindConversation(store::Connection& db, word::Asked asked, const std::string& asked_by,
                                                  const std::string& owner) {
  const std::string name = word::TextOf(word::Member(asked.entry, "said"), "conversation");
  if (name.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "The question of entry " + std::to_string(asked.number) + " was asked in no conversation.",
                "Leave 'conversation' out.");
  }
  const answers::ConversationKey key(asked_by, name);
  ASSIGN_OR_RETURN(std::vector<std::int64_t> numbers, answers::RecordNumbers(db, key));
  numbers.push_back(asked.number);
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (numbers.size() > kMostQuestions) {
    return Fail(ErrorCode::kTooLarge,
                "The conversation has " + std::to_string(numbers.size()) + " questions; one Word document takes " +
                    std::to_string(kMostQuestions) + ".",
                "Write its questions one by one.");
  }
  std::vector<word::Asked> all;
  for (const std::int64_t number : numbers) {
    ASSIGN_OR_RETURN(const record::Kept kept, record::Find(db, number, owner));
    ASSIGN_OR_RETURN(word::Asked one, AskedOf(db, kept));
    all.push_back(std::move(one));
  }
  return all;
}

// That they were exported is put into the record too. kUnavailable where texts were deleted meanwhile: what was deleted
// does not leave in a file.
Result<void> SayExported(store::Connection& db, const std::vector<word::Asked>& asked, const std::string& words,
                         const record::Actor& actor) {
  for (const word::Asked& one : asked) {
    ASSIGN_OR_RETURN(const record::Kept kept, record::Find(db, one.number, ""));
    if (one.texts && !HasTexts(kept)) {
      return Fail(ErrorCode::kUnavailable, "Texts were deleted while the document was written.", "Write it again.");
    }
    record::Entry entry("exported");
    entry.said["words"] = entry.Text(words);
    entry.of = one.number;
    entry.owner = actor.owner;
    entry.person = actor.person;
    RETURN_IF_ERROR(record::Append(db, std::move(entry), UnixSeconds()));
  }
  return {};
}

// POST /api/record/{n}/docx {checked_only=false, conversation=false}
asio::awaitable<Result<void>> AnswerDocx(Call& call) {
  ASSIGN_OR_CO_RETURN(const std::int64_t number, ReadEntryNumber(call.parameters["n"]));
  ASSIGN_OR_CO_RETURN(const Json body, co_await call.ReadJson(kBodyLimit));
  CO_RETURN_IF_ERROR(OnlyMembers(body, {"checked_only", "conversation"}));
  word::AnswerOptions options;
  ASSIGN_OR_CO_RETURN(options.checked_only, BoolMember(body, "checked_only", false));
  ASSIGN_OR_CO_RETURN(const bool conversation, BoolMember(body, "conversation", false));
  options.made_at = UnixSeconds();
  // A person with a token writes what she asked herself; the user, whose record it is, all of it.
  const std::string owner = call.caller.user() ? "" : call.caller.name;
  auto look = [&](store::Connection& db) -> Result<std::vector<word::Asked>> {
    std::string asked_by;
    ASSIGN_OR_RETURN(word::Asked asked, FindQuestion(db, number, owner, &asked_by));
    if (conversation) return FindConversation(db, std::move(asked), asked_by, owner);
    std::vector<word::Asked> one;
    one.push_back(std::move(asked));
    return one;
  };
  Result<std::vector<word::Asked>> asked = co_await call.services.store.Read(look);
  if (!asked) co_return Fail(std::move(asked.error()));
  auto write = [&asked, &options] { return word::AnswersInWord(*asked, options).Docx(); };
  std::string bytes = co_await Offload(call.services.threads, write);
  const std::string words = options.checked_only ? "Word document, without what is not supported" : "Word document";
  auto say = [&](store::Connection& db) -> Result<void> {
    const record::Actor actor = ActorOf(call.caller);
    return SayExported(db, *asked, words, actor);
  };
  Result<void> said = co_await call.services.store.Write(say);
  if (!said) co_return Fail(std::move(said.error()));
  const std::string name = (conversation ? "conversation-" : "answer-") + std::to_string(number) + ".docx";
  co_return co_await SendDocx(call, std::move(bytes), name);
}

}  // namespace

asio::awaitable<Result<void>> SendDocx(Call& call, std::string bytes, const std::string& name) {
  net::Reply reply(200, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", std::move(bytes));
  reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  reply.headers.emplace_back("Cache-Control", "no-store");
  co_return co_await call.exchange.Send(reply);
}

void AddWordRoutes(std::vector<Route>& routes) {
  routes.push_back({"POST", "/api/record/{n}/docx", AnswerDocx});
}

}  // namespace counsel::http
