#include "app/review_sheet.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/programs.h"
#include "review/export.h"

namespace counsel::app {

std::string ReviewAsCsv(const Json& review) {
  review::ColumnSet columns;
  for (const Json& column : review["columns"]) {
    columns.columns.emplace_back();
    columns.columns.back().name = column.value("name", "");
  }
  std::string csv = "\xEF\xBB\xBF" + review::CsvHead(columns);
  for (const Json& one : review["rows"]) {
    review::Row row;
    row.document = one.value("document", "");
    row.name = one.value("name", "");
    row.state = one.value("state", "");
    row.reason = one["reason"].is_string() ? one["reason"].get<std::string>() : "";
    row.cells = one["cells"];
    csv += review::CsvRow(columns, row);
  }
  return csv;
}

Result<void> WriteSheet(const Json& review, const std::string& file) {
  if (std::filesystem::exists(file)) {
    return Fail(ErrorCode::kAlreadyExists, file + " is there already.", "Name a file that is not there yet.");
  }
  const std::string program = (FindPrograms().folder / "counsel-sheet").string();
  if (::access(program.c_str(), X_OK) != 0) {
    return Fail(ErrorCode::kUnsupported, "This Counsel was built without libxlsxwriter: it writes no XLSX.",
                "Name a file that ends in .csv, which every spreadsheet opens.");
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Fail(ErrnoError(errno, "Cannot make a pipe"));
  const pid_t child = ::fork();
  if (child < 0) return Fail(ErrnoError(errno, "Cannot start " + program));
  if (child == 0) {
    ::dup2(ends[0], STDIN_FILENO);
    ::execl(program.c_str(), program.c_str(), file.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[0]);
  std::signal(SIGPIPE, SIG_IGN);
  const std::string json = review.dump(-1, ' ', false, Json::error_handler_t::replace);
  for (std::size_t at = 0; at < json.size();) {
    const ssize_t some = ::write(ends[1], json.data() + at, json.size() - at);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) break;
    at += static_cast<std::size_t>(some);
  }
  ::close(ends[1]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  ::unlink(file.c_str());
  return Fail(ErrorCode::kUnavailable, file + " could not be written.",
              "Is there room on the disk, and may you write there?");
}

}  // namespace counsel::app
