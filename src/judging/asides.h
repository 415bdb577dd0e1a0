// What stands between commas or in brackets and changes nothing of what a contract says. Pure.
#pragma once

#include "judging/lexicon.h"

namespace counsel::judging {

// ", without prejudice to any other remedy," and "(whether by merger, by operation of law or otherwise)" go; "in no
// event shall A be liable" is "A shall not be liable".
void DropAsides(Words* words);

}  // namespace counsel::judging
