// Incremental reader of multipart/form-data (RFC 7578), for uploads: the daemon never holds a whole file.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace counsel::net {

struct PartHead {
  std::string name;       // the field's name
  std::string file_name;  // "" when the part is not a file; only the last path component is kept
  std::string content_type;
};

class MultipartParser {
 public:
  // `boundary` from the Content-Type header; see BoundaryOf. Callbacks run inside Feed; an error of theirs ends the
  // parse and is returned by Feed.
  MultipartParser(std::string boundary, std::function<Result<void>(const PartHead&)> on_part,
                  std::function<Result<void>(std::string_view)> on_bytes);
  [[nodiscard]] Result<void> Feed(std::string_view bytes);
  // After the last byte: kInvalidArgument when the closing boundary never came.
  [[nodiscard]] Result<void> Finish();

 private:
  // kPreamble → kDelimiter → kHead → kBytes → kDelimiter … → kEnd
  enum class State { kPreamble, kDelimiter, kHead, kBytes, kEnd };

  // Each takes what it understands off the front of *rest; false when it needs more bytes.
  [[nodiscard]] Result<bool> Step(std::string_view* rest);
  [[nodiscard]] Result<bool> TakeBytes(std::string_view* rest);
  [[nodiscard]] Result<bool> TakeDelimiterEnd(std::string_view* rest);
  [[nodiscard]] Result<bool> TakeHead(std::string_view* rest);

  std::string delimiter_;  // the line break before it belongs to it
  std::function<Result<void>(const PartHead&)> on_part_;
  std::function<Result<void>(std::string_view)> on_bytes_;
  std::string pending_;
  State state_ = State::kPreamble;
};

// The boundary parameter of a Content-Type value; kInvalidArgument when it is not multipart/form-data or has none.
[[nodiscard]] Result<std::string> BoundaryOf(std::string_view content_type);

}  // namespace counsel::net
