#include "extractor/command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace counsel::extractor {
namespace {

constexpr std::size_t kLongestName = std::size_t{64} << 10;

template <class Number>
bool ParseNumber(std::string_view text, Number* number) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return failed == std::errc() && end == text.data() + text.size();
}

// "left,top,right,bottom;…"
bool ParseMarks(std::string_view text, std::vector<Box>* marks) {
  std::vector<double> numbers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;"), text.size());
    double number = 0;
    if (!ParseNumber(text.substr(0, end), &number)) return false;
    numbers.push_back(number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  for (std::size_t i = 0; i + 3 < numbers.size(); i += 4) {
    marks->push_back({numbers[i], numbers[i + 1], numbers[i + 2], numbers[i + 3]});
  }
  return numbers.size() % 4 == 0;
}

bool ParseTask(std::string_view text, Task* task) {
  constexpr std::array<std::pair<std::string_view, Task>, 4> kTasks = {
      {{"text", Task::kText}, {"ocr", Task::kOcr}, {"words", Task::kWords}, {"image", Task::kImage}}};
  const auto* found = std::find_if(kTasks.begin(), kTasks.end(), [text](const auto& one) { return one.first == text; });
  if (found == kTasks.end()) return false;
  *task = found->second;
  return true;
}

}  // namespace

bool Parse(const std::vector<std::string>& arguments, Command* command) {
  Order* order = &command->order;
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    const std::string_view option = arguments[i];
    const std::string_view value = arguments[i + 1];
    bool good = true;
    if (option == "--task") good = ParseTask(value, &order->task);
    if (option == "--max-text-bytes") good = ParseNumber(value, &order->limits.text_bytes);
    if (option == "--max-unpacked-bytes") good = ParseNumber(value, &order->limits.unpacked_bytes);
    if (option == "--max-embedded-files") good = ParseNumber(value, &order->limits.embedded_files);
    if (option == "--max-pages") good = ParseNumber(value, &order->limits.pages);
    if (option == "--from") good = ParseNumber(value, &order->batch.from);
    if (option == "--place") good = ParseNumber(value, &order->batch.place);
    if (option == "--page") good = ParseNumber(value, &order->page.page);
    if (option == "--max-pixels") good = ParseNumber(value, &order->page.most_pixels);
    if (option == "--languages") order->page.languages = value;
    if (option == "--marks") good = ParseMarks(value, &order->page.marks);
    if (option == "--memory-bytes") good = ParseNumber(value, &command->policy.memory_bytes);
    if (option == "--seconds") good = ParseNumber(value, &command->policy.cpu_seconds);
    if (option == "--written-bytes") good = ParseNumber(value, &command->policy.written_bytes);
    if (option == "--nice") good = ParseNumber(value, &command->nice);
    if (!good) return false;
  }
  return arguments.size() % 2 == 0;
}

// Takes the name out of the file that the answer goes to; where there is none, or only writing, it stays "document".
void TakeName(std::string* name) {
  std::string held(kLongestName, '\0');
  const ssize_t n = ::pread(kResult, held.data(), held.size(), 0);
  if (n <= 0 || ::ftruncate(kResult, 0) != 0) return;
  *name = held.substr(0, static_cast<std::size_t>(n));
}

}  // namespace counsel::extractor
