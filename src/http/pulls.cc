#include "http/pulls.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "http/tell_all.h"
#include "models/pull.h"

namespace counsel::http {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kBetweenNews{300};

using Clock = std::chrono::steady_clock;

// Bytes of all the model's files.
struct Figures {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  bool checking = false;
};

// Its files come one after the other, and those that are there already do not come.
Figures FiguresOf(const models::ModelEntry& entry, const models::PullProgress& progress) {
  Figures figures;
  bool reached = false;
  for (const models::ModelFile& file : entry.files) {
    reached = reached || std::filesystem::path(file.path).filename().string() == progress.file;
    if (!reached) figures.done += file.bytes;
    figures.total += file.bytes;
  }
  figures.checking = progress.checking;
  figures.done += progress.checking ? progress.total : progress.done;
  figures.total = std::max(figures.total, figures.done);
  return figures;
}

}  // namespace

struct Pulls::Pull {
  std::string model;
  std::atomic<bool> stop{false};
  std::atomic<bool> orphaned{false};  // nobody is told any more
  std::thread thread;
  // The rest is the io thread's.
  bool runs = true;
  Figures figures;
  Clock::time_point began = Clock::now();
  std::uint64_t first = 0;  // bytes that were there when it began
  bool told = false;
  Result<void> outcome;
};

Pulls::Pulls(Services& services) : services_(services) {}

Pulls::~Pulls() {
  StopAll();
  for (auto& [name, pull] : pulls_) {
    pull->orphaned = true;
    if (pull->thread.joinable()) pull->thread.join();
  }
}

bool Pulls::Runs(const std::string& model) const {
  const auto found = pulls_.find(model);
  return found != pulls_.end() && found->second->runs;
}

Result<void> Pulls::Start(const models::ModelEntry& entry) {
  if (entry.remote) {
    return Fail(ErrorCode::kUnsupported, "'" + entry.name + "' is served by " + entry.remote->host() + ".",
                "There is nothing to fetch.");
  }
  if (services_.catalogue.Installed(entry)) {
    return Fail(ErrorCode::kAlreadyExists, "'" + entry.name + "' is installed.");
  }
  if (Runs(entry.name)) return Fail(ErrorCode::kAlreadyExists, "'" + entry.name + "' is being fetched already.");
  const auto running = std::count_if(pulls_.begin(), pulls_.end(), [](const auto& one) { return one.second->runs; });
  if (static_cast<std::size_t>(running) >= kMostPulls) {
    return Fail(ErrorCode::kOverloaded, "Two models are being fetched already.", "Try again when one has come.");
  }
  if (const auto earlier = pulls_.find(entry.name); earlier != pulls_.end()) {
    if (earlier->second->thread.joinable()) earlier->second->thread.join();  // it has told its end
  }
  auto pull = std::make_shared<Pull>();
  pull->model = entry.name;
  pulls_[entry.name] = pull;
  const models::Catalogue& catalogue = services_.catalogue;
  // The daemon's io context runs until this is destroyed, or runs no more: then what is posted is dropped.
  const auto on_io = [this, pull, io = services_.io](auto work) {
    asio::post(io, [this, pull, work = std::move(work)] {
      if (!pull->orphaned) work();
    });
  };
  pull->thread = std::thread([this, pull, on_io, &entry, &catalogue] {
    Clock::time_point next;
    Result<void> outcome = models::Pull(catalogue, entry, [&](const models::PullProgress& progress) {
      if (Clock::now() >= next) {
        next = Clock::now() + kBetweenNews;
        on_io([this, pull, figures = FiguresOf(entry, progress)] {
          if (!std::exchange(pull->told, true)) pull->first = figures.done;
          pull->figures = figures;
          Tell(pull->model);
        });
      }
      return !pull->stop.load();
    });
    on_io([this, pull, outcome = std::move(outcome)] { End(pull, outcome); });
  });
  spdlog::info("fetching the model {}", entry.name);
  Tell(entry.name);
  return {};
}

void Pulls::End(const std::shared_ptr<Pull>& pull, Result<void> outcome) {
  pull->runs = false;
  if (!outcome) spdlog::warn("the model {} was not fetched: {}", pull->model, outcome.error().ToString());
  pull->outcome = std::move(outcome);
  Tell(pull->model);
}

Result<void> Pulls::Stop(const std::string& model) {
  if (!Runs(model)) return Fail(ErrorCode::kNotFound, "'" + model + "' is not being fetched.");
  pulls_[model]->stop = true;
  return {};
}

void Pulls::StopAll() {
  for (auto& [name, pull] : pulls_) pull->stop = true;
}

Json Pulls::StateOf(const std::string& model) const {
  const auto found = pulls_.find(model);
  if (found == pulls_.end()) return nullptr;
  const Pull& pull = *found->second;
  if (!pull.runs && pull.outcome) return nullptr;
  const Figures& figures = pull.figures;
  const bool stopped = !pull.runs && pull.outcome.error().code == ErrorCode::kCancelled;
  const char* state = pull.runs ? (figures.checking ? "checking" : "fetching") : stopped ? "stopped" : "failed";
  Json json = {
      {"state", state},          {"done", figures.done}, {"total", figures.total}, {"bytes_per_second", nullptr},
      {"seconds_left", nullptr}, {"reason", ""},         {"next_step", ""}};
  const double seconds = std::chrono::duration<double>(Clock::now() - pull.began).count();
  if (pull.runs && !figures.checking && seconds > 0.5 && figures.done > pull.first) {
    const double rate = static_cast<double>(figures.done - pull.first) / seconds;
    json["bytes_per_second"] = rate;
    json["seconds_left"] = static_cast<double>(figures.total - figures.done) / rate;
  }
  if (!pull.runs && !stopped) {
    json["reason"] = pull.outcome.error().message;
    json["next_step"] = pull.outcome.error().next_step;
  }
  return json;
}

void Pulls::Tell(const std::string& model) const {
  const Json data = {{"model", model}, {"pull", StateOf(model)}};
  TellAll(services_, "pull", data);
}

}  // namespace counsel::http
