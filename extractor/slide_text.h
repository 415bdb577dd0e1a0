// The text of a presentation's slide, whatever its format.
#pragma once

#include <cstddef>

#include "extractor/flow.h"

namespace counsel::extractor {

// "Slide 3", a heading, then what it says; a hidden slide's words as hidden text.
void AddSlide(std::size_t number, Flow content, bool hidden, Flow* into);
// "[Speaker's notes to slide 3: …]"; nothing where they are empty.
void AddSpeakersNotes(std::size_t number, Flow content, Flow* into);

}  // namespace counsel::extractor
