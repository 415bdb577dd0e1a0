#include "upkeep/export.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/file.h"
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

Result<std::uint64_t> WriteText(store::Connection& db, const documents::Document& document, const fs::path& file) {
  const Result<documents::ExtractedText> text = documents::GetText(db, document.id);
  if (!text) return Fail(text.error());
  if (Result<void> written = WriteFileAtomically(file, text->text); !written) return Fail(std::move(written.error()));
  return text->text.size();
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

std::string SafeFileName(const std::string& name, std::vector<std::string>* taken) {
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
  const auto is_taken = [&] { return std::find(taken->begin(), taken->end(), Folded(candidate)) != taken->end(); };
  for (int n = 2; is_taken(); ++n) candidate = stem + " (" + std::to_string(n) + ")" + ending;
  taken->push_back(Folded(candidate));
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

Result<ExportReport> ExportMatter(store::Connection& db, const documents::Originals& originals,
                                  const std::string& matter, const fs::path& target, const Report& report) {
  if (Result<std::int64_t> known = documents::MatterId(db, matter); !known) return Fail(std::move(known.error()));
  std::error_code failed;
  if (fs::exists(target, failed) && !fs::is_empty(target, failed)) {
    return Fail(ErrorCode::kAlreadyExists, target.string() + " is there already.", "Name a folder that is not.");
  }
  documents::ListOptions options;
  options.matters = {matter};
  options.superseded = true;
  const Result<std::vector<documents::Document>> documents = documents::ListDocuments(db, options);
  if (!documents) return Fail(documents.error());
  for (const char* folder : {"originals", "text"}) {
    if (Result<void> made = MakePrivateDirectory(target / folder); !made) return Fail(std::move(made.error()));
  }
  ExportReport done;
  std::vector<std::string> taken;
  Json index = Json::array();
  std::string csv =
      "id,name,original,text,type,sha256,bytes,pages,characters,state,superseded_by,added_at,inside,parents,holds\r\n";
  for (const documents::Document& document : *documents) {
    const double share = static_cast<double>(done.documents) / static_cast<double>(documents->size());
    if (Result<void> told = Tell(report, share, document.name); !told) return Fail(std::move(told.error()));
    const std::string name = SafeFileName(document.name, &taken);
    std::string original = "originals/" + name;
    const Result<Digest> copied = CopySynced(originals.PathOf(document.sha256), target / original);
    if (!copied || copied->sha256 != document.sha256) {
      done.notes.push_back("The original of '" + document.name + "' (" + document.id + ") is missing or damaged.");
    }
    if (!copied) {
      original.clear();
    } else {
      done.bytes += copied->bytes;
    }
    std::string text = "text/" + name + ".txt";
    const Result<std::uint64_t> written = WriteText(db, document, target / text);
    if (!written && written.error().code != ErrorCode::kNotFound) return Fail(written.error());
    if (!written) {
      text.clear();
    } else {
      done.bytes += *written;
    }
    Result<Links> links = ReadLinks(db, document);
    if (!links) return Fail(std::move(links.error()));
    index.push_back({{"id", document.id},
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
                     {"embedded", links->embedded}});
    csv += document.id + "," + CsvField(document.name) + "," + CsvField(original) + "," + CsvField(text) + "," +
           CsvField(document.media_type) + "," + document.sha256 + "," + std::to_string(document.bytes) + "," +
           std::to_string(document.pages) + "," + std::to_string(document.characters) + "," +
           std::string(documents::DocumentStateName(document.state)) + "," + document.superseded_by + "," +
           std::to_string(document.added_at) + "," + CsvField(links->inside) + "," + Joined(document.parents) + "," +
           Joined(links->ids) + "\r\n";
    ++done.documents;
  }
  const Json whole = {{"matter", matter}, {"documents", std::move(index)}};
  const std::string json = whole.dump(1, ' ', false, Json::error_handler_t::replace);
  if (Result<void> written = WriteFileAtomically(target / "index.json", json); !written) {
    return Fail(std::move(written.error()));
  }
  if (Result<void> written = WriteFileAtomically(target / "index.csv", csv); !written) {
    return Fail(std::move(written.error()));
  }
  return done;
}

}  // namespace counsel::upkeep
