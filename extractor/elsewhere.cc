// counsel-extract-text has the readers that need few libraries. These stand for those that need many: poppler,
// tesseract, leptonica and GMime bring sixty more, and to load them takes longer than to read a small document.
#include "extractor/elsewhere.h"

#include "base/mail_store.h"
#include "extractor/document.h"
#include "extractor/mail_store.h"
#include "extractor/page.h"

namespace counsel::extractor {

Result<Document> ReadPdf(std::string_view, const std::string&, const Limits&) {
  throw ReadElsewhere();
}

Result<Document> ReadPicture(std::string_view, const std::string&, const Limits&) {
  throw ReadElsewhere();
}

Result<Document> ReadMail(std::string_view, const std::string&, const Limits&) {
  throw ReadElsewhere();
}

std::optional<Result<Document>> ReadMailStore(int descriptor, const std::string&, const Batch&, const Limits&) {
  if (LooksLikeMailStore(FirstBytes(descriptor))) throw ReadElsewhere();
  return std::nullopt;
}

Result<Document> ReadWebArchive(std::string_view, const std::string&, const Limits&) {
  throw ReadElsewhere();
}

Result<PlacedPage> ReadPageByOcr(std::string_view, const std::string&, const PageRequest&) {
  throw ReadElsewhere();
}

Result<PlacedPage> PlaceWords(std::string_view, const std::string&, const PageRequest&) {
  throw ReadElsewhere();
}

Result<std::string> ShowPage(std::string_view, const std::string&, const PageRequest&) {
  throw ReadElsewhere();
}

std::string FramePage(const Result<PlacedPage>&) {
  throw ReadElsewhere();
}

std::string FrameImage(const Result<std::string>&) {
  throw ReadElsewhere();
}

void PrepareMail() {}

std::optional<std::filesystem::path> FindLanguageData() {
  return std::nullopt;
}

std::vector<std::string> InstalledLanguages() {
  return {};
}

std::string OcrVersion() {
  return "";
}

}  // namespace counsel::extractor
