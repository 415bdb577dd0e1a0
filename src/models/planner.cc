#include "models/planner.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ids.h"
#include "base/offload.h"
#include "child/child.h"
#include "models/model_server.h"
#include "models/slots.h"

namespace counsel::models {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kFileLimit = std::size_t{4} << 20;
constexpr std::size_t kOutputLimit = std::size_t{64} << 10;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
// An ONNX model whose entry does not say: its weights, once as the file and once as the runtime lays them out.
constexpr std::uint64_t kOnnxProcessBytes = 60'000'000;

std::string IdentityOf(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "missing";
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) + ":" + std::to_string(status.st_size) +
         ":" + std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

// counsel-remote when ready, and what a few dozen requests at once add.
constexpr std::uint64_t kRemoteProcessBytes = 16'000'000;
constexpr std::uint64_t kRemoteGrowthBytes = 32 * kMiB;

// Whether most of a file is in the page cache, judged by pages spread over it. The kernel tells only an owner; others
// are told that everything is.
bool MostlyCached(const fs::path& path) {
  constexpr std::uint64_t kSamples = 64;
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0) return false;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t pages = (static_cast<std::uint64_t>(status.st_size) + page - 1) / page;
  std::uint64_t cached = 0;
  const std::uint64_t samples = std::min(kSamples, pages);
  for (std::uint64_t i = 0; i < samples; ++i) {
    const auto at = static_cast<off_t>(pages * i / samples * page);
    void* mapping = ::mmap(nullptr, page, PROT_READ, MAP_SHARED, fd.get(), at);
    if (mapping == MAP_FAILED) return false;
    unsigned char resident = 0;
    if (::mincore(mapping, page, &resident) == 0 && (resident & 1U) != 0) ++cached;
    ::munmap(mapping, page);
  }
  return cached * 10 >= samples * 9;
}

bool MeansBadFile(std::string_view words) {
  return words.find("failed to load model") != std::string_view::npos ||
         words.find("error loading model") != std::string_view::npos;
}

// What decides the memory of counsel-embedder, and its first plan.
std::vector<std::string> EmbedderFlags(const ModelEntry& entry, const Plan& plan) {
  return {"--max-tokens", std::to_string(plan.context_tokens), "planned", std::to_string(entry.planned_bytes)};
}

Estimate EstimateOnnx(const ModelEntry& entry, std::uint64_t model_bytes) {
  Estimate estimate;
  estimate.at_ready.host_bytes = entry.planned_bytes > 0 ? entry.planned_bytes : 2 * model_bytes + kOnnxProcessBytes;
  // Long texts: the runtime's arena grows with the model's width (measured: 11 MB for 34 MB of weights).
  estimate.growth_bytes = model_bytes / 3 + kMiB;
  estimate.claim.host_bytes = estimate.at_ready.host_bytes + estimate.growth_bytes;
  return estimate;
}

std::string IdentityOf(const std::vector<fs::path>& paths) {
  std::string identity;
  for (const fs::path& path : paths) identity += IdentityOf(path) + "\n";
  return identity;
}

std::vector<fs::path> PathsOf(const Catalogue& catalogue, const ModelEntry& entry) {
  std::vector<fs::path> paths;
  for (const ModelFile& file : entry.files) paths.push_back(catalogue.PathOf(file));
  return paths;
}

// What a plan needs of the disk.
struct Files {
  Files() = default;
  std::string model;  // identities
  std::string engine;
  bool cached = false;
  std::string measurements;  // the file's text, when it was asked for
};

// What llama-fit-params says: its rows, nothing when it could not say, or kCorrupt.
using Fit = Result<std::vector<FitRow>>;

}  // namespace

std::string FileIdentity(const Catalogue& catalogue, const ModelEntry& entry) {
  // Another key, and past failures are forgotten.
  if (entry.remote) return IdentityOf(std::vector<fs::path>{entry.remote->key_file, entry.remote->ca_file});
  return IdentityOf(PathsOf(catalogue, entry));
}

struct Planner::Core : std::enable_shared_from_this<Planner::Core> {
  Core(asio::any_io_executor io_in, const Catalogue& catalogue_in, PlannerOptions options_in)
      : io(std::move(io_in)), catalogue(catalogue_in), options(std::move(options_in)) {}

  asio::thread_pool& Threads() {
    if (options.files != nullptr) return *options.files;
    if (!own_thread) own_thread.emplace(1);
    return *own_thread;
  }
  // One after the other, the newest last.
  asio::strand<asio::thread_pool::executor_type>& Writes() {
    if (!writes) writes.emplace(asio::make_strand(Threads().get_executor()));
    return *writes;
  }

