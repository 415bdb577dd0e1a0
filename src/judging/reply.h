// "Yes" and "no" before a sentence: whether it says what they announce. Pure.
#pragma once

#include <vector>

#include "judging/lead.h"
#include "judging/reading.h"
#include "judging/rules.h"

namespace counsel::judging {

void CheckReply(const Lead& lead, const Reading& claim, std::vector<Finding>* findings);

}  // namespace counsel::judging
