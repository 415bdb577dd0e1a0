// The register's names and dates as they stand in a text.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "base/utf8.h"
#include "companies_house/register_entry.h"

namespace counsel::companies_house {
namespace {

constexpr std::int64_t kLongestName = 200;  // code points

bool TurnsDirection(char32_t c) {
  return c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0x200B || c == 0xFEFF;
}

bool BecomesBlank(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x2028 || c == 0x2029;
}

std::string Name(const std::string& text) {
  return OnOneLine(text, kLongestName);
}

}  // namespace

std::string OnOneLine(std::string_view text, std::int64_t most) {
  std::string line;
  std::int64_t count = 0;
  bool blank = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, &at);
    if (BecomesBlank(c)) {
      blank = !line.empty();
      continue;
    }
    if (TurnsDirection(c)) continue;
    if (count >= most) return line + "…";
    if (blank) {
      line += ' ';
      ++count;
    }
    blank = false;
    AppendUtf8(c, &line);
    ++count;
  }
  return line;
}

std::string DateInText(std::string_view date) {
  static constexpr std::array kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
  const bool shaped = date.size() == 10 && date[4] == '-' && date[7] == '-' &&
                      std::all_of(date.begin(), date.end(), [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  const int month = shaped ? std::atoi(std::string(date.substr(5, 2)).c_str()) : 0;
  const int day = shaped ? std::atoi(std::string(date.substr(8, 2)).c_str()) : 0;
  if (month < 1 || month > 12 || day < 1 || day > 31) return OnOneLine(date, 40);
  return std::to_string(day) + " " + kMonths[static_cast<std::size_t>(month) - 1] + " " +
         std::string(date.substr(0, 4));
}

std::string CompanyInText(const CompanyProfile& profile) {
  const std::string name = Name(profile.name);
  return (name.empty() ? "The company" : name) + " (company number " + OnOneLine(profile.number, 20) + ")";
}

std::string OfficerInText(const Officer& officer) {
  const std::string name = Name(officer.name);
  if (name.empty()) return "A person whose name is not shown";
  const std::size_t comma = name.find(", ");
  const bool person = officer.role.find("corporate") == std::string::npos;
  const bool two = comma != std::string::npos && name.find(',', comma + 1) == std::string::npos;
  const std::string_view surname = std::string_view(name).substr(0, comma);
  const bool capitals = std::none_of(surname.begin(), surname.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!person || !two || !capitals || comma + 2 >= name.size()) return name;
  return name.substr(comma + 2) + " " + std::string(surname);
}

std::string EntryName(const CompanyProfile& profile) {
  std::string name = OnOneLine(profile.name, 100) + " (" + OnOneLine(profile.number, 20) + ") register entry.json";
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '\\'; }, ' ');
  return name;
}

}  // namespace counsel::companies_house
