#include "extractor/docx_fields.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/utf8.h"

namespace counsel::extractor {
namespace {

constexpr std::size_t kMostFields = 200;     // open at a time
constexpr std::size_t kLongestCode = 1'000;  // bytes
constexpr std::size_t kMostEntries = 1'000;

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

std::vector<std::string> WordsOf(const std::string& code) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= code.size(); ++i) {
    const bool blank = i == code.size() || code[i] == ' ' || code[i] == '\t' || code[i] == '"' || code[i] == '\n';
    if (!blank) word += code[i];
    if (blank && !word.empty()) words.push_back(std::exchange(word, std::string()));
  }
  return words;
}

bool IsOn(const std::string& value) {
  return value != "0" && value != "false" && value != "off";
}

// " SYMBOL 254 \\f "Wingdings" "
std::string Symbol(const std::vector<std::string>& words) {
  std::string font;
  for (std::size_t i = 2; i + 1 < words.size(); ++i) {
    if (words[i] == "\\f") font = words[i + 1];
  }
  const unsigned long number = words.size() > 1 ? std::strtoul(words[1].c_str(), nullptr, 0) : 0;
  return number < 0x10000 ? SymbolOf(font, static_cast<char32_t>(number)) : std::string();
}

// Word's own lists for LISTNUM.
List ListNamed(const std::string& name) {
  struct Format {
    const char* format;
    const char* before;
    const char* after;
  };
  constexpr std::array<Format, 9> kNumber = {{{"decimal", "", ")"},
                                              {"lowerLetter", "", ")"},
                                              {"lowerRoman", "", ")"},
                                              {"decimal", "(", ")"},
                                              {"lowerLetter", "(", ")"},
                                              {"lowerRoman", "(", ")"},
                                              {"decimal", "", "."},
                                              {"lowerLetter", "", "."},
                                              {"lowerRoman", "", "."}}};
  constexpr std::array<Format, 9> kOutline = {{{"upperRoman", "", "."},
                                               {"upperLetter", "", "."},
                                               {"decimal", "", "."},
                                               {"lowerLetter", "", ")"},
                                               {"decimal", "(", ")"},
                                               {"lowerLetter", "(", ")"},
                                               {"lowerRoman", "(", ")"},
                                               {"lowerLetter", "(", ")"},
                                               {"lowerRoman", "(", ")"}}};
  List list;
  std::string legal;
  for (std::size_t i = 0; i < kNumber.size(); ++i) {
    legal += "%" + std::to_string(i + 1) + ".";
    if (name == "LEGALDEFAULT") {
      list[i].text = legal;
      continue;
    }
    const Format& format = name == "OUTLINEDEFAULT" ? kOutline[i] : kNumber[i];
    list[i].format = format.format;
    list[i].text = format.before + ("%" + std::to_string(i + 1)) + format.after;
  }
  return list;
}

}  // namespace

bool DocxFields::Shown() const {
  return std::all_of(open_.begin(), open_.end(), [](const Field& field) { return field.in_result; });
}

void DocxFields::Instruction(std::string_view text) {
  if (open_.empty() || open_.back().in_result) return;
  std::string& code = open_.back().instruction;
  if (code.size() < kLongestCode) code += text;
}

std::string DocxFields::Mark(std::string_view kind) {
  if (kind == "begin" && open_.size() < kMostFields) open_.emplace_back();
  if (open_.empty()) return "";
  if (kind == "separate") open_.back().in_result = true;
  if (kind != "end") return "";
  const Field field = std::move(open_.back());
  open_.pop_back();
  return Shown() ? ShownBy(field) : std::string();
}

void DocxFields::FormData(std::string_view name, const XmlWalk::Attributes& attributes) {
  if (open_.empty()) return;
  Field& field = open_.back();
  if (name == "checkBox") field.check_box = true;
  if (name == "ddList") field.choice = true;
  if (name == "checked") field.checked = IsOn(attributes["val"]);
  if (name == "default" && field.check_box) field.checked_by_default = IsOn(attributes["val"]);
  if ((name == "default" || name == "result") && field.choice) field.chosen = std::atoi(attributes["val"].c_str());
  if (name == "listEntry" && field.entries.size() < kMostEntries) field.entries.push_back(attributes["val"]);
}

std::string DocxFields::ShownBy(const Field& field) {
  if (field.check_box) return field.checked.value_or(field.checked_by_default) ? "\xE2\x98\x92" : "\xE2\x98\x90";
  if (field.choice) {
    const auto chosen = static_cast<std::size_t>(std::max(field.chosen, 0));
    return chosen < field.entries.size() ? field.entries[chosen] : std::string();
  }
  return field.in_result ? std::string() : ListNumber(field.instruction);
}

std::string DocxFields::ListNumber(const std::string& instruction) {
  const std::vector<std::string> words = WordsOf(instruction);
  const std::string code = words.empty() ? "" : Upper(words.front());
  if (code == "SYMBOL") return Symbol(words);
  if (code.starts_with("AUTONUM")) {
    List numbers;
    numbers.front().text = "%1.";
    return counters_.Next("AUTONUM", numbers, 0);
  }
  unknown_ += code == "EQ" ? 1 : 0;
  if (code != "LISTNUM") return "";
  std::string name = "NUMBERDEFAULT";
  int level = 1;
  std::optional<int> start;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const bool more = i + 1 < words.size();
    if (words[i] == "\\l" && more) {
      level = std::clamp(std::atoi(words[++i].c_str()), 1, 9);
    } else if (words[i] == "\\s" && more) {
      start = std::atoi(words[++i].c_str());
    } else if (i == 1) {
      name = Upper(words[i]);
    }
  }
  const std::string key = "LISTNUM " + name;
  if (start) counters_.Restart(key, level - 1, *start);
  return counters_.Next(key, ListNamed(name), level - 1);
}

