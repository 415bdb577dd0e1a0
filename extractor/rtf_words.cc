#include "extractor/rtf_words.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace counsel::extractor {

std::optional<Destination> DestinationOf(std::string_view word) {
  if (word == "shptxt" || word == "result") return Destination::kText;
  if (word == "fonttbl") return Destination::kFonts;
  if (word == "stylesheet") return Destination::kStyles;
  if (word == "revtbl") return Destination::kAuthors;
  if (word == "listtext" || word == "pntext") return Destination::kLabel;
  if (word == "shpinst" || word == "shp" || word == "sp") return Destination::kShape;
  return std::nullopt;
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
