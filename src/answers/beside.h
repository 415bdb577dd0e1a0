// What stands beside an answer and must not cost it: the comparison with the register, what was not read.
//
// Threads: that of the coroutine.
#pragma once

#include <functional>

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "base/result.h"

namespace counsel::answers {

// Runs `add` on a copy of *answer, which becomes the answer when it succeeds. A failure, also one that is thrown,
// leaves the answer as it was, with the note "<what>: <why>" (`what`: "The register was not compared"). Only what Asio
// throws ends the question with it: its client has left.
[[nodiscard]] boost::asio::awaitable<void> AddBeside(const char* what, Answer* answer,
                                                     std::function<boost::asio::awaitable<Result<void>>(Answer*)> add);

}  // namespace counsel::answers
