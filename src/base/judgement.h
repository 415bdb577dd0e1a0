// One judgement of errors, for everybody who must decide whether to try again.
#pragma once

#include "base/result.h"

namespace counsel {

enum class Judgement {
  kPermanent,  // the same again fails again, until somebody changes the request, the document or a setting
  kLater,      // a server, a child, the disk or the moment is at fault: the same again, after a pause
  kSmaller,    // the machine cannot give what it takes: again after a pause, alone or asking for less
};

// By its code alone: whoever makes an error chooses the code for it. What a document does to its own reader (over a
// limit, a crash) is kTooLarge or kCorrupt, never kOutOfMemory or kDeadlineExceeded. docs/errors.md has the table, as
// clients see it. kCancelled is kLater: whoever was not cancelled himself may ask again.
[[nodiscard]] Judgement Judge(const Error& error);

// "permanent", "later", "smaller", as logs and docs/errors.md say it.
[[nodiscard]] std::string_view JudgementName(Judgement judgement);

}  // namespace counsel
