#include "extractor/rtf_words.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/utf8.h"
#include "extractor/docx_fields.h"
#include "extractor/encoding.h"

namespace counsel::extractor {

std::optional<Destination> DestinationOf(std::string_view word) {
  if (word == "result") return Destination::kText;
  if (word == "fonttbl") return Destination::kFonts;
  if (word == "stylesheet") return Destination::kStyles;
  if (word == "revtbl") return Destination::kAuthors;
  if (word == "listtext" || word == "pntext") return Destination::kLabel;
  if (word == "shpinst" || word == "shp" || word == "sp") return Destination::kShape;
  return std::nullopt;
}

std::string Decoded(std::string_view bytes, const RtfFont& font, const std::string& charset, int* unknown) {
  if (font.symbols && unknown != nullptr) {
    std::string symbols;
    for (char c : bytes) AppendUtf8(c == ' ' ? U' ' : 0xF000U | static_cast<unsigned char>(c), &symbols);
    return WithSymbols(symbols, font.name, unknown);
  }
  if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0; })) return std::string(bytes);
  std::optional<std::string> text = ConvertFrom(font.charset != nullptr ? font.charset : charset, bytes);
  if (!text) text = ConvertFrom("cp1252", bytes);
  return text.value_or("");
}

std::optional<char32_t> Utf16Units::Take(std::int32_t value) {
  const auto unit = static_cast<char32_t>(value < 0 ? value + 65'536 : value);
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    high = unit;
    return std::nullopt;
  }
  char32_t c = unit;
  if (unit >= 0xDC00 && unit <= 0xDFFF) c = high == 0 ? 0xFFFD : 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00);
  high = 0;
  return c > 0x10FFFF ? 0xFFFD : c;
}

void RtfStyles::Name(std::string_view utf8) {
  constexpr std::size_t kLongest = 200;
  if (name.size() < kLongest) name += utf8;
  if (utf8.find(';') == std::string_view::npos) return;
  const int named = HeadingLevelOfStyle(std::exchange(name, std::string()));
  const int level = named > 0 ? named : outline;
  if (level > 0) headings[style] = level;
  outline = 0;
}

bool RowShape::Take(std::string_view word) {
  if (word == "trowd") {
    *this = RowShape();
  } else if (word == "clvmrg") {
    below_ = true;
  } else if (word == "cellx") {
    constexpr std::size_t kMost = 1'000;
    if (goes_on.size() < kMost) goes_on.push_back(below_ ? 1 : 0);
    below_ = false;
  } else {
    return false;
  }
  return true;
}

bool TakeLook(std::string_view word, std::optional<std::int32_t> value, Group* group) {
  const bool on = value.value_or(1) != 0;
  if (word == "uc") {
    group->unicode_skip = std::clamp(value.value_or(1), 0, 16);
  } else if (word == "v") {
    group->hidden = on;
  } else if (word == "super" || word == "sub") {
    group->raised = on && word == "super";
    group->lowered = on && word == "sub";
  } else if (word == "nosupersub") {
    group->raised = group->lowered = false;
  } else if (word == "strike" || word == "striked") {
    group->struck = on;
  } else if (word == "revised") {
    group->inserted = on;
  } else if (word == "deleted") {
    group->deleted = on;
  } else if (word == "revauth") {
    group->inserted_by = value.value_or(0);
  } else if (word == "revauthdel") {
    group->deleted_by = value.value_or(0);
  } else if (word == "plain") {
    group->hidden = group->raised = group->lowered = group->struck = group->inserted = group->deleted = false;
  } else {
    return false;
  }
  return true;
}

const char* PageAside(std::string_view word) {
  if (word == "header" || word == "headerl" || word == "headerr" || word == "headerf") return "Page header";
  const bool footer = word == "footer" || word == "footerl" || word == "footerr" || word == "footerf";
  return footer ? "Page footer" : nullptr;
}

const char* CharsetOf(int font_charset) {
  struct Known {
    int number;
    const char* name;
  };
  constexpr std::array kKnown = {
      Known{77, "macintosh"}, Known{128, "cp932"},  Known{129, "cp949"},  Known{134, "cp936"},  Known{136, "cp950"},
      Known{161, "cp1253"},   Known{162, "cp1254"}, Known{163, "cp1258"}, Known{177, "cp1255"}, Known{178, "cp1256"},
      Known{186, "cp1257"},   Known{204, "cp1251"}, Known{222, "cp874"},  Known{238, "cp1250"}, Known{255, "cp437"}};
  for (const Known& known : kKnown) {
    if (known.number == font_charset) return known.name;
  }
  return nullptr;
}

const char* CharsetOfWord(std::string_view word) {
  if (word == "mac") return "macintosh";
  if (word == "pc") return "cp437";
  return word == "pca" ? "cp850" : nullptr;
}

const char* TextOfWord(std::string_view word) {
  struct Known {
    std::string_view word;
    const char* text;
  };
  constexpr std::array kKnown = {Known{"tab", "\t"},
                                 Known{"line", "\n"},
                                 Known{"emdash", "\xE2\x80\x94"},
                                 Known{"endash", "\xE2\x80\x93"},
                                 Known{"lquote", "\xE2\x80\x98"},
                                 Known{"rquote", "\xE2\x80\x99"},
                                 Known{"ldblquote", "\xE2\x80\x9C"},
                                 Known{"rdblquote", "\xE2\x80\x9D"},
                                 Known{"bullet", "\xE2\x80\xA2"},
                                 Known{"emspace", " "},
                                 Known{"enspace", " "},
                                 Known{"nestcell", " | "},
                                 Known{"nestrow", "\n"}};
  for (const Known& known : kKnown) {
    if (known.word == word) return known.text;
  }
  return nullptr;
}

bool IsUnseen(std::string_view word) {
  constexpr std::array<std::string_view, 17> kUnseen = {
      "colortbl", "info", "pict", "fldinst", "generator", "nonshppict", "filetbl", "themedata", "datastore",
      "objdata",  "xe",   "tc",   "rxe",     "listtable", "pnseclvl",   "sn",      "sv"};
  return std::find(kUnseen.begin(), kUnseen.end(), word) != kUnseen.end();
}

bool IsBullet(std::string_view label) {
  return std::none_of(label.begin(), label.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

int HeadingLevelOfStyle(std::string name) {
  constexpr std::string_view kHeading = "heading ";
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const std::size_t at = name.find(kHeading);
  return at == std::string::npos ? 0 : std::clamp(std::atoi(name.c_str() + at + kHeading.size()), 0, 9);
}

}  // namespace counsel::extractor
