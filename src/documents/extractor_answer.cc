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
constexpr std::array<std::string_view, 12> kKinds = {"heading",  "clause",      "list_item",  "table_row",
                                                     "footnote", "comment",     "insertion",  "deletion",
                                                     "hidden",   "page_header", "attachment", "line"};

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
    ASSIGN_OR_RETURN(std::string piece, ReadRange(fd, line.size(), kPiece));
    if (piece.empty()) break;
    const std::size_t end = piece.find('\n');
    line += piece.substr(0, end);
    if (end != std::string::npos) return line;
  }
  return std::string();
}

// Null when it is no object, or one that no reader of ours writes: two million lists in each other are gigabytes as a
// tree.
json ParseHead(std::string_view line) {
  constexpr int kDeepest = 4;
  constexpr std::size_t kMostValues = 3'000'000;
  int depth = 0;
  std::size_t values = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (in_string && c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (c == '[' || c == '{' || c == ',') ++values;
    if (depth > kDeepest || values > kMostValues) return nullptr;
  }
  json head = json::parse(line, nullptr, false);
  return head.is_object() ? head : json(nullptr);
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
  if (at - from > limits.unpacked_bytes) return std::nullopt;
  return files;
}

std::optional<std::vector<int>> NeedsOcrOf(const json& head, const std::vector<PageStart>& pages) {
  const auto needs_ocr = head.find("needs_ocr");
  std::vector<int> numbers;
  if (needs_ocr == head.end()) return numbers;
  if (!needs_ocr->is_array()) return std::nullopt;
  std::size_t at = 0;
  for (const json& one : *needs_ocr) {
    if (!one.is_number_integer()) return std::nullopt;
    while (at < pages.size() && pages[at].page != one) ++at;
    if (at == pages.size()) return std::nullopt;  // no such page, or not ascending
    numbers.push_back(pages[at].page);
  }
  return numbers;
}

// [[part, why, where]…] as sentences: "Not read: 2 charts (page 3): Counsel reads no charts."
std::optional<std::vector<std::string>> UnreadOf(const json& head) {
  const auto unread = head.find("unread");
  std::vector<std::string> notes;
  if (unread == head.end()) return notes;
  if (!unread->is_array() || unread->size() > 1'000) return std::nullopt;
  for (const json& one : *unread) {
    const bool strings = one.is_array() && one.size() == 3 &&
                         std::all_of(one.begin(), one.end(), [](const json& member) { return member.is_string(); });
    if (!strings) return std::nullopt;
    const auto why = one[1].get<std::string>();
    const auto where = one[2].get<std::string>();
    notes.push_back(std::string(kNotRead) + one[0].get<std::string>() + (where.empty() ? "" : " (" + where + ")") +
                    (why.empty() ? "" : ": " + why) + ".");
  }
  return notes;
}

std::optional<std::vector<std::pair<int, std::string>>> PageLabelsOf(const json& head,
                                                                     const std::vector<PageStart>& pages) {
  const auto labels = head.find("page_labels");
  std::vector<std::pair<int, std::string>> found;
  if (labels == head.end()) return found;
  if (!labels->is_array() || labels->size() > pages.size()) return std::nullopt;
  for (const json& one : *labels) {
    const bool sound = one.is_array() && one.size() == 2 && one[0].is_number_integer() && one[1].is_string() &&
                       one[1].get_ref<const std::string&>().size() <= kLongestName;
    if (!sound) return std::nullopt;
    found.emplace_back(one[0].get<int>(), one[1].get<std::string>());
  }
  return found;
}

std::optional<std::vector<WordBox>> WordsOf(const json& head, std::int64_t characters) {
  const auto words = head.find("words");
  std::vector<WordBox> boxes;
  if (words == head.end() || !words->is_array()) return std::nullopt;
  std::int64_t last_end = 0;
  for (const json& one : *words) {
    const bool numbers = one.is_array() && one.size() == 7 && one[0].is_number_integer() &&
                         one[1].is_number_integer() &&
                         std::all_of(one.begin() + 2, one.end(), [](const json& member) { return member.is_number(); });
    if (!numbers) return std::nullopt;
    WordBox box;
    box.start = one[0].get<std::int64_t>();
    box.end = one[1].get<std::int64_t>();
    box.left = one[2].get<double>();
    box.top = one[3].get<double>();
    box.right = one[4].get<double>();
    box.bottom = one[5].get<double>();
    box.confidence = one[6].get<double>();
    if (box.start < last_end || box.end <= box.start || box.end > characters) return std::nullopt;
    if (!(box.confidence >= 0 && box.confidence <= 100)) return std::nullopt;
    last_end = box.end;
    boxes.push_back(box);
  }
  return boxes;
}

double NumberOf(const json& head, const char* name) {
  const auto member = head.find(name);
  return member != head.end() && member->is_number() ? member->get<double>() : -1;
}

// The line of JSON (null when there is none) and where it ends.
Result<std::pair<json, std::uint64_t>> ReadHead(const FileDescriptor& result) {
  ASSIGN_OR_RETURN(std::string line, ReadLine(result.get(), kHeadBytes));
  return std::pair(ParseHead(line), std::uint64_t{line.size() + 1});
}

// What follows it: `size` bytes, as its member says.
Result<std::string> ReadBody(const FileDescriptor& result, const std::string& name, const json& head,
                             const char* member, std::uint64_t from) {
  constexpr std::uint64_t kMost = std::uint64_t{64} << 20;
  const auto size = head.find(member);
  if (size == head.end() || !size->is_number_unsigned() || size->get<std::uint64_t>() > kMost) {
    return ReaderFailed(name);
  }
  Result<std::string> body = ReadRange(result.get(), from, size->get<std::uint64_t>());
  if (body && body->size() != size->get<std::uint64_t>()) return ReaderFailed(name);
  return body;
}

}  // namespace

