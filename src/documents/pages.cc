#include "documents/pages.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/offload.h"
#include "documents/extraction_order.h"
#include "documents/extractor_answer.h"

namespace counsel::documents {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostMarks = 1'000;  // their numbers are one argument of a program

std::shared_ptr<ExtractionOrder> OrderOf(asio::any_io_executor io, asio::thread_pool& threads, PageFile page,
                                         const char* task) {
  auto order = std::make_shared<ExtractionOrder>(std::move(io), threads);
  order->extractor = std::move(page.extractor);
  order->file = std::move(page.file);
  order->name = std::move(page.name);
  order->limits = page.limits;
  order->arguments = {"--task", task, "--page", std::to_string(page.page)};
  return order;
}

std::string MarksArgument(const std::vector<WordBox>& marks) {
  std::string argument;
  for (std::size_t i = 0; i < std::min(marks.size(), kMostMarks); ++i) {
    const WordBox& mark = marks[i];
    char numbers[128];
    std::snprintf(numbers, sizeof numbers, "%s%.1f,%.1f,%.1f,%.1f", argument.empty() ? "" : ";", mark.left, mark.top,
                  mark.right, mark.bottom);
    argument += numbers;
  }
  return argument;
}

asio::awaitable<Result<PageWords>> AskWords(std::shared_ptr<const ExtractionOrder> order, int page) {
  ASSIGN_OR_CO_RETURN(std::shared_ptr<const FileDescriptor> result, co_await RunExtractor(order));
  auto read = [&] { return ReadPageAnswer(*result, order->name, page); };
  ASSIGN_OR_CO_RETURN(PageAnswer answer, co_await Offload(order->threads, read));
  PageWords words;
  words.text = std::move(answer.text);
  words.placed = std::move(answer.placed);
  co_return words;
}

asio::awaitable<Result<std::string>> AskImage(std::shared_ptr<const ExtractionOrder> order) {
  ASSIGN_OR_CO_RETURN(std::shared_ptr<const FileDescriptor> result, co_await RunExtractor(order));
  auto read = [&] { return ReadImageAnswer(*result, order->name); };
  Result<std::string> image = co_await Offload(order->threads, read);
  co_return image;
}

}  // namespace

asio::awaitable<Result<PageWords>> PlaceWords(asio::any_io_executor io, asio::thread_pool& threads, PageFile page) {
  const int number = page.page;
  return AskWords(OrderOf(std::move(io), threads, std::move(page), "words"), number);
}

asio::awaitable<Result<std::string>> ShowPage(asio::any_io_executor io, asio::thread_pool& threads, PageFile page,
                                              std::vector<WordBox> marks, std::uint64_t most_pixels) {
  std::shared_ptr<ExtractionOrder> order = OrderOf(std::move(io), threads, std::move(page), "image");
  order->arguments.insert(order->arguments.end(), {"--max-pixels", std::to_string(most_pixels)});
  if (!marks.empty()) order->arguments.insert(order->arguments.end(), {"--marks", MarksArgument(marks)});
  return AskImage(std::move(order));
}

std::vector<WordBox> JoinLines(const std::vector<WordBox>& words) {
  std::vector<WordBox> lines;
  for (const WordBox& word : words) {
    WordBox* last = lines.empty() ? nullptr : &lines.back();
    // On one line: their middles are within each other's height, and a word does not begin far before the last's end.
    const double middle = (word.top + word.bottom) / 2;
    const double height = word.bottom - word.top;
    const bool same_line = last != nullptr && middle > last->top && middle < last->bottom &&
                           word.left >= last->right - height && word.left <= last->right + 4 * height;
    if (!same_line) {
      lines.push_back(word);
      continue;
    }
    last->end = word.end;
    last->top = std::min(last->top, word.top);
    last->right = std::max(last->right, word.right);
    last->bottom = std::max(last->bottom, word.bottom);
    last->confidence = std::min(last->confidence, word.confidence);
  }
  return lines;
}

}  // namespace counsel::documents
