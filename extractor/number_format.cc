#include "extractor/number_format.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace counsel::extractor {
namespace {

constexpr std::size_t kLongestCode = 500;

// A piece of a format: a letter that stands for a value, or text.
struct Piece {
  char kind =
      0;  // '0' digits, '.' point, '%', 'E' exponent; 'y' 'm' 'd' 'h' 's' 'n' (minutes) 'a' (AM/PM); '@'; '"' text
  int count = 0;
  bool elapsed = false;
  std::string text;
};

std::vector<std::string_view> Sections(std::string_view code) {
  std::vector<std::string_view> sections;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= code.size(); ++i) {
    if (i < code.size() && code[i] == '\\') {
      ++i;
      continue;
    }
    if (i < code.size() && code[i] == '"') quoted = !quoted;
    if (i < code.size() && (quoted || code[i] != ';')) continue;
    sections.push_back(code.substr(begin, i - begin));
    begin = i + 1;
  }
  return sections;
}

void AddText(std::string_view text, std::vector<Piece>* pieces) {
  if (pieces->empty() || pieces->back().kind != '"') pieces->push_back({'"', 0, false, ""});
  pieces->back().text += text;
}

// "[$£-809]", "[Red]", "[h]".
void Bracket(std::string_view inside, std::vector<Piece>* pieces) {
  if (inside.starts_with('$')) {
    AddText(
        inside.substr(1, inside.find('-') == std::string_view::npos ? std::string_view::npos : inside.find('-') - 1),
        pieces);
    return;
  }
  const char c = inside.empty() ? ' ' : static_cast<char>(inside.front() | 0x20);
  if ((c == 'h' || c == 'm' || c == 's') && inside.find_first_not_of("hHmMsS") == std::string_view::npos) {
    pieces->push_back({c == 'm' ? 'n' : c, static_cast<int>(inside.size()), true, ""});
  }
}

std::vector<Piece> PiecesOf(std::string_view code) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    const char small = static_cast<char>(c | 0x20);
    if (c == '"') {
      const std::size_t end = std::min(code.find('"', i + 1), code.size());
      AddText(code.substr(i + 1, end - i - 1), &pieces);
      i = end;
    } else if (c == '\\' || c == '!') {
      if (++i < code.size()) AddText(code.substr(i, 1), &pieces);
    } else if (c == '_') {
      ++i;
      AddText(" ", &pieces);
    } else if (c == '*') {
      ++i;
    } else if (c == '[') {
      const std::size_t end = std::min(code.find(']', i), code.size());
      Bracket(code.substr(i + 1, end - i - 1), &pieces);
      i = end;
    } else if (code.substr(i, 5) == "AM/PM" || code.substr(i, 5) == "am/pm") {
      pieces.push_back({'a', 0, false, ""});
      i += 4;
    } else if (code.substr(i, 7) == "General") {
      pieces.push_back({'G', 0, false, ""});
      i += 6;
    } else if (c == '0' || c == '#' || c == '?' || c == ',' || c == '.') {
      if (pieces.empty() || pieces.back().kind != '0') pieces.push_back({'0', 0, false, ""});
      pieces.back().text += c;
    } else if ((c == 'E' || c == 'e') && i + 1 < code.size() && (code[i + 1] == '+' || code[i + 1] == '-')) {
      pieces.push_back({'E', 0, false, ""});
      ++i;
    } else if (small == 'y' || small == 'm' || small == 'd' || small == 'h' || small == 's') {
      std::size_t end = i;
      while (end < code.size() && static_cast<char>(code[end] | 0x20) == small) ++end;
      pieces.push_back({small, static_cast<int>(end - i), false, ""});
      i = end - 1;
    } else if (c == '%' || c == '@') {
      pieces.push_back({c, 0, false, ""});
    } else {
      AddText(code.substr(i, 1), &pieces);
    }
  }
  return pieces;
}

bool IsDate(const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces) {
    if (std::string_view("ymdhsna").find(piece.kind) != std::string_view::npos) return true;
  }
  return false;
}

std::string Padded(std::int64_t number, int digits) {
  std::string text = std::to_string(number);
  while (static_cast<int>(text.size()) < digits) text.insert(text.begin(), '0');
  return text;
}

struct Day {
  std::int64_t year = 0;
  int month = 0;
  int day = 0;
  int weekday = 0;  // 0: Sunday
};

// Howard Hinnant's days_from_civil, the other way round; `days` since 1970-01-01.
Day FromDays(std::int64_t days) {
  Day found;
  found.weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t of_era = days - era * 146'097;
  const std::int64_t year = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  found.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  found.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  found.year = year + era * 400 + (found.month <= 2 ? 1 : 0);
  return found;
}