Result<PageAnswer> ReadPageAnswer(const FileDescriptor& result, const std::string& name, int page) {
  Result<std::pair<json, std::uint64_t>> line = ReadHead(result);
  if (!line) return Fail(std::move(line.error()));
  const json& head = line->first;
  if (head.is_null()) return ReaderFailed(name);
  ASSIGN_OR_RETURN(std::string text, ReadBody(result, name, head, "text_bytes", line->second));
  if (!ValidUtf8(text) || text.find('\0') != std::string::npos) return ReaderFailed(name);
  PageAnswer answer;
  answer.placed.page = page;
  answer.placed.width = NumberOf(head, "width");
  answer.placed.height = NumberOf(head, "height");
  answer.placed.confidence = NumberOf(head, "confidence");
  std::optional<std::vector<WordBox>> words = WordsOf(head, CountCodePoints(text));
  const bool sound = answer.placed.width >= 0 && answer.placed.height >= 0 && answer.placed.confidence >= 0 &&
                     answer.placed.confidence <= 100;
  if (!words || !sound) return ReaderFailed(name);
  const auto better = head.find("better");
  answer.better = better == head.end() || !better->is_boolean() || better->get<bool>();
  answer.placed.words = std::move(*words);
  answer.text = std::move(text);
  return answer;
}

Result<std::string> ReadImageAnswer(const FileDescriptor& result, const std::string& name) {
  Result<std::pair<json, std::uint64_t>> line = ReadHead(result);
  if (!line) return Fail(std::move(line.error()));
  if (line->first.is_null()) return ReaderFailed(name);
  Result<std::string> image = ReadBody(result, name, line->first, "image_bytes", line->second);
  if (image && !image->starts_with("\x89PNG")) return ReaderFailed(name);
  return image;
}

tl::unexpected<Error> ReaderFailed(const std::string& name) {
  return Fail(ErrorCode::kCorrupt, "'" + name + "' could not be read: the document reader failed on it.",
              "The file may be damaged: open it in a viewer and save it anew.");
}

