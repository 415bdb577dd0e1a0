#include "answers/evidence_places.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "answers/passages.h"
#include "documents/documents.h"
#include "ingest/place_paths.h"

namespace counsel::answers {
namespace {

// What is told of documents, each asked for once.
class Names {
 public:
  struct Named {
    Named() = default;
    std::string name, inside, matter;
    std::int64_t characters = 0;
  };
  explicit Names(store::Connection& db) : db_(db) {}

  Result<Named> Find(const std::string& id) {
    if (const auto it = known_.find(id); it != known_.end()) return it->second;
    Result<documents::Document> document = documents::GetDocument(db_, id);
    if (!document) return Fail(std::move(document.error()));
    Result<std::string> inside = documents::InsideOf(db_, id);
    if (!inside) return Fail(std::move(inside.error()));
    Named named;
    named.name = std::move(document->name);
    named.inside = std::move(*inside);
    named.matter = std::move(document->matter);
    named.characters = document->characters;
    return known_.emplace(id, std::move(named)).first->second;
  }

 private:
  store::Connection& db_;
  std::map<std::string, Named> known_;
};

Result<HitPlace> PlaceOf(store::Connection& db, Names& names, const search::Hit& hit) {
  Result<Names::Named> named = names.Find(hit.document);
  if (!named) return Fail(std::move(named.error()));
  Result<std::optional<double>> ocr = documents::OcrConfidence(db, hit.document, hit.start, hit.end);
  if (!ocr) return Fail(std::move(ocr.error()));
  Result<std::vector<documents::StructureSpan>> structure =
      documents::GetStructure(db, hit.document, hit.start, hit.end);
  if (!structure) return Fail(std::move(structure.error()));
  Result<std::vector<documents::PageStart>> pages = documents::GetPages(db, hit.document, hit.start, hit.end);
  if (!pages) return Fail(std::move(pages.error()));
  HitPlace place;
  place.last_page = pages->empty() ? 0 : pages->back().page;
  place.name = std::move(named->name);
  place.inside = std::move(named->inside);
  place.matter = std::move(named->matter);
  place.ocr_confidence = *ocr;
  place.stands_in = documents::PartsOf(*structure, hit.start, hit.end);
  return place;
}

Result<void> CompletePassage(store::Connection& db, Names& names, Passage* passage) {
  Result<Names::Named> named = names.Find(passage->document);
  if (!named) return Fail(std::move(named.error()));
  passage->name = std::move(named->name);
  passage->inside = std::move(named->inside);
  passage->matter = std::move(named->matter);
  Result<std::optional<double>> ocr = documents::OcrConfidence(db, passage->document, passage->start, passage->end);
  if (!ocr) return Fail(std::move(ocr.error()));
  passage->ocr_confidence = *ocr;
  Result<std::vector<documents::StructureSpan>> structure =
      documents::GetStructure(db, passage->document, passage->start, passage->end);
  if (!structure) return Fail(std::move(structure.error()));
  passage->structure = std::move(*structure);
  Result<std::vector<documents::PageStart>> pages =
      documents::GetPages(db, passage->document, passage->start, passage->end);
  if (!pages) return Fail(std::move(pages.error()));
  passage->pages = std::move(*pages);
  if (!passage->text.empty()) return {};
  Result<std::string> text = documents::GetPassage(db, passage->document, passage->start, passage->end);
  if (!text) return Fail(std::move(text.error()));
  passage->text = std::move(*text);
  return {};
}

// The headings above all places of the passages, strongest first, of as many documents as can be read in the time that
// a question has. Of others the beginnings of the chunks say what stands above.
Result<void> FindPaths(store::Connection& db, Names& names, std::vector<Passage>* passages) {
  constexpr std::int64_t kMostCodePoints = 1'500'000;  // some 15 ms
  std::map<std::string, std::vector<ingest::PathFrom>> known;
  std::int64_t read = 0;
  for (Passage& passage : *passages) {
    const auto it = known.find(passage.document);
    if (it != known.end()) {
      passage.paths = it->second;
      continue;
    }
    Result<Names::Named> named = names.Find(passage.document);
    if (!named) return Fail(std::move(named.error()));
    if (read + named->characters > kMostCodePoints) continue;
    read += named->characters;
    Result<documents::ExtractedText> text = documents::GetText(db, passage.document);
    if (!text) return Fail(std::move(text.error()));
    passage.paths = ingest::PathsOf(*text);
    known.emplace(passage.document, passage.paths);
  }
  return {};
}

Result<void> NamePlaces(store::Connection& db, Names& names, Evidence* evidence) {
  for (const search::Hit& hit : evidence->hits) {
    Result<HitPlace> place = PlaceOf(db, names, hit);
    if (!place) return Fail(std::move(place.error()));
    evidence->places.push_back(std::move(*place));
  }
  return {};
}

// The strong hits as passages. With no evidence the nearest are named all the same.
Result<void> FindPassages(store::Connection& db, Names& names, Evidence* evidence) {
  const double least = evidence->strength < evidence->least ? 0 : kShareOfBest * evidence->strength;
  evidence->passages = MergeHits(evidence->hits, least);
  for (Passage& passage : evidence->passages) {
    if (Result<void> completed = CompletePassage(db, names, &passage); !completed) return completed;
  }
  return FindPaths(db, names, &evidence->passages);
}

}  // namespace

Result<void> CompleteEvidence(store::Connection& db, EvidenceOf wanted, Evidence* evidence) {
  Names names(db);
  RETURN_IF_ERROR(NamePlaces(db, names, evidence));
  if (wanted == EvidenceOf::kHits) return {};
  return FindPassages(db, names, evidence);
}

}  // namespace counsel::answers
