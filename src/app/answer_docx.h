// An answer of the record as a Word document.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "app/daemon_client.h"
#include "app/docx_options.h"
#include "base/result.h"

namespace counsel::app {

// That of entry `number`, into options.file.
[[nodiscard]] boost::asio::awaitable<Result<void>> SaveAnswer(DaemonClient& daemon, const std::string& number,
                                                              const DocxOptions& options);
// What is said then, on stdout.
void PrintSaved(const DocxOptions& options);

}  // namespace counsel::app
