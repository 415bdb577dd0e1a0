// ZIP files: what kind it is; of a plain archive, its members, each to become a document of its own.
#include <algorithm>
#include <array>
#include <utility>

#include "base/litter.h"
#include "extractor/office.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kStart = std::size_t{256} << 10;  // of small parts that tell the kind

tl::unexpected<Error> NotYet(const std::string& name, const char* what) {
  return Fail(ErrorCode::kUnsupported, "'" + name + "' is " + what + ", which Counsel cannot read yet.",
              "Save it as PDF, then add that.");
}

tl::unexpected<Error> Locked(const std::string& name) {
  return Fail(ErrorCode::kPermissionDenied, "'" + name + "' is protected by a password.",
              "Save a copy without the password and add that.");
}

std::string Counted(std::size_t count, const char* one, const char* several) {
  return std::to_string(count) + " " + (count == 1 ? one : several);
}

class ArchiveReader {
 public:
  ArchiveReader(Package& package, const std::string& name) : package_(package), name_(name) {}

  Result<Document> Read() {
    if (Result<void> checked = CheckAnnounced(); !checked) return Fail(std::move(checked.error()));
    Flow list;
    list.Write("Files in the archive " + name_ + ":");
    for (const Package::Entry& entry : package_.entries()) {
      litter_ += !entry.folder && IsLitter(entry.name) ? 1 : 0;
      if (entry.folder || IsLitter(entry.name)) continue;
      if (Result<void> added = Add(entry); !added) return Fail(std::move(added.error()));
      list.Write("\n");
      const std::int64_t start = list.size();
      list.Write(entry.name);
      list.Mark(SpanKind::kAttachment, 0, start, list.size());
    }
    if (document_.embedded.empty() && locked_ > 0) return Locked(name_);
    if (document_.embedded.empty()) {
      return Fail(ErrorCode::kInvalidArgument, "'" + name_ + "' is an archive without files that can be read.",
                  "Add a file that has content.");
    }
    if (locked_ > 0) document_.notes.push_back(Counted(locked_, "file is", "files are") + " protected by a password.");
    if (damaged_ > 0) document_.notes.push_back(Counted(damaged_, "file is", "files are") + " damaged.");
    if (empty_ > 0) document_.notes.push_back(Counted(empty_, "file is", "files are") + " empty.");
    if (litter_ > 0) {
      document_.notes.push_back(Counted(litter_, "file that programs leave beside documents was",
                                        "files that programs leave beside documents were") +
                                " passed over.");
    }
    document_.media_type = "application/zip";
    Result<void> taken = TakeText(std::move(list), name_, package_.limits().text_bytes, &document_);
    if (!taken) return Fail(std::move(taken.error()));
    return std::move(document_);
  }

 private:
  // What is announced as too much is refused before anything is unpacked.
  [[nodiscard]] Result<void> CheckAnnounced() const {
    const Limits& limits = package_.limits();
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    for (const Package::Entry& entry : package_.entries()) {
      files += entry.folder || IsLitter(entry.name) ? 0 : 1;
      bytes += std::min(entry.bytes, limits.unpacked_bytes);
    }
    if (files > limits.embedded_files) return TooManyFiles(name_, limits);
    if (bytes > limits.unpacked_bytes) return UnpacksTooFar(name_, limits);
    return {};
  }

  [[nodiscard]] Result<void> Add(const Package::Entry& entry) {
    if (entry.encrypted) {
      ++locked_;
      return {};
    }
    Embedded embedded;
    embedded.name = entry.name;
    Result<std::string> bytes = package_.ReadAll(entry);
    if (!bytes && bytes.error().code == ErrorCode::kTooLarge) return Fail(std::move(bytes.error()));
    if (!bytes) {
      ++damaged_;
    } else if (bytes->empty()) {
      ++empty_;
    } else {
      embedded.bytes = std::move(*bytes);
      document_.embedded.push_back(std::move(embedded));
    }
    return {};
  }

  Package& package_;
  const std::string& name_;
  Document document_;
  std::size_t locked_ = 0;
  std::size_t damaged_ = 0;
  std::size_t empty_ = 0;
  std::size_t litter_ = 0;
};

}  // namespace

Result<Document> ReadZip(std::string_view bytes, const std::string& name, const Limits& limits) {
  Result<Package> package = Package::Open(bytes, name, limits);
  if (!package) return Fail(std::move(package.error()));
  const std::string kind = package->ReadStart("mimetype", 200);
  constexpr std::string_view kOpenDocument = "application/vnd.oasis.opendocument.";
  if (kind.starts_with(kOpenDocument)) {
    const std::string_view what = std::string_view(kind).substr(kOpenDocument.size());
    const std::string manifest = package->ReadStart("META-INF/manifest.xml", kStart);
    if (manifest.find("encryption-data") != std::string::npos) return Locked(name);
    if (what.starts_with("text")) return ReadOdt(*package, name, limits.text_bytes);
    if (what.starts_with("spreadsheet")) return ReadOds(*package, name);
    if (what.starts_with("presentation")) return ReadOdp(*package, name);
    return NotYet(name, "an OpenDocument file that is no text, spreadsheet or presentation");
  }
  if (kind.starts_with("application/epub")) return NotYet(name, "an EPUB book");
  // What it is, its main part says: a presentation with a chart holds a workbook, and names that kind too.
  if (package->Find("word/document.xml") != nullptr) return ReadDocx(*package, name, limits.text_bytes);
  if (package->Find("ppt/presentation.xml") != nullptr) return ReadPptx(*package, name);
  if (package->Find("xl/workbook.xml") != nullptr) return ReadXlsx(*package, name);
  const std::string types = package->ReadStart("[Content_Types].xml", kStart);
  if (types.find("wordprocessingml") != std::string::npos) return ReadDocx(*package, name, limits.text_bytes);
  const auto holds = [&types, &package](std::string_view type, std::string_view part) {
    return types.find(type) != std::string::npos || (!part.empty() && package->Find(part) != nullptr);
  };
  if (holds("visio", "visio/document.xml")) return NotYet(name, "a Visio drawing");
  if (holds("fixedrepresentation", "FixedDocSeq.fdseq") || holds("ms-package.xps", "FixedDocumentSequence.fdseq")) {
    return NotYet(name, "an XPS document");
  }
  if (types.find("ms-excel.sheet.binary") != std::string::npos) return NotYet(name, "a binary spreadsheet (XLSB)");
  if (types.find("spreadsheetml") != std::string::npos) return ReadXlsx(*package, name);
  if (types.find("presentationml") != std::string::npos) return ReadPptx(*package, name);
  return ArchiveReader(*package, name).Read();
}

}  // namespace counsel::extractor
