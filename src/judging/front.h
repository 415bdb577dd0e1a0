// "If you fall ill you may go home": the comma that a condition before its statement may lack. Pure.
#pragma once

#include "judging/lexicon.h"

namespace counsel::judging {

// Puts the comma where it is missing. Words are rewritten (lexicon.h).
void MarkFront(Words* words);

}  // namespace counsel::judging