std::string SymbolOf(std::string_view font, char32_t code) {
  struct Known {
    unsigned char code;
    char32_t character;
  };
  constexpr std::array kWingdings = {Known{0x6C, 0x25CF}, Known{0x6D, 0x274D}, Known{0x6E, 0x25A0}, Known{0x6F, 0x25A1},
                                     Known{0x71, 0x2751}, Known{0x72, 0x2752}, Known{0x76, 0x2756}, Known{0x9F, 0x2022},
                                     Known{0xA1, 0x25CB}, Known{0xA7, 0x25AA}, Known{0xA8, 0x2610}, Known{0xD8, 0x27A2},
                                     Known{0xDF, 0x2190}, Known{0xE0, 0x2192}, Known{0xE8, 0x2794}, Known{0xFB, 0x2718},
                                     Known{0xFC, 0x2714}, Known{0xFD, 0x2612}, Known{0xFE, 0x2611}, Known{0x4A, 0x263A},
                                     Known{0x28, 0x260E}, Known{0x2A, 0x2709}};
  constexpr std::array kWingdings2 = {Known{0x4F, 0x2718}, Known{0x50, 0x2714}, Known{0x51, 0x2612},
                                      Known{0x52, 0x2611}, Known{0x53, 0x2612}, Known{0x54, 0x2612},
                                      Known{0xA3, 0x2610}, Known{0x30, 0x2610}};
  constexpr std::array kSymbol = {
      Known{0xA0, 0x20AC}, Known{0xA2, 0x2032}, Known{0xA3, 0x2264}, Known{0xA5, 0x221E}, Known{0xB0, 0x00B0},
      Known{0xB1, 0x00B1}, Known{0xB2, 0x2033}, Known{0xB3, 0x2265}, Known{0xB4, 0x00D7}, Known{0xB7, 0x2022},
      Known{0xB8, 0x00F7}, Known{0xB9, 0x2260}, Known{0xBA, 0x2261}, Known{0xBB, 0x2248}, Known{0xBC, 0x2026},
      Known{0xAE, 0x2192}, Known{0xAC, 0x2190}, Known{0xDE, 0x21D2}, Known{0xD2, 0x00AE}, Known{0xD3, 0x00A9},
      Known{0xD4, 0x2122}, Known{0xE2, 0x00AE}, Known{0xE3, 0x00A9}, Known{0xE4, 0x2122}, Known{0xD7, 0x22C5},
      Known{0x2D, 0x2212}, Known{0x61, 0x03B1}, Known{0x62, 0x03B2}, Known{0x67, 0x03B3}, Known{0x64, 0x03B4},
      Known{0x65, 0x03B5}, Known{0x6C, 0x03BB}, Known{0x6D, 0x03BC}, Known{0x70, 0x03C0}, Known{0x73, 0x03C3},
      Known{0x77, 0x03C9}, Known{0x44, 0x0394}, Known{0x53, 0x03A3}, Known{0x57, 0x03A9}, Known{0xD6, 0x221A},
      Known{0xE5, 0x2211}, Known{0xDF, 0x21D3}, Known{0xDD, 0x21D1}, Known{0xAD, 0x2191}, Known{0xAF, 0x2193}};
  if (code >= 0xF000 && code <= 0xF0FF) code -= 0xF000;
  std::string text;
  const auto look = [&](const auto& table) {
    const auto* found = std::find_if(table.begin(), table.end(), [code](const Known& one) { return one.code == code; });
    if (found != table.end()) AppendUtf8(found->character, &text);
  };
  const std::string name = Upper(font);
  if (name.find("WINGDINGS 2") != std::string::npos) {
    look(kWingdings2);
  } else if (name.find("WINGDINGS") != std::string::npos) {
    look(kWingdings);
  } else if (name == "SYMBOL") {
    look(kSymbol);
    // Digits, brackets and stops are where they always are.
    const bool plain = code >= 0x20 && code < 0x40 && code != 0x22 && code != 0x24 && code != 0x27 && code != 0x2D;
    if (text.empty() && plain) AppendUtf8(code, &text);
  } else if (name.find("WEBDINGS") == std::string::npos && name.find("DINGBATS") == std::string::npos && code >= 0x20 &&
             !(code >= 0x7F && code < 0xA0)) {
    AppendUtf8(code, &text);  // a font with letters
  }
  return text;
}

std::string WithSymbols(std::string_view utf8, const std::string& font, int* unknown) {
  const auto may_be = [](char c) { return c == '\xEF'; };  // U+F000 to U+FFFF
  if (std::none_of(utf8.begin(), utf8.end(), may_be)) return std::string(utf8);
  std::string text;
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = NextCodePoint(utf8, &at);
    if (c < 0xF020 || c > 0xF0FF) {
      AppendUtf8(c, &text);
      continue;
    }
    const std::string symbol = SymbolOf(font, c);
    *unknown += symbol.empty() ? 1 : 0;
    text += symbol.empty() ? "[symbol]" : symbol;
  }
  return text;
}

}  // namespace counsel::extractor
