// What people see: sizes, times, progress bars, tables. On a terminal only where it says so.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/format.h"

namespace counsel::app {

[[nodiscard]] bool IsTerminal(int fd);

// "0.4 s", "12 s", "3 min 20 s", "2 h 5 min".
[[nodiscard]] std::string FormatSeconds(double seconds);
// "2026-11-23 21:04" in local time.
[[nodiscard]] std::string FormatTime(std::int64_t unix_seconds);
// "21:04:55" in local time.
[[nodiscard]] std::string FormatClock(std::int64_t unix_seconds);

// Text from outside for a terminal: control characters (escape sequences too) become spaces; at most `most` code
// points, then "…". 0: no limit.
[[nodiscard]] std::string Printable(std::string_view text, std::size_t most = 0);

// Columns padded to their widest cell; the first row is the head.
[[nodiscard]] std::string FormatTable(const std::vector<std::vector<std::string>>& rows);
// A table in pieces: columns are at least as wide as *widths, and leave there how wide they are.
[[nodiscard]] std::string FormatTable(const std::vector<std::vector<std::string>>& rows,
                                      std::vector<std::int64_t>* widths);

// Text on stdout that is drawn over itself: what does not fit the terminal is cut. Where stdout is no terminal, each
// text follows the one before.
class LiveText {
 public:
  LiveText();
  [[nodiscard]] bool terminal() const { return terminal_; }
  // false when nobody reads any more.
  [[nodiscard]] bool Show(const std::string& text);

 private:
  bool terminal_;
  std::size_t lines_ = 0;  // drawn last
};

// A bar on stderr, drawn over itself; draws nothing when stderr is no terminal.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();  // clears its line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  // `share` 0..1; `text` stands behind the bar. Redraws at most 20 times a second, and for share 1 always.
  void Show(double share, const std::string& text);
  void Clear();
  [[nodiscard]] bool enabled() const { return enabled_; }

 private:
  bool enabled_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace counsel::app
