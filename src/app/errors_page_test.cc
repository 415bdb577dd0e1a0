// docs/errors.md says what the code does.
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "app/run_command.h"
#include "base/file.h"
#include "base/judgement.h"
#include "http/json.h"

namespace counsel::app {
namespace {

// A table's row: its cells, without spaces and back quotes around them.
std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    const std::size_t first = cell.find_first_not_of(" `");
    const std::size_t last = cell.find_last_not_of(" `");
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return cells;
}

TEST(TheErrorsPage, HasEveryCodeWithItsStatusesAndWhetherToTryAgain) {
  const Result<std::string> page = ReadFile(COUNSEL_ERRORS_PAGE, 1 << 20);
  ASSERT_TRUE(page) << page.error().ToString();
  std::map<std::string, std::vector<std::string>> rows;
  std::istringstream lines(*page);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    std::vector<std::string> cells = Cells(line);
    ASSERT_EQ(cells.size(), 5U) << line;
    EXPECT_FALSE(cells[4].empty()) << line;
    EXPECT_TRUE(rows.emplace(cells[0], cells).second) << line;
  }
  std::size_t codes = 0;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i, ++codes) {
    const auto code = static_cast<ErrorCode>(i);
    const std::string name(ErrorCodeName(code));
    ASSERT_TRUE(rows.contains(name)) << name;
    EXPECT_EQ(rows[name][1], std::to_string(http::HttpStatus(code))) << name;
    EXPECT_EQ(rows[name][2], std::to_string(ExitStatus(code))) << name;
    EXPECT_EQ(rows[name][3], JudgementName(Judge(Error(code, "It fails.")))) << name;
  }
  EXPECT_EQ(rows.size(), codes);
}

}  // namespace
}  // namespace counsel::app