  static asio::awaitable<Result<Plan>> Make(std::shared_ptr<Core> self, const ModelEntry& entry, PlanQuestion question);
  static asio::awaitable<Result<Estimate>> AskEngine(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                     std::vector<std::string> flags,
                                                     std::vector<std::string> devices_in_host_memory, bool* estimated);
  static asio::awaitable<Fit> RunFitParams(std::shared_ptr<Core> self, const ModelEntry& entry,
                                           std::vector<std::string> arguments);
  [[nodiscard]] std::string KeyOf(const Files& files, const std::vector<std::string>& flags,
                                  const PlanQuestion& question) const;
  void TakeMeasurements(const std::string& text);
  void Persist();

  asio::any_io_executor io;
  const Catalogue& catalogue;
  const PlannerOptions options;
  Measurements measurements;
  bool loaded = false;  // the measurements file has been read
  std::optional<asio::thread_pool> own_thread;
  std::optional<asio::strand<asio::thread_pool::executor_type>> writes;
};

Planner::Planner(asio::any_io_executor io, const Catalogue& catalogue, PlannerOptions options)
    : core_(std::make_shared<Core>(std::move(io), catalogue, std::move(options))) {}

Planner::~Planner() {
  if (core_->own_thread) core_->own_thread->join();
}

asio::awaitable<Result<Plan>> Planner::Make(const ModelEntry& entry, PlanQuestion question) {
  return Core::Make(core_, entry, std::move(question));
}

asio::awaitable<Result<Plan>> Planner::Core::Make(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                  PlanQuestion question) {
  Plan plan;
  plan.flags = std::move(question.flags);
  plan.style = question.style;
  plan.rung = question.rung;
  plan.slots = OwnSlots(entry).value_or(question.slots);
  plan.context_tokens = question.context_tokens > 0 ? question.context_tokens : entry.context_tokens;
  if (entry.remote) {
    plan.at_ready.host_bytes = entry.planned_bytes > 0 ? entry.planned_bytes : kRemoteProcessBytes;
    plan.claim.host_bytes = plan.at_ready.host_bytes + kRemoteGrowthBytes;
  }
  if (entry.files.empty()) co_return plan;

  const bool onnx = IsOnnx(entry);
  const std::vector<fs::path> paths = PathsOf(self->catalogue, entry);
  const auto look = [paths, engine = onnx ? self->options.embedder : self->options.llama_server,
                     kept = self->loaded ? fs::path() : self->options.measurements_file] {
    Files files;
    files.model = IdentityOf(paths);
    files.engine = IdentityOf(engine);
    files.cached = MostlyCached(paths[0]);
    if (!kept.empty()) files.measurements = ReadFile(kept, kFileLimit).value_or("");
    return files;
  };
  const Files files = co_await Offload(self->Threads(), look);
  self->TakeMeasurements(files.measurements);

  plan.file_cached = files.cached;
  const std::vector<std::string> flags = onnx ? EmbedderFlags(entry, plan) : EngineFlags(entry, plan);
  plan.key = self->KeyOf(files, flags, question);
  if (const Measurements::Record* record = self->measurements.Find(plan.key)) {
    ApplyRecord(*record, &plan);
    co_return plan;
  }

  bool estimated = false;
  Estimate estimate;
  if (onnx) {
    const Result<void> installed = self->catalogue.RequireInstalled(entry);
    if (!installed) co_return Fail(installed.error());
    std::error_code failed;
    const std::uintmax_t bytes = fs::file_size(paths[0], failed);
    estimate = EstimateOnnx(entry, failed ? 0 : bytes);
  } else {
    const Result<Estimate> asked = co_await AskEngine(self, entry, flags, question.devices_in_host_memory, &estimated);
    if (!asked) co_return Fail(asked.error());
    estimate = *asked;
  }
  self->measurements.Remember(plan.key, estimate, estimated);
  // An engine that could not say is asked again after a restart.
  if (!estimated) self->Persist();
  ApplyRecord(*self->measurements.Find(plan.key), &plan);
  co_return plan;
}

