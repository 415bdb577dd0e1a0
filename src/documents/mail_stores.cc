#include "documents/mail_stores.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace counsel::documents {

void AppendBatch(ExtractedText&& batch, ExtractedText* text) {
  const std::int64_t shift = CountCodePoints(text->text);
  text->text += batch.text;
  for (StructureSpan& span : batch.structure) {
    span.start += shift;
    span.end += shift;
    text->structure.push_back(std::move(span));
  }
  for (std::string& note : batch.notes) {
    const bool known = std::find(text->notes.begin(), text->notes.end(), note) != text->notes.end();
    if (!known) text->notes.push_back(std::move(note));
  }
  text->embedded = std::move(batch.embedded);
  text->embedded_bytes = std::move(batch.embedded_bytes);
  text->next = batch.next;
}

}  // namespace counsel::documents
