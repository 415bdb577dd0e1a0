#include "app/daemon_log.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "host/host.h"

namespace counsel::app {

Result<void> StartLog(const Settings& settings) {
  const std::string& file = settings.Get("log.file").text;
  try {
    spdlog::sink_ptr sink;
    if (file.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
    }
    auto logger = std::make_shared<spdlog::logger>("counsel", std::move(sink));
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
    logger->set_level(spdlog::level::from_str(settings.Get("log.level").text));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
  } catch (const spdlog::spdlog_ex& error) {
    return Fail(ErrorCode::kPermissionDenied, "Cannot write the log " + file + ".", "Check log.file.");
  }
  for (const std::string& name : settings.unknown()) {
    spdlog::warn("counsel.toml: '{}' is no setting (see: counsel config)", name);
  }
  return {};
}

void LogHardware() {
  const host::Hardware hardware = host::CheckHardware();
  spdlog::info("hardware: {} processors, {} MiB of memory, {} GPU device nodes", hardware.processors,
               hardware.memory.total_bytes >> 20, hardware.gpu_nodes.size());
}

// Not PR_SET_DUMPABLE: that would hide /proc from the user's own tools.
void KeepKeyOutOfCoreDumps() {
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  const char* key = ::getenv("CH_API_KEY");
  if (key == nullptr) return;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t first = reinterpret_cast<std::uintptr_t>(key) / page * page;
  const std::uintptr_t end = (reinterpret_cast<std::uintptr_t>(key) + ::strlen(key)) / page * page + page;
  (void)::madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTDUMP);  // NOLINT(performance-no-int-to-ptr)
}

}  // namespace counsel::app