asio::awaitable<Result<Estimate>> Planner::Core::AskEngine(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                           std::vector<std::string> flags,
                                                           std::vector<std::string> devices_in_host_memory,
                                                           bool* estimated) {
  std::vector<fs::path> paths = PathsOf(self->catalogue, entry);
  // A large model may be in several files.
  paths.erase(
      std::remove_if(paths.begin() + 1, paths.end(), [](const fs::path& path) { return path.extension() != ".gguf"; }),
      paths.end());
  const auto describe = [paths]() -> Result<std::vector<GgufDescription>> {
    std::vector<GgufDescription> all;
    for (const fs::path& path : paths) {
      Result<GgufDescription> description = DescribeGguf(path);
      if (!description) return Fail(std::move(description.error()));
      all.push_back(std::move(*description));
    }
    return all;
  };
  const Result<std::vector<GgufDescription>> described = co_await Offload(self->Threads(), describe);
  if (!described) co_return Fail(described.error());

  std::vector<FitRow> rows;
  if (!self->options.fit_params.empty()) {
    std::vector<std::string> arguments = FitArguments(flags);
    const Fit fit = co_await RunFitParams(self, entry, std::move(arguments));
    if (!fit && fit.error().code == ErrorCode::kCorrupt) co_return Fail(fit.error());
    if (fit) {
      rows = *fit;
    } else {
      spdlog::warn("model {}: its plan is from the file alone: {}", entry.name, fit.error().ToString());
    }
  }
  *estimated = rows.empty();
  co_return EstimateLoad(*described, ReadFlags(flags), rows, devices_in_host_memory);
}

asio::awaitable<Fit> Planner::Core::RunFitParams(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                 std::vector<std::string> arguments) {
  child::ChildOptions command;
  command.argv = {
      self->options.fit_params.string(),     "--model",  self->catalogue.PathOf(entry.files[0]).string(), "--threads",
      std::to_string(self->options.threads), "--offline"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  // A bad file makes it abort; a debugger, where one is installed, would be called for that.
  command.environment = {"LC_ALL=C.UTF-8", "GGML_NO_BACKTRACE=1"};
  command.environment.insert(command.environment.end(), self->options.environment.begin(),
                             self->options.environment.end());
  command.folder = "/";
  const auto output = std::make_shared<std::string>();
  command.on_stdout_line = [output](std::string_view line) {
    if (output->size() + line.size() < kOutputLimit) output->append(line).push_back('\n');
  };
  Result<std::unique_ptr<child::Child>> spawned = child::Child::Spawn(self->io, std::move(command));
  if (!spawned) co_return Fail(spawned.error());
  const std::shared_ptr<child::Child> child = std::move(*spawned);
  asio::steady_timer timer(self->io, self->options.fit_timeout);
  timer.async_wait([weak = std::weak_ptr<child::Child>(child)](const boost::system::error_code& error) {
    const std::shared_ptr<child::Child> late = error ? nullptr : weak.lock();
    if (late) late->Kill();
  });
  const child::Exit exit = co_await child->Wait();
  timer.cancel();
  if (exit.kind == child::ExitKind::kExited && exit.status == 0) co_return ParseFitParams(*output);
  if (MeansBadFile(child->last_words())) {
    ServerEnd end;
    end.exit = exit;
    end.last_words = child->last_words();
    Error error = ExplainEnd(self->catalogue, entry, end);
    co_return Fail(std::move(error));
  }
  co_return Fail(ErrorCode::kUnavailable, "llama-fit-params " + exit.ToString() + ".", "Run: ./run setup");
}

std::string Planner::Core::KeyOf(const Files& files, const std::vector<std::string>& flags,
                                 const PlanQuestion& question) const {
  std::string whole = files.model + files.engine + "\n";
  for (const std::string& flag : flags) whole += std::to_string(flag.size()) + ":" + flag;
  for (const std::string& device : question.devices_in_host_memory) whole += "\n" + device;
  whole += question.style == LoadStyle::kQuick ? "\nquick\n" : "\nrepacked\n";
  whole += std::to_string(options.threads);
  for (const std::string& variable : options.environment) whole += "\n" + variable;
  return Sha256Hex(whole);
}

void Planner::Core::TakeMeasurements(const std::string& text) {
  if (loaded) return;
  loaded = true;
  if (text.empty() || measurements.Load(text)) return;
  spdlog::warn("{} cannot be understood; the first plan of each model is an estimate again",
               options.measurements_file.string());
}

void Planner::Core::Persist() {
  if (options.measurements_file.empty()) return;
  const auto write = [path = options.measurements_file, text = measurements.Save()] {
    if (const Result<void> written = WriteFileAtomically(path, text); !written) {
      spdlog::warn("measurements are not kept: {}", written.error().ToString());
    }
  };
  asio::post(Writes(), write);
}

void Planner::Learn(const Plan& plan, const Measured& measured) {
  if (plan.key.empty()) return;
  core_->measurements.Learn(plan.key, measured, plan.file_cached);
  core_->Persist();
}

}  // namespace counsel::models
