#include "app/terminal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

namespace counsel::app {

namespace {

struct Size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

Size SizeOf(int fd) {
  winsize size{};
  Size found;
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return found;
  if (size.ws_col > 0) found.columns = size.ws_col;
  if (size.ws_row > 0) found.rows = size.ws_row;
  return found;
}

std::string FormatLocal(std::int64_t unix_seconds, const char* format) {
  const std::time_t time = unix_seconds;
  std::tm local{};
  ::localtime_r(&time, &local);
  std::array<char, 32> text{};
  (void)std::strftime(text.data(), text.size(), format, &local);
  return text.data();
}

}  // namespace

bool IsTerminal(int fd) {
  return ::isatty(fd) == 1;
}

std::string FormatSeconds(double seconds) {
  std::array<char, 32> text{};
  const auto whole = std::llround(seconds);
  if (seconds < 10) {
    std::snprintf(text.data(), text.size(), "%.1f s", std::max(seconds, 0.0));
  } else if (whole < 60) {
    std::snprintf(text.data(), text.size(), "%lld s", whole);
  } else if (whole < 3600) {
    std::snprintf(text.data(), text.size(), "%lld min %lld s", whole / 60, whole % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld h %lld min", whole / 3600, whole % 3600 / 60);
  }
  return text.data();
}

std::string FormatTime(std::int64_t unix_seconds) {
  return FormatLocal(unix_seconds, "%Y-%m-%d %H:%M");
}

std::string FormatClock(std::int64_t unix_seconds) {
  return FormatLocal(unix_seconds, "%H:%M:%S");
}

std::string Printable(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char32_t code_point = NextCodePoint(text, &i);
    if (most > 0 && count++ == most) {
      out += "…";
      break;
    }
    const bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
    AppendUtf8(control ? U' ' : code_point, &out);
  }
  return out;
}

std::string FormatTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::int64_t> widths;
  return FormatTable(rows, &widths);
}

std::string FormatTable(const std::vector<std::vector<std::string>>& rows, std::vector<std::int64_t>* kept) {
  std::vector<std::int64_t>& widths = *kept;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], CountCodePoints(row[i]));
  }
  std::string out;
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(static_cast<std::size_t>(widths[i] - CountCodePoints(row[i]) + 2), ' ');
    }
    out += '\n';
  }
  return out;
}

LiveText::LiveText() : terminal_(IsTerminal(STDOUT_FILENO)) {}

bool LiveText::Show(const std::string& text) {
  std::string out;
  if (!terminal_) {
    out = text;
  } else {
    const Size size = SizeOf(STDOUT_FILENO);
    if (lines_ > 0) out += "\033[" + std::to_string(lines_) + "F";
    lines_ = 0;
    for (std::size_t from = 0; from < text.size() && lines_ + 1 < size.rows; ++lines_) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      out += Printable(text.substr(from, end - from), std::max<std::size_t>(size.columns, 2) - 1) + "\033[K\n";
      from = end + 1;
    }
    out += "\033[J";
  }
  return std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0;
}

ProgressBar::ProgressBar() : enabled_(IsTerminal(STDERR_FILENO)) {}

ProgressBar::~ProgressBar() {
  Clear();
}

void ProgressBar::Show(double share, const std::string& text) {
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && share < 1 && now - last_ < std::chrono::milliseconds(50)) return;
  last_ = now;
  shown_ = true;
  const std::size_t columns = SizeOf(STDERR_FILENO).columns;
  constexpr int kBarWidth = 24;
  const int filled = static_cast<int>(std::clamp(share, 0.0, 1.0) * kBarWidth);
  std::string line = "[" + std::string(static_cast<std::size_t>(filled), '#') +
                     std::string(static_cast<std::size_t>(kBarWidth - filled), ' ') + "] " + text;
  line = Printable(line, std::max<std::size_t>(columns, 22) - 2);
  std::fprintf(stderr, "\r%s\033[K", line.c_str());
  std::fflush(stderr);
}

void ProgressBar::Clear() {
  if (!shown_) return;
  std::fprintf(stderr, "\r\033[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace counsel::app
