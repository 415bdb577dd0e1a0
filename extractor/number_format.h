// Values of spreadsheet cells as the program shows them: number formats of ECMA-376 (18.8.30),
// "#,##0.00;[Red](#,##0.00)".
#pragma once

#include <string>
#include <string_view>

namespace counsel::extractor {

// The system's own formats of dates.
inline constexpr std::string_view kSystemDate = "\x01";
inline constexpr std::string_view kSystemDateAndTime = "\x02";

struct ShownNumber {
  ShownNumber() = default;
  std::string text;
  bool rounded = false;  // the cell holds more digits than it shows
};

// `code`: the format's code. Dates count days since 1900 (`from_1904`: since 1904). A format of the system's own date,
// which differs between countries, is shown as 2024-03-01.
[[nodiscard]] ShownNumber ShowNumber(double value, std::string_view code, bool from_1904);

// Likewise, and where it shows less than the cell holds, that too: "£1,235 (stored: 1234.56)".
[[nodiscard]] std::string ShowWithStored(double value, std::string_view code, bool from_1904);

// The code of a format that spreadsheets know by number; "General" for others.
[[nodiscard]] std::string_view BuiltInFormat(int id);

// As it is stored: "1234.56".
[[nodiscard]] std::string PlainNumber(double value);

}  // namespace counsel::extractor
