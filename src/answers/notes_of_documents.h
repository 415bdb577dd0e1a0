// What is to be known of the documents that an answer cites: what in them nobody read, what they hide.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "answers/answers.h"
#include "base/result.h"
#include "store/store.h"

namespace counsel::answers {

// Adds to the answer's notes, "lease.docx: Not read: a picture.", each once.
[[nodiscard]] boost::asio::awaitable<Result<void>> AddNotesOfDocuments(store::Store& store, Answer* answer);

}  // namespace counsel::answers
