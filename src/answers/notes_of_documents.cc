#include "answers/notes_of_documents.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "documents/documents.h"
#include "documents/readings.h"

namespace counsel::answers {
namespace {

// Who relies on a sentence of the document wants to know it; how the document was read ("by OCR") its citations say.
bool ConcernsReaders(const std::string& note) {
  return note.starts_with(documents::kNotRead) || note.starts_with("Caution: ") ||
         note.find("of hidden text") != std::string::npos;
}

Result<std::vector<std::string>> NotesOf(store::Connection& db, const std::set<std::string>& ids) {
  std::vector<std::string> notes;
  for (const std::string& id : ids) {
    const Result<documents::Document> document = documents::GetDocument(db, id);
    if (!document && document.error().code == ErrorCode::kNotFound) continue;  // deleted meanwhile
    if (!document) return Fail(document.error());
    if (documents::IsOutdated(*document)) {
      notes.push_back(document->name +
                      ": it was read by an older version of Counsel; counsel reread --outdated reads such documents "
                      "again.");
    }
    for (const std::string& note : document->notes) {
      if (ConcernsReaders(note)) notes.push_back(document->name + ": " + note);
    }
  }
  return notes;
}

}  // namespace

boost::asio::awaitable<Result<void>> AddNotesOfDocuments(store::Store& store, Answer* answer) {
  std::set<std::string> ids;
  for (const Citation& citation : answer->resolved.citations) ids.insert(citation.document);
  if (ids.empty()) co_return Result<void>();
  auto read = [&ids](store::Connection& db) { return NotesOf(db, ids); };
  Result<std::vector<std::string>> notes = co_await store.Read(read);
  if (!notes) co_return Fail(std::move(notes.error()));
  for (std::string& note : *notes) answer->notes.push_back(std::move(note));
  co_return Result<void>();
}

}  // namespace counsel::answers
