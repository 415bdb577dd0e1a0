#include "extractor/encoding.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include "base/utf8.h"
#include "extractor/flow.h"

namespace counsel::extractor {
namespace {

// Of 100 bytes.
constexpr std::size_t kMostControls = 1;
// What ICU must be sure of, of 100.
constexpr int kLeastConfidence = 20;
constexpr std::size_t kSample = std::size_t{256} << 10;  // bytes that are looked at

struct Mark {
  std::string_view begins;
  const char* charset;
};
// UTF-32LE begins like UTF-16LE.
constexpr std::array kMarks = {Mark{std::string_view("\xFF\xFE\0\0", 4), "UTF-32LE"},
                               Mark{std::string_view("\0\0\xFE\xFF", 4), "UTF-32BE"}, Mark{"\xEF\xBB\xBF", "UTF-8"},
                               Mark{"\xFF\xFE", "UTF-16LE"}, Mark{"\xFE\xFF", "UTF-16BE"}};

std::string Cleaned(std::string_view utf8) {
  std::string text;
  text.reserve(utf8.size());
  TextWriter writer(&text);
  for (std::size_t at = 0; at < utf8.size();) writer.Put(NextCodePoint(utf8, &at));
  return text;
}

tl::unexpected<Error> Binary(const std::string& name) {
  return Fail(ErrorCode::kUnsupported, "'" + name + "' is not a document that Counsel can read (it holds binary data).",
              "Save it as PDF, Word, OpenDocument, HTML, Markdown or plain text.");
}

bool IsControl(unsigned char byte) {
  return byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t' && byte != '\f' && byte != 0x1B;
}

// UTF-16 without a mark: most of its every second byte is the same in text of any one alphabet.
const char* Utf16WithoutMark(std::string_view bytes) {
  bytes = bytes.substr(0, kSample);
  if (bytes.size() < 8 || bytes.find('\0') == std::string_view::npos) return nullptr;
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < bytes.size(); ++i) zeros[i % 2] += bytes[i] == 0 ? 1 : 0;
  const std::size_t half = bytes.size() / 2;
  if (zeros[1] * 2 > half && zeros[0] * 50 < half) return "UTF-16LE";
  if (zeros[0] * 2 > half && zeros[1] * 50 < half) return "UTF-16BE";
  return nullptr;
}

// Control characters of the second set, and what could not be converted: no text has them.
std::size_t CountWrong(std::string_view utf8) {
  std::size_t wrong = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = NextCodePoint(utf8, &at);
    wrong += (c >= 0x80 && c <= 0x9F && c != 0x85) || c == 0xFFFD ? 1 : 0;
  }
  return wrong;
}
bool HasWrongCharacters(std::string_view utf8) {
  return CountWrong(utf8) > 0;
}

// ICU's best guess; "" when it is not sure enough, of 100.
std::string Guess(std::string_view bytes, int least_confidence) {
  bytes = bytes.substr(0, kSample);
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, void (*)(UCharsetDetector*)> detector(ucsdet_open(&status), ucsdet_close);
  if (U_FAILURE(status)) return "";
  ucsdet_setText(detector.get(), bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &status);
  if (U_FAILURE(status) || match == nullptr) return "";
  const std::int32_t confidence = ucsdet_getConfidence(match, &status);
  const char* name = ucsdet_getName(match, &status);
  if (U_FAILURE(status) || confidence < least_confidence) return "";
  // Windows' code page holds all of Latin 1, and people's quotation marks.
  const std::string guess = name;
  if (guess == "ISO-8859-1") return "windows-1252";
  // Turkish differs from it in six letters.
  constexpr std::string_view kTurkish = "\xD0\xDD\xDE\xF0\xFD\xFE";
  if (guess == "ISO-8859-9")
    return bytes.find_first_of(kTurkish) == std::string_view::npos ? "windows-1252" : "windows-1254";
  return guess;
}

