// The planner: how many bytes a load of a model will take, before it is begun.
//
// The first plan for a file and flags asks llama-fit-params, in a child (35 to 80 ms), and adds what that leaves out
// (models/estimate.h). Estimates are remembered, and once a load has been measured the next plan with the same key is
// what was measured (models/measurements.h). Both are kept across restarts. A file, an engine or a flag that changed is
// another key.
//
// Threads: io thread only. Files are read, and measurements written, on a thread of `PlannerOptions::files`.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.h"
#include "models/catalogue.h"
#include "models/measurements.h"
#include "models/plan.h"

namespace counsel::models {

struct PlannerOptions {
  PlannerOptions() = default;
  std::filesystem::path llama_server;       // the engine, for its identity
  std::filesystem::path fit_params;         // llama-fit-params; "": plans are from the file's description alone
  std::filesystem::path embedder;           // counsel-embedder, for its identity
  std::filesystem::path measurements_file;  // home/plans.json; "": nothing is kept
  unsigned threads = 1;                     // per server
  // For llama-fit-params, "NAME=value", beside its own: what the server gets, so that both see the same devices.
  std::vector<std::string> environment;
  std::chrono::milliseconds fit_timeout{20'000};
  // For what blocks; must outlive the planner. Null: the planner makes a thread of its own at the first plan.
  boost::asio::thread_pool* files = nullptr;
};

struct PlanQuestion {
  PlanQuestion() = default;
  LoadStyle style = LoadStyle::kRepacked;
  int rung = 0;
  std::vector<std::string> flags;    // beyond the ones every server gets: layers, cache types; decided already
  std::uint32_t context_tokens = 0;  // of one request; 0: the entry's
  std::uint32_t slots = 1;           // where the entry's own flags do not say
  // Names of devices whose memory is the host's (a processor as a Vulkan device): their bytes count on the host too.
  std::vector<std::string> devices_in_host_memory;
};

// Which bytes these are, without reading them: device, inode, size and time of change of each file. Changes when a file
// is replaced. "" for a model without files, and "missing" in place of a file that is not there. Blocks for some
// microseconds a file.
[[nodiscard]] std::string FileIdentity(const Catalogue& catalogue, const ModelEntry& entry);

class Planner {
 public:
  // `catalogue` must outlive the planner.
  Planner(boost::asio::any_io_executor io, const Catalogue& catalogue, PlannerOptions options);
  // What is still to be written is written first.
  ~Planner();
  Planner(const Planner&) = delete;
  Planner& operator=(const Planner&) = delete;

  // The plan for one load. `entry` is one of the catalogue's. kModelFileMissing or kCorrupt for the file; an engine
  // that cannot say gives a plan marked `estimated`. An ONNX model's first plan is its entry's planned_bytes.
  [[nodiscard]] boost::asio::awaitable<Result<Plan>> Make(const ModelEntry& entry, PlanQuestion question);

  // After a load, or while it serves, as often as something new was measured.
  void Learn(const Plan& plan, const Measured& measured);

 private:
  struct Core;
  std::shared_ptr<Core> core_;  // coroutines keep it
};

}  // namespace counsel::models
