// Conversations: what was asked and answered before a question, for the routes that take a session
// (answers/sessions.h).
//
// Threads: io thread.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "base/result.h"
#include "http/services.h"

namespace counsel::http {

// What was asked before in the session goes into the question's framing, and into what is searched for where the
// question refers to it. `session`: "" for none.
[[nodiscard]] boost::asio::awaitable<Result<void>> Recall(Services& services, const std::string& session,
                                                          const std::string& question,
                                                          answers::QuestionOptions* options);

// What went wrong with remembering costs only the memory.
[[nodiscard]] boost::asio::awaitable<void> Remember(Services& services, const std::string& session,
                                                    const std::string& question, const answers::Answer& answer);

}  // namespace counsel::http
