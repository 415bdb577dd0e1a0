// One run of counsel-extract, for this room.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/file.h"
#include "base/result.h"
#include "documents/extraction.h"

namespace counsel::documents {

struct ExtractionOrder {
  ExtractionOrder(boost::asio::any_io_executor io_in, boost::asio::thread_pool& threads_in)
      : io(std::move(io_in)), threads(threads_in) {}
  boost::asio::any_io_executor io;
  boost::asio::thread_pool& threads;
  std::filesystem::path extractor;
  std::shared_ptr<Readers> readers;  // of whole documents; may be null
  std::filesystem::path file;
  std::string name;
  std::vector<std::string> arguments;  // beside the limits
  ExtractionLimits limits;
  const char* time_setting = "extraction.seconds";  // where limits.time is set
  int nice = 0;
  std::shared_ptr<ExtractionStop> stop;  // may be null
};

// What it wrote, or why it did not: as Extract fails.
[[nodiscard]] boost::asio::awaitable<Result<std::shared_ptr<const FileDescriptor>>> RunExtractor(
    std::shared_ptr<const ExtractionOrder> order);

}  // namespace counsel::documents
