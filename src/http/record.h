// What the routes put into the record (record/record.h): questions with their answers, and what was deleted.
//
// Threads: io thread.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "answers/answers.h"
#include "answers/conversations.h"
#include "http/json.h"
#include "http/routes.h"
#include "record/record.h"

namespace counsel::http {

// Who acts, for the record: this user's account on this machine, or whose token it is. Asks the system once; on a
// thread that may block.
[[nodiscard]] record::Actor ActorOf(const Caller& caller);

// A generator, as entries have it: {"name", "files": [{sha256, bytes}]}, by the catalogue.
[[nodiscard]] Json ModelJson(const Services& services, const std::string& name);

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

// What is older than its matters keep it loses its texts (record/retention.h), in every file before it returns: at the
// daemon's start, when that changes, and once a day. How many entries.
[[nodiscard]] boost::asio::awaitable<Result<std::int64_t>> KeepRetention(Services& services);

// Now and once a day, until `timer`, which it waits with, is set to the end of time.
[[nodiscard]] boost::asio::awaitable<void> KeepRetentionDaily(Services& services, boost::asio::steady_timer& timer);

[[nodiscard]] std::int64_t UnixSeconds();

}  // namespace counsel::http