Result<ExtractedText> ReadAnswer(std::shared_ptr<const FileDescriptor> result, const std::string& name,
                                 const ExtractionLimits& limits) {
  struct stat status = {};
  if (::fstat(result->get(), &status) != 0) return Fail(ErrnoError(errno, "The text of a document cannot be read"));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  ASSIGN_OR_RETURN(std::string line, ReadLine(result->get(), std::min(size, kHeadBytes)));
  const json head = ParseHead(line);
  if (head.is_null()) return ReaderFailed(name);
  const std::uint64_t text_at = line.size() + 1;
  const auto text_bytes = head.find("text_bytes");
  const auto media_type = head.find("media_type");
  const auto notes = head.find("notes");
  if (text_bytes == head.end() || !text_bytes->is_number_unsigned() || media_type == head.end() ||
      !media_type->is_string() || notes == head.end() || !notes->is_array()) {
    return ReaderFailed(name);
  }
  const auto length = text_bytes->get<std::uint64_t>();
  if (length > limits.text_bytes || length > size - std::min(size, text_at)) return ReaderFailed(name);
  ASSIGN_OR_RETURN(std::string read, ReadRange(result->get(), text_at, length));
  ExtractedText text;
  text.text = std::move(read);
  if (text.text.size() != length || !ValidUtf8(text.text) || text.text.find('\0') != std::string::npos) {
    return ReaderFailed(name);
  }
  const std::int64_t characters = CountCodePoints(text.text);
  std::optional<std::vector<PageStart>> pages = PagesOf(head, characters);
  std::optional<std::vector<StructureSpan>> structure = StructureOf(head, characters);
  std::optional<std::vector<EmbeddedFile>> embedded = EmbeddedOf(head, text_at + length, size, limits);
  if (!pages || !structure || !embedded) return ReaderFailed(name);
  std::optional<std::vector<int>> needs_ocr = NeedsOcrOf(head, *pages);
  std::optional<std::vector<std::string>> unread = UnreadOf(head);
  std::optional<std::vector<std::pair<int, std::string>>> labels = PageLabelsOf(head, *pages);
  if (!unread || !labels) return ReaderFailed(name);
  const auto tail = head.find("tail");
  if (tail != head.end() && tail->is_number_integer()) text.tail = tail->get<std::int64_t>();
  const std::int64_t last_page = pages->empty() ? 0 : pages->back().start;
  if (text.tail >= 0 && (text.tail > characters || text.tail < last_page)) return ReaderFailed(name);
  if (!needs_ocr || (text.text.empty() && needs_ocr->empty())) return ReaderFailed(name);
  for (const json& note : *notes) {
    if (!note.is_string()) return ReaderFailed(name);
    text.notes.push_back(note.get<std::string>());
  }
  const auto next = head.find("next");
  if (next != head.end() && next->is_number_integer()) text.next = next->get<std::int64_t>();
  text.notes.insert(text.notes.end(), unread->begin(), unread->end());
  text.page_labels = std::move(*labels);
  text.media_type = media_type->get<std::string>();
  text.pages = std::move(*pages);
  text.structure = std::move(*structure);
  text.embedded = std::move(*embedded);
  text.needs_ocr = std::move(*needs_ocr);
  if (!text.embedded.empty()) text.embedded_bytes = std::move(result);
  return text;
}

Error ReadRefusal(const FileDescriptor& result, const std::string& name) {
  constexpr std::array kCodes = {ErrorCode::kInvalidArgument, ErrorCode::kPermissionDenied, ErrorCode::kTooLarge,
                                 ErrorCode::kUnsupported,     ErrorCode::kCorrupt,          ErrorCode::kOutOfMemory,
                                 ErrorCode::kNotFound};
  const Result<std::string> line = ReadLine(result.get(), kRefusalBytes);
  const json head = line ? ParseHead(*line) : json();
  const json error = head.is_object() ? head.value("error", json()) : json();
  const auto text = [&error](const char* key) {
    const auto member = error.find(key);
    return member != error.end() && member->is_string() ? member->get<std::string>() : std::string();
  };
  if (error.is_object() && !text("message").empty()) {
    for (ErrorCode code : kCodes) {
      if (ErrorCodeName(code) == text("code")) return {code, text("message"), text("next_step")};
    }
  }
  return ReaderFailed(name).value();
}

}  // namespace counsel::documents
