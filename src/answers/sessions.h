// Sessions: the last questions and answers of a conversation, so that the next question can refer to them. They stand
// in the document store, survive a restart, and go with it; a session whose answers used a document goes when that
// document is deleted.
//
// Functions with a connection run on a pool thread inside the caller's transaction; the others are pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "answers/framing.h"
#include "base/result.h"
#include "store/store.h"

namespace counsel::answers {

inline constexpr std::int64_t kRememberedExchanges = 3;   // of a session; older ones are deleted
inline constexpr std::int64_t kRememberedQuestion = 300;  // code points; longer ones are cut
inline constexpr std::int64_t kRememberedAnswer = 600;
inline constexpr std::int64_t kRememberedSessions = 1000;  // the ones used last
inline constexpr std::size_t kMaxSessionName = 200;        // bytes

// Its exchanges, oldest first; none when there is no such session.
[[nodiscard]] Result<std::vector<Exchange>> RecallSession(store::Connection& db, std::string_view session);

// Adds an exchange whose answer used these documents; citation marks are left out of the answer. kNotFound when one of
// the documents has been deleted meanwhile: nothing is kept then.
[[nodiscard]] Result<void> Remember(store::Connection& db, std::string_view session, const Exchange& exchange,
                                    const std::vector<std::string>& documents);

// What to search for: "And for how long?" alone finds nothing (understanding/follow_up.h).
[[nodiscard]] std::string SearchText(const std::string& question, const std::vector<Exchange>& earlier);

}  // namespace counsel::answers
