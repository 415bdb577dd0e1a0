// What this machine's processor is called, for the record: another kind may round otherwise.
//
// Threads: any; one small file of /proc.
#pragma once

#include <filesystem>
#include <string>

namespace counsel::host {

// "AMD EPYC 9554 64-Core Processor"; where the kernel has no name for it, its architecture ("aarch64"). At most 100
// bytes.
[[nodiscard]] std::string ProcessorName(const std::filesystem::path& root = "/");

}  // namespace counsel::host
