#include "app/pool_options.h"

#include <chrono>
#include <string>

namespace counsel::app {
namespace {

namespace fs = std::filesystem;

fs::path LlamaServer(const Settings& settings, const Programs& programs) {
  const std::string& own = settings.Get("engine.llama_server").text;
  return own.empty() ? programs.folder / "engine" / "llama-server" : fs::path(own);
}

}  // namespace

models::PoolOptions OptionsOfPool(const Settings& settings, const Programs& programs, const fs::path& runtime_folder,
                                  boost::asio::thread_pool* files) {
  models::PoolOptions options;
  options.llama_server = LlamaServer(settings, programs);
  options.embedder = programs.embedder;
  options.remote = programs.remote;
  options.runtime_folder = runtime_folder;
  options.measurements_file = settings.home() / "plans.json";
  options.files = files;
  options.threads = settings.threads();
  options.memory_threshold = settings.share("MEMORY_THRESHOLD");
  options.auto_unload = settings.truth("AUTO_UNLOAD");
  options.keep_alive.reset();
  if (settings.keep_alive()) options.keep_alive = std::chrono::seconds(*settings.keep_alive());
  options.stall_timeout = std::chrono::seconds(settings.seconds("models.stall_seconds"));
  options.health_interval = std::chrono::seconds(settings.seconds("models.health_seconds"));
  options.enable_gpu = settings.truth("ENABLE_GPU_ACCELERATION");
  options.max_gpu_memory_fraction = settings.share("MAX_GPU_MEMORY_FRACTION");
  return options;
}

}  // namespace counsel::app
