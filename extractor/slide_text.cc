#include "extractor/slide_text.h"

#include <string>
#include <utility>

#include "extractor/composer.h"

namespace counsel::extractor {

void AddSlide(std::size_t number, Flow content, bool hidden, Flow* into) {
  Flow heading;
  heading.Write("Slide " + std::to_string(number));
  heading.Mark(SpanKind::kHeading, 1, 0, heading.size());
  into->Append(std::move(heading), "\n\n");
  if (hidden && HasText(content.text())) {
    content.JoinLines();
    content = BracketedAside(SpanKind::kHidden, "Hidden text", "", content);
  }
  into->Append(std::move(content), "\n\n");
}

void AddSpeakersNotes(std::size_t number, Flow content, Flow* into) {
  content.JoinLines();
  if (!HasText(content.text())) return;
  into->Append(BracketedAside(SpanKind::kComment, "Speaker's notes to slide " + std::to_string(number), "", content),
               "\n\n");
}

}  // namespace counsel::extractor
