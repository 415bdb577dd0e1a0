// What stands beside the text: comments, notes, boxes. It comes behind the paragraph that it belongs to.
#include <utility>

#include "extractor/composer.h"
#include "extractor/typography.h"

namespace counsel::extractor {
Flow BracketedAside(SpanKind kind, std::string_view title, std::string_view label, const Flow& content) {
  Flow aside;
  aside.Write("[" + std::string(title) + ": ");
  aside.Append(content, "");
  aside.Write("]");
  aside.Mark(kind, 0, 0, aside.size(), label);
  return aside;
}

void Composer::FlushAsides() {
  FlushDeletion();
  FlushHidden();
  Context& context = contexts_.back();
  for (Flow& aside : context.after) {
    context.done.Append(std::move(aside), "\n\n");
  }
  context.after.clear();
}

void Composer::BeginAside(SpanKind kind, std::string title, std::string label) {
  if (contexts_.size() >= kMaxNesting * 2) return;
  Open(Place::kAside);
  contexts_.back().kind = kind;
  contexts_.back().title = std::move(title);
  contexts_.back().label = std::move(label);
}

void Composer::EndAside() {
  if (contexts_.back().place != Place::kAside) return;
  const Context aside = contexts_.back();
  Flow content = Close();
  AddAside(aside.kind, aside.title, aside.label, content);
}

void Composer::BeginBox() {
  if (contexts_.size() >= kMaxNesting * 2) return;
  Open(Place::kBox);
}

void Composer::EndBox() {
  if (contexts_.back().place != Place::kBox) return;
  Flow content = Close();
  FlushDeletion();
  contexts_.back().after.push_back(std::move(content));
}

void Composer::AddAside(SpanKind kind, std::string_view title, std::string_view label, const Flow& content) {
  Flow joined = content;
  joined.JoinLines();
  if (!HasText(joined.text())) return;
  FlushDeletion();
  contexts_.back().after.push_back(BracketedAside(kind, title, label, joined));
  Count(joined.text().size() + title.size() + 4);
}

}  // namespace counsel::extractor
