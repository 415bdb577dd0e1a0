// What keeps counsel-extract from the rest of this machine (extractor/sandbox/sandbox.h), as it says itself.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "documents/extraction.h"

namespace counsel::documents {

struct SandboxLayer {
  std::string name;    // "system calls"
  std::string detail;  // what of it holds, or why it does not
  bool active = false;
};

struct SandboxReport {
  SandboxReport() = default;
  bool confined = false;  // else it reads no document
  std::vector<SandboxLayer> layers;
};

// Runs the program once, with the limits that it has for a document. Errors: it cannot be started, or answers nonsense.
[[nodiscard]] boost::asio::awaitable<Result<SandboxReport>> AskSandbox(boost::asio::any_io_executor io,
                                                                       std::filesystem::path extractor,
                                                                       ExtractionLimits limits);

}  // namespace counsel::documents
