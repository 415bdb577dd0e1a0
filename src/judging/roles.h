// Who does what to whom: what each actor of a sentence is to its verb. Pure.
#pragma once

#include "judging/reading.h"

namespace counsel::judging {

// Somebody: a role noun ("the tenant"), or a name that no article stands before.
[[nodiscard]] bool IsActor(const Reading& reading, std::size_t unit);

// Sets `verb` of clauses where no modal or auxiliary shows it, and `role` and `head` of actors.
void SetRoles(Reading* reading);

}  // namespace counsel::judging
