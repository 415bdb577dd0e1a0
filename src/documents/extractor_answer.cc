#include "documents/extractor_answer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

namespace counsel::documents {
namespace {

using nlohmann::json;

constexpr std::uint64_t kRefusalBytes = std::uint64_t{64} << 10;
constexpr std::size_t kMaxSpans = 100'000;
constexpr std::size_t kLongestName = 1'024;  // bytes
constexpr std::array<std::string_view, 10> kKinds = {"heading", "clause",    "list_item", "table_row",   "footnote",
                                                     "comment", "insertion", "deletion",  "page_header", "attachment"};

Result<std::string> ReadRange(int fd, std::uint64_t from, std::uint64_t size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t n = ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(from + have));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Fail(ErrnoError(errno, "The text of a document cannot be read"));
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  bytes.resize(have);
  return bytes;
}

// The first line, without its end; "" when there is none within `limit` bytes.
Result<std::string> ReadLine(int fd, std::uint64_t limit) {
  constexpr std::uint64_t kPiece = std::uint64_t{64} << 10;
  std::string line;
  while (line.size() < limit) {
    Result<std::string> piece = ReadRange(fd, line.size(), kPiece);
    if (!piece) return piece;
    if (piece->empty()) break;
    const std::size_t end = piece->find('\n');
    line += piece->substr(0, end);
    if (end != std::string::npos) return line;
  }
  return std::string();
}

std::optional<std::vector<PageStart>> PagesOf(const json& head, std::int64_t characters) {
  const auto pages = head.find("pages");
  if (pages == head.end() || !pages->is_array()) return std::nullopt;
  std::vector<PageStart> starts;
  std::int64_t last_page = 0;
  std::int64_t last_start = 0;
  for (const json& page : *pages) {
    if (!page.is_array() || page.size() != 2 || !page[0].is_number_integer() || !page[1].is_number_integer()) {
      return std::nullopt;
    }
    const auto number = page[0].get<std::int64_t>();
    const auto start = page[1].get<std::int64_t>();
    if (number <= last_page || number > 1'000'000 || start < last_start || start > characters) return std::nullopt;
    starts.push_back({static_cast<int>(number), start});
    last_page = number;
    last_start = start;
  }
  return starts;
}

std::optional<std::vector<StructureSpan>> StructureOf(const json& head, std::int64_t characters) {
  const auto structure = head.find("structure");
  std::vector<StructureSpan> spans;
  if (structure == head.end()) return spans;
  if (!structure->is_array() || structure->size() > kMaxSpans) return std::nullopt;
  std::int64_t last_start = 0;
  for (const json& one : *structure) {
    if (!one.is_array() || one.size() != 5 || !one[0].is_string() || !one[1].is_number_integer() ||
        !one[2].is_number_integer() || !one[3].is_number_integer() || !one[4].is_string()) {
      return std::nullopt;
    }
    StructureSpan span;
    span.kind = one[0].get<std::string>();
    const auto level = one[1].get<std::int64_t>();
    span.start = one[2].get<std::int64_t>();
    span.end = one[3].get<std::int64_t>();
    span.label = one[4].get<std::string>();
    const bool known = std::find(kKinds.begin(), kKinds.end(), span.kind) != kKinds.end();
    const bool within = span.start >= last_start && span.end > span.start && span.end <= characters;
    if (!known || !within || level < 0 || level > 1'000 || span.label.size() > kLongestName) return std::nullopt;
    span.level = static_cast<int>(level);
    last_start = span.start;
    spans.push_back(std::move(span));
  }
  return spans;
}

// `from`: where the first one's bytes begin; `size`: of the whole answer.
std::optional<std::vector<EmbeddedFile>> EmbeddedOf(const json& head, std::uint64_t from, std::uint64_t size,
                                                    const ExtractionLimits& limits) {
  const auto embedded = head.find("embedded");
  std::vector<EmbeddedFile> files;
  if (embedded == head.end()) return files;
  if (!embedded->is_array() || embedded->size() > limits.embedded_files) return std::nullopt;
  std::uint64_t at = from;
  for (const json& one : *embedded) {
    if (!one.is_array() || one.size() != 3 || !one[0].is_string() || !one[1].is_string() ||
        !one[2].is_number_unsigned()) {
      return std::nullopt;
    }
    EmbeddedFile file;
    file.name = one[0].get<std::string>();
    file.media_type = one[1].get<std::string>();
    file.bytes = one[2].get<std::uint64_t>();
    file.offset = at;
    if (file.bytes == 0 || file.bytes > size - at) return std::nullopt;
    at += file.bytes;
    files.push_back(std::move(file));
  }
  if (at - from > limits.embedded_bytes) return std::nullopt;
  return files;
}

}  // namespace

tl::unexpected<Error> ReaderFailed(const std::string& name) {
  return Fail(ErrorCode::kCorrupt, "'" + name + "' could not be read: the document reader failed on it.",
              "The file may be damaged: open it in a viewer and save it anew.");
}

Result<ExtractedText> ReadAnswer(std::shared_ptr<const FileDescriptor> result, const std::string& name,
                                 const ExtractionLimits& limits) {
  struct stat status = {};
  if (::fstat(result->get(), &status) != 0) return Fail(ErrnoError(errno, "The text of a document cannot be read"));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  Result<std::string> line = ReadLine(result->get(), std::min(size, kHeadBytes));
  if (!line) return Fail(std::move(line.error()));
  const json head = json::parse(*line, nullptr, false);
  if (line->empty() || !head.is_object()) return ReaderFailed(name);
  const std::uint64_t text_at = line->size() + 1;
  const auto text_bytes = head.find("text_bytes");
  const auto media_type = head.find("media_type");
  const auto notes = head.find("notes");
  if (text_bytes == head.end() || !text_bytes->is_number_unsigned() || media_type == head.end() ||
      !media_type->is_string() || notes == head.end() || !notes->is_array()) {
    return ReaderFailed(name);
  }
  const auto length = text_bytes->get<std::uint64_t>();
  if (length == 0 || length > limits.text_bytes || length > size - std::min(size, text_at)) return ReaderFailed(name);
  Result<std::string> read = ReadRange(result->get(), text_at, length);
  if (!read) return Fail(std::move(read.error()));
  ExtractedText text;
  text.text = std::move(*read);
  if (text.text.size() != length || !ValidUtf8(text.text) || text.text.find('\0') != std::string::npos) {
    return ReaderFailed(name);
  }
  const std::int64_t characters = CountCodePoints(text.text);
  std::optional<std::vector<PageStart>> pages = PagesOf(head, characters);
  std::optional<std::vector<StructureSpan>> structure = StructureOf(head, characters);
  std::optional<std::vector<EmbeddedFile>> embedded = EmbeddedOf(head, text_at + length, size, limits);
  if (!pages || !structure || !embedded) return ReaderFailed(name);
  for (const json& note : *notes) {
    if (!note.is_string()) return ReaderFailed(name);
    text.notes.push_back(note.get<std::string>());
  }
  text.media_type = media_type->get<std::string>();
  text.pages = std::move(*pages);
  text.structure = std::move(*structure);
  text.embedded = std::move(*embedded);
  if (!text.embedded.empty()) text.embedded_bytes = std::move(result);
  return text;
}

Error ReadRefusal(const FileDescriptor& result, const std::string& name) {
  constexpr std::array kCodes = {ErrorCode::kInvalidArgument, ErrorCode::kPermissionDenied, ErrorCode::kTooLarge,
                                 ErrorCode::kUnsupported,     ErrorCode::kCorrupt,          ErrorCode::kOutOfMemory};
  const Result<std::string> line = ReadLine(result.get(), kRefusalBytes);
  const json head = line ? json::parse(*line, nullptr, false) : json();
  const json error = head.is_object() ? head.value("error", json()) : json();
  const auto text = [&error](const char* key) {
    const auto member = error.find(key);
    return member != error.end() && member->is_string() ? member->get<std::string>() : std::string();
  };
  if (error.is_object()) {
    for (ErrorCode code : kCodes) {
      if (ErrorCodeName(code) == text("code")) return {code, text("message"), text("next_step")};
    }
  }
  return ReaderFailed(name).value();
}

}  // namespace counsel::documents