// Of serial number `serial`: spreadsheets believe that 1900 had a 29 February, which is number 60.
Day DayOf(std::int64_t serial, bool from_1904) {
  if (from_1904) return FromDays(serial - 24'107);
  if (serial == 60) return {1900, 2, 29, 3};
  return FromDays(serial - (serial < 60 ? 25'568 : 25'569));
}

std::string ShowDate(double value, std::vector<Piece> pieces, bool from_1904) {
  constexpr std::array kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                  "July",    "August",   "September", "October", "November", "December"};
  constexpr std::array kDays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
  constexpr std::int64_t kSecondsADay = 86'400;
  const auto seconds = static_cast<std::int64_t>(std::llround(value * static_cast<double>(kSecondsADay)));
  const Day day = DayOf(seconds / kSecondsADay, from_1904);
  const std::int64_t of_day = seconds % kSecondsADay;
  bool twelve = false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    twelve = twelve || pieces[i].kind == 'a';
    if (pieces[i].kind != 'm' || pieces[i].count > 2) continue;
    // Beside hours or seconds it is minutes.
    char before = 0;
    for (std::size_t k = i; k-- > 0 && before == 0;) before = pieces[k].kind == '"' ? 0 : pieces[k].kind;
    char after = 0;
    for (std::size_t k = i + 1; k < pieces.size() && after == 0; ++k)
      after = pieces[k].kind == '"' ? 0 : pieces[k].kind;
    if (before == 'h' || after == 's') pieces[i].kind = 'n';
  }
  std::string text;
  for (const Piece& piece : pieces) {
    const std::int64_t hour = of_day / 3'600;
    switch (piece.kind) {
      case 'y':
        text += piece.count <= 2 ? Padded(day.year % 100, 2) : std::to_string(day.year);
        break;
      case 'm':
        if (piece.count <= 2) text += Padded(day.month, piece.count);
        if (piece.count >= 3) {
          const std::string name = kMonths[static_cast<std::size_t>(day.month - 1)];
          text += piece.count == 3 ? name.substr(0, 3) : piece.count == 5 ? name.substr(0, 1) : name;
        }
        break;
      case 'd':
        if (piece.count <= 2) text += Padded(day.day, piece.count);
        if (piece.count >= 3) {
          const std::string name = kDays[static_cast<std::size_t>(day.weekday)];
          text += piece.count == 3 ? name.substr(0, 3) : name;
        }
        break;
      case 'h':
        text += Padded(piece.elapsed ? seconds / 3'600 : twelve ? (hour + 11) % 12 + 1 : hour, piece.count);
        break;
      case 'n':
        text += Padded(piece.elapsed ? seconds / 60 : of_day / 60 % 60, piece.count);
        break;
      case 's':
        text += Padded(piece.elapsed ? seconds : of_day % 60, piece.count);
        break;
      case 'a':
        text += hour < 12 ? "AM" : "PM";
        break;
      case '0':
        break;  // parts of a second
      default:
        text += piece.text;
    }
  }
  return text;
}

std::string Grouped(std::string digits) {
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

// As spreadsheets round: halves away from zero, of the decimal number that is shown and not of the binary one that is
// stored (1.005 is 1.01 with two decimals).
double RoundHalfAway(double value, int decimals) {
  constexpr double kMost = 1e15;  // beyond it there are no halves
  constexpr double kNudge = 1 + 4e-15;
  const double factor = std::pow(10.0, decimals);
  const double shifted = value * factor;
  return std::abs(shifted) < kMost ? std::round(shifted * kNudge) / factor : value;
}

// "(0000) 000-000": text stands between the digits of a number, which fill their places from the last one. Empty where
// a format has one place for digits, or a point, per cent or thousands among them.
std::vector<std::string> Divided(std::string digits, const std::vector<Piece>& pieces) {
  std::size_t places = 0;
  std::size_t count = 0;
  for (const Piece& piece : pieces) {
    if (piece.kind == '%' || piece.kind == 'E') return {};
    if (piece.kind != '0') continue;
    if (piece.text.find_first_of(".,") != std::string::npos) return {};
    places += piece.text.size();
    ++count;
  }
  if (count < 2) return {};
  while (digits.size() < places) digits.insert(digits.begin(), '0');
  std::vector<std::string> parts(count);
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
    if (piece->kind != '0') continue;
    const std::size_t size = --count == 0 ? digits.size() : piece->text.size();
    parts[count] = digits.substr(digits.size() - size);
    digits.resize(digits.size() - size);
  }
  return parts;
}