// What a text is that says it is something else: Windows' code pages go by the names of the ISO's.
std::string Instead(const std::string& declared, std::string_view bytes) {
  constexpr int kSure = 60;
  struct Pair {
    std::string_view iso;
    const char* windows;
  };
  constexpr std::array kPairs = {Pair{"8859-2", "windows-1250"}, Pair{"8859-5", "windows-1251"},
                                 Pair{"8859-7", "windows-1253"}, Pair{"8859-8", "windows-1255"},
                                 Pair{"8859-9", "windows-1254"}, Pair{"8859-13", "windows-1257"}};
  for (const Pair& pair : kPairs) {
    if (declared.ends_with(pair.iso)) return pair.windows;
  }
  // Longer texts tell more; of a few bytes a guess is worth little.
  const std::string guess = declared.find("8859") == std::string::npos ? Guess(bytes, kSure) : std::string();
  const bool western = guess.empty() || guess.starts_with("ISO-8859-") || guess == "UTF-8";
  return western ? "windows-1252" : guess;
}

}  // namespace

std::optional<std::string> ConvertFrom(const std::string& charset, std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, void (*)(UConverter*)> from(ucnv_open(charset.c_str(), &status), ucnv_close);
  const std::unique_ptr<UConverter, void (*)(UConverter*)> to(ucnv_open("UTF-8", &status), ucnv_close);
  if (U_FAILURE(status)) return std::nullopt;
  std::string text;
  std::string piece(std::size_t{16} << 10, '\0');
  std::array<UChar, 4096> pivot;
  UChar* pivot_from = pivot.data();
  UChar* pivot_to = pivot.data();
  const char* source = bytes.data();
  const char* const end = bytes.data() + bytes.size();
  bool first = true;
  do {
    char* target = piece.data();
    status = U_ZERO_ERROR;
    ucnv_convertEx(to.get(), from.get(), &target, piece.data() + piece.size(), &source, end, pivot.data(), &pivot_from,
                   &pivot_to, pivot.data() + pivot.size(), first, true, &status);
    first = false;
    text.append(piece.data(), static_cast<std::size_t>(target - piece.data()));
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  if (U_FAILURE(status)) return std::nullopt;
  return text;
}

Result<std::string> Decode(std::string_view bytes, const std::string& name, const std::string& declared,
                           std::vector<std::string>* notes) {
  for (const Mark& mark : kMarks) {
    if (!bytes.starts_with(mark.begins)) continue;
    bytes.remove_prefix(mark.begins.size());
    if (std::string_view(mark.charset) == "UTF-8") break;
    return Cleaned(ConvertFrom(mark.charset, bytes).value_or(""));
  }
  if (const char* utf16 = Utf16WithoutMark(bytes); utf16 != nullptr) {
    return Cleaned(ConvertFrom(utf16, bytes).value_or(""));
  }
  const auto controls = static_cast<std::size_t>(
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return IsControl(static_cast<unsigned char>(c)); }));
  if (bytes.find('\0') != std::string_view::npos || controls * 100 > bytes.size() * kMostControls) return Binary(name);
  // ISO-2022 is made of ASCII and escapes.
  const bool escapes = bytes.find('\x1B') != std::string_view::npos;
  // UTF-7 is all ASCII.
  const bool seven = declared == "utf-7" || declared == "UTF-7" || declared == "unicode-1-1-utf-7";
  if (ValidUtf8(bytes) && !escapes && !seven) return Cleaned(bytes);
  if (!declared.empty()) {
    std::optional<std::string> text = ConvertFrom(declared, bytes);
    if (text && !HasWrongCharacters(*text)) return Cleaned(*text);
    if (text) {
      const std::string instead = Instead(declared, bytes);
      std::string better = ConvertFrom(instead, bytes).value_or(*text);
      if (HasWrongCharacters(better) && CountWrong(better) >= CountWrong(*text)) return Cleaned(*text);
      notes->push_back("A text says that it is " + declared.substr(0, 40) + " and is not; it was read as " + instead +
                       ".");
      return Cleaned(better);
    }
  }
  const std::string guess = Guess(bytes, kLeastConfidence);
  std::optional<std::string> text = guess.empty() ? std::nullopt : ConvertFrom(guess, bytes);
  if (!text && ValidUtf8(bytes)) return Cleaned(bytes);
  if (!text) {
    return Fail(ErrorCode::kUnsupported, "The character encoding of '" + name + "' is not known.",
                "Save the text as UTF-8.");
  }
  if (guess != "UTF-8") {
    const std::string shown = guess == "windows-1252" ? "Windows-1252" : guess;
    notes->push_back("The text is not UTF-8; it was read as " + shown + ".");
  }
  return Cleaned(*text);
}

}  // namespace counsel::extractor
