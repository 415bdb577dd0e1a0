// A review, as its routes tell it, as a file: CSV, and XLSX by the program counsel-sheet, so that what writes
// spreadsheets, and the TLS library it is linked with, is in no process of ours.
#pragma once

#include <string>

#include "app/daemon_client.h"
#include "base/result.h"

namespace counsel::app {

[[nodiscard]] std::string ReviewAsCsv(const Json& review);
// A new file, for this user alone. kAlreadyExists, kUnsupported where counsel-sheet was not built.
[[nodiscard]] Result<void> WriteSheet(const Json& review, const std::string& file);

}  // namespace counsel::app
