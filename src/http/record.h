// What the routes put into the record (record/record.h): questions with their answers, and what was deleted.
//
// Threads: io thread.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "answers/conversations.h"
#include "http/json.h"
#include "http/routes.h"
#include "record/record.h"

namespace counsel::http {

// Who acts, for the record: this user's account on this machine, or whose token it is. Asks the system once; on a
// thread that may block.
[[nodiscard]] record::Actor ActorOf(const Caller& caller);

struct Answered {
  Answered() = default;
  std::string question;
  answers::ConversationKey conversation;  // without a name: none
  std::int64_t began = 0;                 // unix seconds
};
// Puts the question and its answer into the record and their number into (*whole)["record"]. A record that fails costs
// no answer: the number is null, and (*whole)["notes"] say that this answer is not in the record, and why. `whole`:
// what AnswerJson made of the answer.
[[nodiscard]] boost::asio::awaitable<void> KeepInRecord(Call& call, const Answered& asked,
                                                        const answers::QuestionOptions& options,
                                                        const answers::AnswerModels& answer_models,
                                                        const answers::Answer& answer, Json* whole);

// After a deletion, which took texts of the record along: says so in it. What goes wrong is said with the next entry.
[[nodiscard]] boost::asio::awaitable<void> SayDeletedInRecord(Call& call);

[[nodiscard]] std::int64_t UnixSeconds();

}  // namespace counsel::http
