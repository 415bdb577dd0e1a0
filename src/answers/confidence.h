// How far an answer can be relied on, as one number. Pure.
#pragma once

#include "answers/answers.h"

namespace counsel::answers {

// 0 to 1: relevance · (1 + 3 · share) / 4. `relevance` is that of the strongest passage that is cited, or of the
// strongest that was read when none is; `share` is how many of the sentences that need support have it, near ones
// counted half. 0 when nothing
// relevant was found.
[[nodiscard]] double Confidence(const Answer& answer);

}  // namespace counsel::answers
