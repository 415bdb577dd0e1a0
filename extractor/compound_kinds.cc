// Compound files: Outlook messages and old Excel workbooks are read; other old Office documents are named. New ones
// with a password are kept in one too.
#include <array>

#include "extractor/bytes.h"
#include "extractor/compound_file.h"
#include "extractor/document.h"
#include "extractor/msg.h"
#include "extractor/xls.h"

namespace counsel::extractor {
namespace {

tl::unexpected<Error> Locked(const std::string& name) {
  return Fail(ErrorCode::kPermissionDenied, "'" + name + "' is protected by a password.",
              "Save a copy without the password and add that.");
}

// Word 97 to 2003 (MS-DOC): what stands before its text says whether it is encrypted.
Result<Document> ReadOldWord(const CompoundFile& file, std::size_t stream, const std::string& name) {
  const std::optional<std::string> words = file.Read(stream);
  constexpr std::size_t kFlags = 10;
  constexpr unsigned kEncrypted = 0x100;
  if (!words || words->size() < kFlags + 2) return Damaged(name, "old Word document (DOC)");
  if ((Bytes(std::string_view(*words).substr(kFlags)).Two() & kEncrypted) != 0) return Locked(name);
  Document document;
  document.old_word = true;
  return document;
}

}  // namespace

Result<Document> ReadCompound(std::string_view bytes, const std::string& name, const Limits& limits) {
  const std::optional<CompoundFile> file = CompoundFile::Open(bytes);
  if (!file) return Damaged(name, "Office document of the old kind, or Outlook message");
  if (IsMsg(*file)) return ReadMsg(*file, name, limits);
  if (IsXls(*file)) return ReadXls(*file, name, limits);
  if (const std::optional<std::size_t> words = file->Find(0, "WordDocument")) return ReadOldWord(*file, *words, name);
  if (file->Find(0, "EncryptedPackage")) return Locked(name);
  struct Kind {
    const char* stream;
    const char* what;
    const char* next_step;
  };
  constexpr std::array kKinds = {
      Kind{"PowerPoint Document", "an old PowerPoint presentation (PPT)", "Save it as PPTX or PDF, then add that."},
      Kind{"VisioDocument", "a Visio drawing", "Save it as PDF, then add that."},
      Kind{"Quill", "a Publisher document", "Save it as PDF, then add that."},
      Kind{"PerfectOffice_MAIN", "a WordPerfect document", "Save it as DOCX or PDF, then add that."},
      Kind{"Catalog", "a folder's pictures (Thumbs.db)", "Leave it out."}};
  for (const Kind& kind : kKinds) {
    if (!file->Find(0, kind.stream)) continue;
    return Fail(ErrorCode::kUnsupported, "'" + name + "' is " + std::string(kind.what) + ", which Counsel cannot read.",
                kind.next_step);
  }
  return Fail(ErrorCode::kUnsupported,
              "'" + name + "' is a document of an old Windows program, which Counsel cannot read.",
              "Save it as PDF, then add that.");
}

}  // namespace counsel::extractor
