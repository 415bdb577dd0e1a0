// Conversations: what was asked and answered before a question, for the routes that take a session
// (answers/conversations.h).
//
// Threads: io thread.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "answers/conversations.h"
#include "base/result.h"
#include "http/json.h"
#include "http/services.h"

namespace counsel::http {

// What was asked before in the conversation, within the matters of the options, goes into the question's framing, and
// into what is searched for where the question refers to it. A key without a name: nothing.
[[nodiscard]] boost::asio::awaitable<Result<void>> Recall(Services& services, const answers::ConversationKey& key,
                                                          const std::string& question,
                                                          answers::QuestionOptions* options);

// `whole`: what AnswerJson made of the answer, which is what is kept. What went wrong costs only the memory.
[[nodiscard]] boost::asio::awaitable<void> Remember(Services& services, const answers::ConversationKey& key,
                                                    const std::string& question,
                                                    const answers::QuestionOptions& options,
                                                    const answers::Answer& answer, const Json& whole);

// An answer as it is kept: the text of quotes, which stands in the documents, is left out, and read there again
// (Quoted). The ids of all documents it speaks of go into *documents.
[[nodiscard]] Json WithoutQuotes(Json answer, std::vector<std::string>* documents);
// Of an answer that is kept: ids of the documents that it stands on, those that the question meant, else those that are
// quoted or cited. The next question is asked of them. Empty: it stands on none, or is no answer.
[[nodiscard]] std::vector<std::string> StoodOn(const std::string& record);
// With the text of quotes again.
[[nodiscard]] Json Quoted(store::Connection& db, Json record);

// "default", "quotes", "answer", "memo".
[[nodiscard]] std::string_view StyleName(answers::Style style);

}  // namespace counsel::http