// The digits of a format, before and after its point: "#,##0", "00".
ShownNumber ShowDigits(double value, const std::vector<Piece>& pieces) {
  double scale = 1;
  std::string whole;
  std::string part;
  bool exponent = false;
  for (const Piece& piece : pieces) {
    if (piece.kind == '%') scale *= 100;
    exponent = exponent || piece.kind == 'E';
    if (piece.kind != '0') continue;
    const std::size_t point = piece.text.find('.');
    if (whole.empty() && part.empty()) {
      whole = piece.text.substr(0, point);
      part = point == std::string::npos ? "" : piece.text.substr(point + 1);
    }
  }
  std::string& last = part.empty() ? whole : part;
  for (; !last.empty() && last.back() == ','; last.pop_back()) scale /= 1'000;
  const bool grouped = whole.find(',') != std::string::npos;
  const int decimals = std::min(static_cast<int>(part.size()), 15);
  int least_decimals = 0;
  for (std::size_t i = 0; i < part.size(); ++i)
    least_decimals = part[i] == '0' ? static_cast<int>(i) + 1 : least_decimals;
  int least_digits = 0;
  for (char c : whole) least_digits += c == '0' ? 1 : 0;
  std::array<char, 400> buffer{};
  const double scaled = exponent ? value * scale : RoundHalfAway(value * scale, decimals);
  std::snprintf(buffer.data(), buffer.size(), exponent ? "%.*E" : "%.*f", decimals, scaled);
  std::string digits = buffer.data();
  ShownNumber shown;
  const double kept = std::strtod(digits.c_str(), nullptr) / scale;
  shown.rounded = std::abs(kept - value) > 1e-9 * std::max(1.0, std::abs(value));
  if (!exponent) {
    const std::size_t point = std::min(digits.find('.'), digits.size());
    std::string before = digits.substr(0, point);
    std::string after = point < digits.size() ? digits.substr(point + 1) : "";
    while (static_cast<int>(after.size()) > least_decimals && after.ends_with('0')) after.pop_back();
    if (before == "0" && least_digits == 0 && !after.empty()) before.clear();
    while (static_cast<int>(before.size()) < least_digits) before.insert(before.begin(), '0');
    digits = (grouped ? Grouped(before) : before) + (after.empty() ? "" : "." + after);
  }
  if (const std::vector<std::string> parts = Divided(digits, pieces); !parts.empty()) {
    std::size_t next = 0;
    for (const Piece& piece : pieces)
      shown.text += piece.kind == '0' ? parts[next++] : piece.kind == '"' ? piece.text : "";
    return shown;
  }
  bool put = false;
  for (const Piece& piece : pieces) {
    if (piece.kind == '"') shown.text += piece.text;
    if (piece.kind == '%') shown.text += '%';
    if (piece.kind == '0' && !put) {
      shown.text += digits;
      put = true;
    }
  }
  return shown;
}

std::string Trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

std::string PlainNumber(double value) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.15g", value);
  return buffer.data();
}

ShownNumber ShowNumber(double value, std::string_view code, bool from_1904) {
  constexpr double kLastDay = 2'958'466;  // the year 10000
  ShownNumber shown;
  shown.text = PlainNumber(value);
  if (!std::isfinite(value) || code.size() > kLongestCode) return shown;
  const bool is_day = value >= 0 && value < kLastDay;
  if (code == kSystemDate || code == kSystemDateAndTime) {
    if (is_day)
      shown.text = ShowDate(value, PiecesOf(code == kSystemDate ? "yyyy-mm-dd" : "yyyy-mm-dd hh:mm"), from_1904);
    return shown;
  }
  const std::vector<std::string_view> sections = Sections(code);
  std::size_t section = value < 0 && sections.size() > 1 ? 1 : value == 0 && sections.size() > 2 ? 2 : 0;
  const bool own_sign = section == 1;  // the format says how a number below zero looks
  const std::vector<Piece> pieces = PiecesOf(sections[section]);
  if (IsDate(pieces)) {
    if (is_day) shown.text = ShowDate(value, pieces, from_1904);
    return shown;
  }
  bool digits = false;
  bool general = pieces.empty() && sections.size() == 1;
  for (const Piece& piece : pieces) {
    digits = digits || piece.kind == '0';
    general = general || piece.kind == 'G' || piece.kind == '@';
  }
  if (general) return shown;
  if (sections[section].find('/') != std::string_view::npos && digits) return shown;  // fractions
  ShownNumber formatted = ShowDigits(std::abs(value), pieces);
  formatted.rounded = formatted.rounded && digits;
  formatted.text = Trimmed(formatted.text);
  if (value < 0 && !own_sign && formatted.text.find_first_of("123456789") != std::string::npos)
    formatted.text.insert(0, "-");
  // What shows nothing, or hides the number, is told.
  if (!digits && value != 0) formatted.rounded = true;
  return formatted;
}

std::string ShowWithStored(double value, std::string_view code, bool from_1904) {
  const ShownNumber shown = ShowNumber(value, code, from_1904);
  if (!shown.rounded) return shown.text;
  return shown.text + (shown.text.empty() ? "" : " ") + "(stored: " + PlainNumber(value) + ")";
}

}  // namespace counsel::extractor
