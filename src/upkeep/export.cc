#include "upkeep/export.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "documents/statements.h"
#include "record/export.h"
#include "upkeep/files.h"

namespace counsel::upkeep {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr std::size_t kLongestName = 150;  // bytes; most file systems take 255
constexpr std::size_t kLongestEnding = 20;

std::string Folded(const std::string& text) {
  std::string folded = text;
  for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return folded;
}

// At most `most` bytes, not cut inside a character.
std::string CutUtf8(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  text.resize(most);
  return text;
}

// A file that is written from front to back, and has its name only once it is whole and synced.
class NewFile {
 public:
  explicit NewFile(fs::path path) : path_(std::move(path)), partial_(path_.string() + ".partial") {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (fd_.valid()) ::unlink(partial_.c_str());
  }
  Result<void> Begin() {
    fd_ = FileDescriptor(::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (fd_.valid()) return {};
    return Fail(ErrnoError(errno, "Cannot create " + partial_.string()));
  }
  Result<void> Write(std::string_view bytes) {
    waiting_ += bytes;
    return waiting_.size() < kBuffer ? Result<void>() : Flush();
  }
  Result<void> End() {
    if (Result<void> flushed = Flush(); !flushed) return flushed;
    if (::fsync(fd_.get()) != 0 || ::rename(partial_.c_str(), path_.c_str()) != 0) {
      return Fail(ErrnoError(errno, "Cannot write " + path_.string()));
    }
    fd_.Close();
    return {};
  }

 private:
  static constexpr std::size_t kBuffer = std::size_t{64} << 10;
  Result<void> Flush() {
    Result<void> written = WriteAll(fd_.get(), waiting_, partial_);
    waiting_.clear();
    return written;
  }
  fs::path path_;
  fs::path partial_;
  FileDescriptor fd_;
  std::string waiting_;
};

// Code points of a text in one snapshot.
constexpr std::int64_t kPassage = std::int64_t{1} << 20;

// In pieces; the bytes written, 0 when there is no text. kNotFound when it has been deleted meanwhile.
Result<std::uint64_t> WriteText(store::Connection& db, const documents::Document& document, const fs::path& file) {
  if (document.characters == 0) return 0;
  NewFile text(file);
  if (Result<void> begun = text.Begin(); !begun) return Fail(std::move(begun.error()));
  std::uint64_t bytes = 0;
  for (std::int64_t at = 0; at < document.characters; at += kPassage) {
    const std::int64_t end = std::min(at + kPassage, document.characters);
    Result<std::string> passage = store::InTransaction(
        db, false, [&](store::Connection& in) { return documents::GetPassage(in, document.id, at, end); });
    if (!passage) return Fail(std::move(passage.error()));
    bytes += passage->size();
    if (Result<void> written = text.Write(*passage); !written) return Fail(std::move(written.error()));
  }
  if (Result<void> ended = text.End(); !ended) return Fail(std::move(ended.error()));
  return bytes;
}

// What holds a document, and what it holds.
struct Links {
  Links() = default;
  std::string inside;            // names
  std::vector<std::string> ids;  // of what it holds
  Json embedded = Json::array();
};

Result<Links> ReadLinks(store::Connection& db, const documents::Document& document) {
  Links links;
  Result<std::string> inside = documents::InsideOf(db, document.id);
  if (!inside) return Fail(std::move(inside.error()));
  links.inside = std::move(*inside);
  const Result<std::vector<documents::EmbeddedDocument>> embedded = documents::ListEmbedded(db, document.id);
  if (!embedded) return Fail(embedded.error());
  for (const documents::EmbeddedDocument& one : *embedded) {
    links.ids.push_back(one.id);
    links.embedded.push_back({{"id", one.id}, {"name", one.name}});
  }
  return links;
}

// Ids, which have no separators in them.
std::string Joined(const std::vector<std::string>& ids) {
  std::string joined;
  for (const std::string& id : ids) joined += (joined.empty() ? "" : " ") + id;
  return joined;
}

}  // namespace

std::string FileNames::Take(const std::string& name) {
  std::string safe;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    safe += byte < 0x20 || byte == 0x7F || c == '/' || c == '\\' || c == ':' ? '_' : c;
  }
  while (!safe.empty() && safe.front() == '.') safe.front() = '_';
  if (safe.empty()) safe = "unnamed";
  const std::size_t dot = safe.rfind('.');
  std::string ending = dot == std::string::npos || safe.size() - dot > kLongestEnding ? "" : safe.substr(dot);
  std::string stem = CutUtf8(safe.substr(0, safe.size() - ending.size()), kLongestName - kLongestEnding);
  std::string candidate = stem + ending;
  if (taken_.insert(Folded(candidate)).second) return candidate;
  std::int64_t& number = next_.emplace(Folded(candidate), 2).first->second;
  do {
    candidate = stem + " (" + std::to_string(number++) + ")" + ending;
  } while (!taken_.insert(Folded(candidate)).second);
  return candidate;
}

