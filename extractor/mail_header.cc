#include "extractor/mail_header.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "extractor/encoding.h"

namespace counsel::extractor {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

int Hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// `mark` and two digits are a byte.
std::string FromHex(std::string_view coded, char mark, bool underscores) {
  std::string bytes;
  for (std::size_t i = 0; i < coded.size(); ++i) {
    const bool byte = coded[i] == mark && i + 2 < coded.size() && Hex(coded[i + 1]) >= 0 && Hex(coded[i + 2]) >= 0;
    const char plain = underscores && coded[i] == '_' ? ' ' : coded[i];
    bytes += byte ? static_cast<char>(Hex(coded[i + 1]) * 16 + Hex(coded[i + 2])) : plain;
    if (byte) i += 2;
  }
  return bytes;
}

// Forgives what is missing at its end.
std::string FromBase64(std::string_view coded) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned held = 0;
  int bits = 0;
  for (char c : coded) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) continue;
    held = held << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(held >> bits & 0xFFU);
  }
  return bytes;
}

std::string Converted(const std::string& charset, const std::string& bytes) {
  std::vector<std::string> ignored;
  Result<std::string> text = Decode(bytes, "", charset, &ignored);
  return text ? *text : RepairUtf8(bytes);
}

struct Word {
  Word() = default;
  std::string charset;
  std::string bytes;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The first encoded word from `at` on.
bool NextWord(std::string_view value, std::size_t at, Word* word) {
  for (std::size_t begin = value.find("=?", at); begin != std::string_view::npos; begin = value.find("=?", begin + 2)) {
    const std::size_t charset_end = value.find('?', begin + 2);
    if (charset_end == std::string_view::npos || charset_end + 2 >= value.size()) return false;
    if (value[charset_end + 2] != '?') continue;
    const std::size_t end = value.find("?=", charset_end + 3);
    if (end == std::string_view::npos) return false;
    const std::string charset(value.substr(begin + 2, charset_end - begin - 2));
    const std::string_view coded = value.substr(charset_end + 3, end - charset_end - 3);
    const bool base64 = value[charset_end + 1] == 'B' || value[charset_end + 1] == 'b';
    word->charset = Lower(charset.substr(0, charset.find('*')));
    word->bytes = base64 ? FromBase64(coded) : FromHex(coded, '=', true);
    word->begin = begin;
    word->end = end + 2;
    return true;
  }
  return false;
}

}  // namespace

std::string DecodeWords(std::string_view value) {
  std::string text;
  Word pending;
  std::size_t at = 0;
  Word word;
  while (NextWord(value, at, &word)) {
    const std::string_view between = value.substr(at, word.begin - at);
    // White space between two encoded words is none of the text.
    const bool follows = !pending.charset.empty() && between.find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (follows && pending.charset == word.charset) {
      pending.bytes += word.bytes;
    } else {
      if (!pending.charset.empty()) text += Converted(pending.charset, pending.bytes);
      if (!follows) text += between;
      pending = word;
    }
    at = word.end;
  }
  if (!pending.charset.empty()) text += Converted(pending.charset, pending.bytes);
  text += value.substr(at);
  return text;
}

std::string HeaderParameter(std::string_view header, std::string_view name) {
  constexpr int kMostSections = 1'000;
  struct Section {
    Section() = default;
    std::string value;
    bool coded = false;
  };
  std::map<int, Section> sections;
  std::string whole;
  for (std::size_t at = std::min(header.find(';'), header.size()); at < header.size();) {
    ++at;  // the semicolon
    const std::size_t equals = std::min(header.find_first_of("=;", at), header.size());
    std::string key = Lower(header.substr(at, equals - at));
    std::erase_if(key, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    at = equals;
    if (at >= header.size() || header[at] == ';') continue;
    at = std::min(header.find_first_not_of(" \t\r\n", at + 1), header.size());
    std::string value;
    if (at < header.size() && header[at] == '"') {
      for (++at; at < header.size() && header[at] != '"'; ++at) {
        if (header[at] == '\\' && at + 1 < header.size()) ++at;
        if (header[at] != '\r' && header[at] != '\n') value += header[at];
      }
      at = std::min(header.find(';', at), header.size());
    } else {
      const std::size_t end = std::min(header.find(';', at), header.size());
      value = header.substr(at, end - at);
      value.erase(value.find_last_not_of(" \t\r\n") + 1);
      at = end;
    }
    if (!key.starts_with(name)) continue;
    std::string rest = key.substr(name.size());
    const bool coded = rest.ends_with('*');
    if (coded) rest.pop_back();
    if (rest.empty() && !coded) {
      whole = value;
    } else if (rest.empty() || (rest.front() == '*' && rest.size() > 1 && rest.size() < 6 &&
                                rest.find_first_not_of("0123456789", 1) == std::string::npos)) {
      const int number = rest.empty() ? 0 : std::stoi(rest.substr(1));
      if (number < kMostSections) sections[number] = {};
      if (number < kMostSections) sections[number].value = value;
      if (number < kMostSections) sections[number].coded = coded;
    }
  }
  if (sections.empty()) return DecodeWords(whole);
  std::string charset;
  std::string bytes;
  bool first = true;
  for (const auto& [number, section] : sections) {
    std::string_view value = section.value;
    if (std::exchange(first, false) && section.coded) {
      const std::size_t charset_end = value.find('\'');
      const std::size_t language_end =
          charset_end == std::string_view::npos ? charset_end : value.find('\'', charset_end + 1);
      if (language_end != std::string_view::npos) {
        charset = Lower(value.substr(0, charset_end));
        value.remove_prefix(language_end + 1);
      }
    }
    bytes += section.coded ? FromHex(value, '%', false) : std::string(value);
  }
  return Converted(charset, bytes);
}

std::string HeaderOf(std::string_view message, std::string_view lower_name) {
  std::string value;
  bool inside = false;
  for (std::size_t begin = 0; begin < message.size();) {
    const std::size_t end = std::min(message.find('\n', begin), message.size());
    std::string_view line = message.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin = end + 1;
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (inside) value += line;
      continue;
    }
    if (inside) break;
    const std::size_t colon = std::min(line.find(':'), line.size());
    inside = Lower(line.substr(0, colon)) == lower_name;
    if (inside) value = line.substr(std::min(colon + 1, line.size()));
  }
  const std::string text =
      RepairUtf8(DecodeWords(ValidUtf8(value) ? value : ConvertFrom("windows-1252", value).value_or("")));
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace counsel::extractor
