// Text of unknown encoding: UTF-8, UTF-16 with a byte order mark, else Windows-1252 when it looks like text.
#include <array>

#include "base/utf8.h"
#include "extractor/document.h"

namespace counsel::extractor {
namespace {

// Windows-1252, 0x80 to 0x9F; 0 where nothing is defined.
constexpr std::array<char32_t, 32> kWindows1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                   0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// Of 100 bytes. Western European text has under 10 letters beyond ASCII; other alphabets have far more.
constexpr std::size_t kMostBeyondAscii = 25;
constexpr std::size_t kMostControls = 1;

unsigned char Byte(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

tl::unexpected<Error> Binary(const std::string& name) {
  return Fail(ErrorCode::kUnsupported, "'" + name + "' is not a text, Markdown or PDF document (it holds binary data).",
              "Save it as PDF, Markdown or plain text.");
}

std::string FromUtf16(std::string_view bytes, bool big_endian) {
  std::string text;
  TextWriter writer(&text);
  const auto unit = [&](std::size_t i) -> char32_t {
    const char32_t first = Byte(bytes, i);
    const char32_t second = Byte(bytes, i + 1);
    return big_endian ? first << 8 | second : second << 8 | first;
  };
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t c = unit(i);
    if (c >= 0xD800 && c <= 0xDBFF && i + 3 < bytes.size()) {
      const char32_t low = unit(i + 2);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    writer.Put(c >= 0xD800 && c <= 0xDFFF ? U'\uFFFD' : c);
  }
  return text;
}

std::string FromUtf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  TextWriter writer(&text);
  for (std::size_t at = 0; at < bytes.size();) writer.Put(NextCodePoint(bytes, &at));
  return text;
}

std::string FromWindows1252(std::string_view bytes) {
  std::string text;
  TextWriter writer(&text);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned char byte = Byte(bytes, i);
    const bool special = byte >= 0x80 && byte <= 0x9F;
    writer.Put(special ? kWindows1252[byte - 0x80] : byte);
  }
  return text;
}

bool IsControl(unsigned char byte) {
  return byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t' && byte != '\f';
}

struct Census {
  bool has_nul = false;
  std::size_t controls = 0;
  std::size_t beyond_ascii = 0;
  std::size_t undefined = 0;  // in Windows-1252
};

Census CountBytes(std::string_view bytes) {
  Census census;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned char byte = Byte(bytes, i);
    if (byte == 0) census.has_nul = true;
    if (IsControl(byte)) ++census.controls;
    if (byte >= 0x80) ++census.beyond_ascii;
    if (byte >= 0x80 && byte <= 0x9F && kWindows1252[byte - 0x80] == 0) ++census.undefined;
  }
  return census;
}

bool EndsWithAnyCase(std::string_view name, std::string_view ending) {
  if (name.size() < ending.size()) return false;
  name.remove_prefix(name.size() - ending.size());
  for (std::size_t i = 0; i < ending.size(); ++i) {
    const char c = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    if (c != ending[i]) return false;
  }
  return true;
}

// The text, decoded; notes what had to be guessed.
Result<std::string> Decode(std::string_view bytes, const std::string& name, std::vector<std::string>* notes) {
  if (bytes.starts_with("\xFF\xFE")) return FromUtf16(bytes.substr(2), false);
  if (bytes.starts_with("\xFE\xFF")) return FromUtf16(bytes.substr(2), true);
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const Census census = CountBytes(bytes);
  if (census.has_nul || census.controls * 100 > bytes.size() * kMostControls) return Binary(name);
  if (ValidUtf8(bytes)) return FromUtf8(bytes);
  if (census.undefined > 0 || census.beyond_ascii * 100 > bytes.size() * kMostBeyondAscii) {
    return Fail(ErrorCode::kUnsupported, "The character encoding of '" + name + "' is not known.",
                "Save the text as UTF-8.");
  }
  notes->emplace_back("The text is not UTF-8; it was read as Windows-1252.");
  return FromWindows1252(bytes);
}

}  // namespace

Result<Document> ReadPlainText(std::string_view bytes, const std::string& name, std::size_t max_text_bytes) {
  Document document;
  const bool markdown = EndsWithAnyCase(name, ".md") || EndsWithAnyCase(name, ".markdown");
  document.media_type = markdown ? "text/markdown" : "text/plain";
  Result<std::string> text = Decode(bytes, name, &document.notes);
  if (!text) return Fail(std::move(text.error()));
  if (text->size() > max_text_bytes) return TextTooLong(name, max_text_bytes);
  if (!HasText(*text)) {
    return Fail(ErrorCode::kInvalidArgument, "'" + name + "' holds no text, only white space.",
                "Add a file that has content.");
  }
  document.text = std::move(*text);
  return document;
}

}  // namespace counsel::extractor
