// One document turned into text: what the formats' readers give and main.cc frames for the daemon.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace counsel::extractor {

struct Document {
  Document() = default;
  std::string text;        // valid UTF-8, line ends '\n', no control characters but '\n' and '\t'
  std::string media_type;  // "text/plain", "text/markdown", "application/pdf"
  std::vector<std::pair<int, std::int64_t>> pages;  // (page from 1, code point it starts at), ascending
  std::vector<std::string> notes;
};

// Told by its content; the name only tells Markdown from text. Errors are sentences for the user that name the file:
// kInvalidArgument (no text), kPermissionDenied (password), kTooLarge, kUnsupported, kCorrupt.
[[nodiscard]] Result<Document> ReadDocument(std::string_view bytes, const std::string& name,
                                            std::size_t max_text_bytes);

// The readers. `bytes` begins with "%PDF-".
[[nodiscard]] Result<Document> ReadPdf(std::string_view bytes, const std::string& name, std::size_t max_text_bytes);
[[nodiscard]] Result<Document> ReadPlainText(std::string_view bytes, const std::string& name,
                                             std::size_t max_text_bytes);

inline constexpr int kMaxPages = 5'000;

// Appends a code point as the text keeps it: '\r' and "\r\n" become '\n', a form feed or vertical tab too, other
// control characters vanish.
class TextWriter {
 public:
  explicit TextWriter(std::string* out) : out_(out) {}
  void Put(char32_t code_point);

 private:
  std::string* out_;
  bool after_return_ = false;
};

[[nodiscard]] bool HasText(std::string_view text);
[[nodiscard]] tl::unexpected<Error> TextTooLong(const std::string& name, std::size_t max_text_bytes);

// One line of JSON, and the text after it when there is a document.
[[nodiscard]] std::string Frame(const Result<Document>& document);

}  // namespace counsel::extractor