std::string CsvField(const std::string& text) {
  std::string field = text;
  if (!field.empty() && std::string_view("=+-@\t\r").find(field.front()) != std::string_view::npos)
    field.insert(0, "'");
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

namespace {

// One entry of the index, and what is told when something of it could not be given.
struct Entry {
  Entry() = default;
  Json json;
  std::string csv;
  std::uint64_t bytes = 0;
  std::string note;
};

class Export {
 public:
  Export(store::Connection& db, const documents::Originals& originals, fs::path target, const Report& report)
      : db_(db), originals_(originals), target_(std::move(target)), tell_(report) {}

  Result<ExportReport> Run(const std::string& matter) {
    Result<std::vector<std::string>> ids =
        store::InTransaction(db_, false, [&](store::Connection& in) -> Result<std::vector<std::string>> {
          Result<std::int64_t> id = documents::MatterId(in, matter);
          if (!id) return Fail(std::move(id.error()));
          return documents::Texts(in, "SELECT id FROM documents WHERE matter = ? ORDER BY added_at, rowid", *id);
        });
    if (!ids) return Fail(std::move(ids.error()));
    std::error_code failed;
    if (fs::exists(target_, failed) && !fs::is_empty(target_, failed)) {
      return Fail(ErrorCode::kAlreadyExists, target_.string() + " is there already.", "Name a folder that is not.");
    }
    for (const char* folder : {"originals", "text"}) {
      if (Result<void> made = MakePrivateDirectory(target_ / folder); !made) return Fail(std::move(made.error()));
    }
    NewFile json(target_ / "index.json");
    NewFile csv(target_ / "index.csv");
    if (Result<void> begun = Begin(json, csv, matter); !begun) return Fail(std::move(begun.error()));
    if (Result<void> written = WriteAllOf(*ids, json, csv); !written) return Fail(std::move(written.error()));
    if (Result<void> ended = json.Write("\n ]\n}"); !ended) return Fail(std::move(ended.error()));
    if (Result<void> ended = json.End(); !ended) return Fail(std::move(ended.error()));
    if (Result<void> ended = csv.End(); !ended) return Fail(std::move(ended.error()));
    if (Result<void> written = WriteRecord(matter); !written) return Fail(std::move(written.error()));
    return std::move(done_);
  }

 private:
  static std::string Text(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace); }

  static Result<void> Begin(NewFile& json, NewFile& csv, const std::string& matter) {
    if (Result<void> begun = json.Begin(); !begun) return begun;
    if (Result<void> begun = csv.Begin(); !begun) return begun;
    if (Result<void> head = json.Write("{\n \"matter\": " + Text(matter) + ",\n \"documents\": ["); !head) return head;
    return csv.Write(
        "id,name,original,text,type,sha256,bytes,pages,characters,state,superseded_by,added_at,inside,parents,"
        "holds\r\n");
  }

  Result<void> WriteAllOf(const std::vector<std::string>& ids, NewFile& json, NewFile& csv) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (Result<void> may = db_.MayGoOn(); !may) return may;
      const double share = static_cast<double>(i) / static_cast<double>(ids.size());
      Result<Entry> entry = One(ids[i], share);
      if (!entry && entry.error().code == ErrorCode::kNotFound) continue;  // deleted meanwhile
      if (!entry) return Fail(std::move(entry.error()));
      Result<void> written = json.Write((done_.documents == 0 ? "\n" : ",\n") + Text(entry->json));
      if (!written) return written;
      if (written = csv.Write(entry->csv); !written) return written;
      if (!entry->note.empty()) done_.notes.push_back(std::move(entry->note));
      done_.bytes += entry->bytes;
      ++done_.documents;
    }
    return {};
  }

  // Its part of the record; again from the beginning where texts of it are deleted meanwhile. No file where the record
  // has nothing of it.
  Result<void> WriteRecord(const std::string& matter) {
    constexpr int kTries = 5;
    for (int tries = 1;; ++tries) {
      Result<std::uint64_t> bytes = TryToWriteRecord(matter);
      if (bytes) done_.bytes += *bytes;
      if (bytes || bytes.error().code == ErrorCode::kNotFound) return {};
      if (bytes.error().code != ErrorCode::kUnavailable || tries == kTries) return Fail(std::move(bytes.error()));
    }
  }

  Result<std::uint64_t> TryToWriteRecord(const std::string& matter) {
    record::Export source(matter);
    NewFile file(target_ / "record.jsonl");
    std::uint64_t bytes = 0;
    for (;;) {
      if (Result<void> may = db_.MayGoOn(); !may) return Fail(std::move(may.error()));
      const auto next = [&source](store::Connection& in) { return source.Next(in); };
      const Result<std::string> lines = store::InTransaction(db_, false, next);
      if (!lines) return Fail(lines.error());
      if (lines->empty()) break;
      if (bytes == 0) {
        if (Result<void> begun = file.Begin(); !begun) return Fail(std::move(begun.error()));
      }
      if (Result<void> written = file.Write(*lines); !written) return Fail(std::move(written.error()));
      bytes += lines->size();
    }
    if (Result<void> ended = file.End(); !ended) return Fail(std::move(ended.error()));
    return bytes;
  }

  // Its files, and its entry. kNotFound: it has been deleted, and none of its files is there.
  Result<Entry> One(const std::string& id, double share) {
    const auto read = [&](store::Connection& in) { return documents::GetDocument(in, id); };
    Result<documents::Document> document = store::InTransaction(db_, false, read);
    if (!document) return Fail(std::move(document.error()));
    const std::shared_ptr<const void> hold = originals_.Hold(document->sha256);
    if (Result<void> told = Tell(tell_, share, document->name); !told) return Fail(std::move(told.error()));
    const std::string name = names_.Take(document->name);
    Result<Entry> entry = Write(*document, "originals/" + name, "text/" + name + ".txt");
    // Deleted while it was being written: not a word of it.
    Result<documents::Document> still = store::InTransaction(db_, false, read);
    if (entry && still) return entry;
    std::error_code ignored;
    fs::remove(target_ / ("originals/" + name), ignored);
    fs::remove(target_ / ("text/" + name + ".txt"), ignored);
    return Fail(!still ? std::move(still.error()) : std::move(entry.error()));
  }

  Result<Entry> Write(const documents::Document& document, std::string original, std::string text) {
    Entry entry;
    const Result<Digest> copied = CopySynced(originals_.PathOf(document.sha256), target_ / original);
    if (!copied && copied.error().code == ErrorCode::kNoSpace) return Fail(copied.error());
    if (!copied || copied->sha256 != document.sha256) {
      entry.note = "The original of '" + document.name + "' (" + document.id + ") is missing or damaged.";
    }
    if (!copied) original.clear();
    if (copied) entry.bytes += copied->bytes;
    const Result<std::uint64_t> written = WriteText(db_, document, target_ / text);
    if (!written) return Fail(written.error());
    if (*written == 0) text.clear();
    entry.bytes += *written;
    const Result<Links> links =
        store::InTransaction(db_, false, [&](store::Connection& in) { return ReadLinks(in, document); });
    if (!links) return Fail(links.error());
    entry.json = {{"id", document.id},
                  {"name", document.name},
                  {"original", original.empty() ? Json() : Json(original)},
                  {"text", text.empty() ? Json() : Json(text)},
                  {"type", document.media_type},
                  {"sha256", document.sha256},
                  {"bytes", document.bytes},
                  {"pages", document.pages},
                  {"characters", document.characters},
                  {"state", documents::DocumentStateName(document.state)},
                  {"superseded_by", document.superseded_by},
                  {"added_at", document.added_at},
                  {"paths", document.paths},
                  {"inside", links->inside},
                  {"parents", document.parents},
                  {"embedded", links->embedded}};
    entry.csv = document.id + "," + CsvField(document.name) + "," + CsvField(original) + "," + CsvField(text) + "," +
                CsvField(document.media_type) + "," + document.sha256 + "," + std::to_string(document.bytes) + "," +
                std::to_string(document.pages) + "," + std::to_string(document.characters) + "," +
                std::string(documents::DocumentStateName(document.state)) + "," + document.superseded_by + "," +
                std::to_string(document.added_at) + "," + CsvField(links->inside) + "," + Joined(document.parents) +
                "," + Joined(links->ids) + "\r\n";
    return entry;
  }

  store::Connection& db_;
  const documents::Originals& originals_;
  const fs::path target_;
  const Report& tell_;
  FileNames names_;
  ExportReport done_;
};

}  // namespace

Result<ExportReport> ExportMatter(store::Connection& db, const documents::Originals& originals,
                                  const std::string& matter, const fs::path& target, const Report& report) {
  return Export(db, originals, target, report).Run(matter);
}

}  // namespace counsel::upkeep
