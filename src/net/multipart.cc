#include "net/multipart.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "net/ascii.h"

namespace counsel::net {
namespace {

constexpr std::size_t kPartHeadLimit = 8 * 1024;
constexpr std::size_t kLongestBoundary = 70;  // RFC 2046

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes a quoted string off the front of *text. Browsers send a backslash as it is, curl doubles it: only \" and \\ are
// escapes.
std::string TakeQuoted(std::string_view* text) {
  std::string value;
  std::size_t i = 1;
  for (; i < text->size() && (*text)[i] != '"'; ++i) {
    const bool escape = (*text)[i] == '\\' && i + 1 < text->size() && ((*text)[i + 1] == '"' || (*text)[i + 1] == '\\');
    value += (*text)[escape ? ++i : i];
  }
  text->remove_prefix(std::min(i + 1, text->size()));
  return value;
}

// The parameter of a header value such as `form-data; name="x"; filename=y`.
std::optional<std::string> Parameter(std::string_view value, std::string_view name) {
  value.remove_prefix(std::min(value.find(';'), value.size()));
  while (!value.empty()) {
    value = Trim(value.substr(1));  // behind the ';'
    const std::size_t end = value.find_first_of("=;");
    const std::string_view key = Trim(value.substr(0, end));
    value.remove_prefix(std::min(end, value.size()));
    if (value.empty() || value.front() == ';') continue;
    value = Trim(value.substr(1));
    std::string found;
    if (!value.empty() && value.front() == '"') {
      found = TakeQuoted(&value);
      value.remove_prefix(std::min(value.find(';'), value.size()));
    } else {
      found = Trim(value.substr(0, value.find(';')));
      value.remove_prefix(std::min(value.find(';'), value.size()));
    }
    if (SameWord(key, name)) return found;
  }
  return std::nullopt;
}

// What a person would call the file: no folders, no control characters, valid UTF-8.
std::string FileName(std::string_view sent) {
  sent.remove_prefix(std::min(sent.find_last_of("/\\") + 1, sent.size()));
  std::string name;
  for (const char c : sent) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) name += c;
  }
  return name == "." || name == ".." ? "" : RepairUtf8(name);
}

tl::unexpected<Error> Malformed(std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument, "The uploaded form is malformed: " + std::string(why) + ".");
}

Result<PartHead> ParsePartHead(std::string_view lines) {
  PartHead head;
  std::optional<std::string> name;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find("\r\n"), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 2, lines.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Malformed("a part has a header without a colon");
    const std::string_view value = Trim(line.substr(colon + 1));
    if (SameWord(line.substr(0, colon), "Content-Disposition")) {
      if (!SameWord(Trim(value.substr(0, value.find(';'))), "form-data")) {
        return Malformed("a part is not form-data");
      }
      name = Parameter(value, "name");
      head.file_name = FileName(Parameter(value, "filename").value_or(""));
    } else if (SameWord(line.substr(0, colon), "Content-Type")) {
      head.content_type = value;
    }
  }
  if (!name) return Malformed("a part has no name");
  head.name = std::move(*name);
  return head;
}

}  // namespace

MultipartParser::MultipartParser(std::string boundary, std::function<Result<void>(const PartHead&)> on_part,
                                 std::function<Result<void>(std::string_view)> on_bytes)
    : delimiter_("\r\n--" + boundary),
      on_part_(std::move(on_part)),
      on_bytes_(std::move(on_bytes)),
      pending_("\r\n") {}  // so that a boundary at the very start looks like any other

Result<void> MultipartParser::Feed(std::string_view bytes) {
  if (state_ == State::kEnd) return {};
  pending_ += bytes;
  std::string_view rest = pending_;
  Result<bool> more = true;
  while (more && *more) more = Step(&rest);
  if (!more) return Fail(more.error());
  pending_.erase(0, pending_.size() - rest.size());
  return {};
}

Result<void> MultipartParser::Finish() {
  if (state_ != State::kEnd) return Malformed("it ends before its closing boundary");
  return {};
}

Result<bool> MultipartParser::Step(std::string_view* rest) {
  switch (state_) {
    case State::kPreamble:
    case State::kBytes:
      return TakeBytes(rest);
    case State::kDelimiter:
      return TakeDelimiterEnd(rest);
    case State::kHead:
      return TakeHead(rest);
    case State::kEnd:
      rest->remove_prefix(rest->size());
      return false;
  }
  return false;
}

Result<bool> MultipartParser::TakeBytes(std::string_view* rest) {
  const std::size_t found = rest->find(delimiter_);
  // Without one, all but what may be the beginning of one.
  std::size_t count = found;
  if (found == std::string_view::npos) count = rest->size() - std::min(rest->size(), delimiter_.size() - 1);
  if (state_ == State::kBytes && count > 0) {
    if (Result<void> taken = on_bytes_(rest->substr(0, count)); !taken) return Fail(taken.error());
  }
  rest->remove_prefix(count);
  if (found == std::string_view::npos) return false;
  rest->remove_prefix(delimiter_.size());
  state_ = State::kDelimiter;
  return true;
}

Result<bool> MultipartParser::TakeDelimiterEnd(std::string_view* rest) {
  const std::size_t text = rest->find_first_not_of(" \t");
  if (text == std::string_view::npos || rest->size() < text + 2) {
    if (rest->size() > kPartHeadLimit) return Malformed("a boundary line is too long");
    return false;
  }
  const std::string_view next = rest->substr(text, 2);
  if (next == "--" && text == 0) {
    state_ = State::kEnd;
    return true;
  }
  if (next != "\r\n") return Malformed("something follows a boundary");
  // The line end stays: a part without headers ends its head with it.
  rest->remove_prefix(text);
  state_ = State::kHead;
  return true;
}

Result<bool> MultipartParser::TakeHead(std::string_view* rest) {
  const std::size_t end = rest->find("\r\n\r\n");
  if (std::min(end, rest->size()) > kPartHeadLimit) return Malformed("the head of a part is too long");
  if (end == std::string_view::npos) return false;
  const Result<PartHead> head = ParsePartHead(end == 0 ? "" : rest->substr(2, end - 2));
  if (!head) return Fail(head.error());
  rest->remove_prefix(end + 4);
  state_ = State::kBytes;
  if (Result<void> taken = on_part_(*head); !taken) return Fail(taken.error());
  return true;
}

Result<std::string> BoundaryOf(std::string_view content_type) {
  const std::string_view type = Trim(content_type.substr(0, content_type.find(';')));
  if (!SameWord(type, "multipart/form-data")) {
    return Fail(ErrorCode::kInvalidArgument, "The request's Content-Type is not multipart/form-data.");
  }
  std::optional<std::string> boundary = Parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kLongestBoundary) {
    return Fail(ErrorCode::kInvalidArgument, "The request's Content-Type has no usable boundary.");
  }
  return std::move(*boundary);
}

}  // namespace counsel::net
