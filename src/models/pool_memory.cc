// The pool and the machine's memory: what there is, how short it gets, what each server holds, what is read ahead.
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/format.h"
#include "base/offload.h"
#include "host/budget.h"
#include "host/pressure.h"
#include "models/page_cache.h"
#include "models/pool_core.h"

namespace counsel::models {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

HostState ModelPool::Core::ReadHost() const {
  const host::Budget budget = host::ReadBudget();
  HostState host;
  host.total_bytes = budget.total_bytes;
  host.headroom_bytes = budget.headroom_bytes;
  host.bound_by = budget.bound_by;
  for (const auto& [id, process] : processes) {
    if (const Result<host::Charge> charge = host::ReadCharge(process->child->pid())) {
      host.charges[id] = charge->held_bytes();
    }
  }
  for (const Device& device : DevicesWithoutOurs()) {
    host.device_capacity[device.name] = DeviceBudget(device, options.max_gpu_memory_fraction);
  }
  return host;
}

asio::awaitable<void> ModelPool::Core::ReadingAhead(std::shared_ptr<Core> self, const ModelEntry& entry) {
  // What was read stays for a while.
  constexpr std::chrono::minutes kBetween{1};
  const Clock::time_point now = Clock::now();
  const auto last = self->read_ahead.find(entry.name);
  if (last != self->read_ahead.end() && now < last->second + kBetween) co_return;
  self->read_ahead[entry.name] = now;
  if (entry.files.empty()) co_return;
  const std::uint64_t most = self->RoomForPages(entry.name);
  const fs::path file = self->catalogue.PathOf(entry.files[0]);
  auto read = [file, most] { return models::ReadAhead(file, most); };
  const Result<std::uint64_t> bytes = co_await Offload(self->files(), read);
  if (bytes && *bytes > 0) spdlog::debug("model {}: {} MB read ahead", entry.name, *bytes / 1'000'000);
}

// What the page cache may take without touching what the servers were promised and have not taken yet.
std::uint64_t ModelPool::Core::RoomForPages(const std::string& name) const {
  std::uint64_t promised = margin_bytes_;
  for (const Holding& holding : scheduler.Ledger(Clock::now())) {
    const auto process = processes.find(holding.server);
    // What the model itself maps is what is read.
    if (process != processes.end() && process->second->entry->name == name) continue;
    promised += holding.claim.host_bytes - std::min(holding.claim.host_bytes, holding.charge);
  }
  const std::uint64_t headroom = host::ReadBudget().headroom_bytes;
  return headroom - std::min(headroom, promised);
}

asio::awaitable<Result<std::uint64_t>> ModelPool::Core::Warming(std::shared_ptr<Core> self, const ModelEntry& entry) {
  std::vector<std::pair<fs::path, std::uint64_t>> files;
  std::uint64_t total = 0;
  for (const ModelFile& file : entry.files) {
    const fs::path path = self->catalogue.PathOf(file);
    std::error_code failed;
    const std::uintmax_t bytes = fs::file_size(path, failed);
    if (failed) continue;
    total += bytes;
    files.emplace_back(path, bytes);
  }
  // A piece at a time: the threads are free for others in between, a caller that leaves ends it, and so does memory
  // that gets short. Pages that were read count as room as before, so the whole is compared with it at any time.
  constexpr std::uint64_t kPiece = std::uint64_t{64} << 20;
  std::uint64_t done = 0;
  for (const auto& [path, bytes] : files) {
    for (std::uint64_t offset = 0; offset < bytes; offset += kPiece) {
      const std::uint64_t room = self->RoomForPages(entry.name);
      if (total > room) {
        co_return Fail(
            ErrorCode::kOutOfMemory,
            "The files of '" + entry.name + "' are " + FormatBytes(total) + ", and only " + FormatBytes(room) +
                " of memory are free to keep them.",
            "Give models back that are not needed (counsel unload), or load it as it is: counsel load " + entry.name);
      }
      auto read = [file = path, offset] { return ReadIntoPageCache(file, offset, kPiece); };
      const Result<std::uint64_t> piece = co_await Offload(self->files(), read);
      if (!piece) co_return Fail(piece.error());
      done += *piece;
    }
  }
  co_return done;
}

asio::awaitable<void> ModelPool::Core::WatchingPressure(std::shared_ptr<Core> self) {
  host::PressureLevel level = host::PressureLevel::kCalm;
  host::HeadroomSample before;
  while (!self->abandoned_ && !self->scheduler.Idle()) {
    const host::HeadroomSample now(Clock::now(), host::ReadBudget().headroom_bytes);
    const host::PressureLevel next =
        host::JudgePressure(level, host::ReadPressure(), now.headroom_bytes, self->margin_bytes_);
    if (next != level || next != host::PressureLevel::kCalm) self->scheduler.Pressure(next, Clock::now());
    level = next;
    self->Carry();
    const std::chrono::milliseconds pause =
        host::NextSampleIn(before.headroom_bytes == 0 ? now : before, now, self->margin_bytes_);
    before = now;
    const Clock::time_point until = Clock::now() + pause;
    while (Clock::now() < until && !self->abandoned_ && !self->scheduler.Idle()) co_await self->changed.Wait(until);
  }
  self->watching_pressure_ = false;
  if (self->abandoned_) co_return;
  self->scheduler.Pressure(host::PressureLevel::kCalm, Clock::now());
  self->Carry();
}

asio::awaitable<void> ModelPool::Core::Measuring(std::shared_ptr<Core> self, std::shared_ptr<Process> process) {
  // The pages of a large model are walked through: not more often than this.
  constexpr std::chrono::seconds kBetween{5};
  const bool first = process->measured_host == 0;
  if (process->measuring || (!first && Clock::now() < process->measured_at + kBetween)) co_return;
  process->measuring = true;
  process->measured_at = Clock::now();
  std::vector<fs::path> paths;
  for (const ModelFile& file : process->entry->files) paths.push_back(self->catalogue.PathOf(file));
  const pid_t pid = process->child->pid();
  const std::uint64_t mapped = process->plan.mapped_bytes;
  auto measure = [pid, mapped, paths] { return MeasureHost(pid, paths, mapped); };
  const Result<std::uint64_t> bytes = co_await Offload(self->files(), measure);
  process->measuring = false;
  if (!bytes || process->stopping || process->lost) co_return;
  Measured measured;
  measured.highest.device_bytes = process->buffers.total();
  if (first) {
    measured.at_ready.host_bytes = *bytes;
    measured.at_ready.device_bytes = measured.highest.device_bytes;
    measured.load_seconds = process->load_seconds;
    self->Record(*process, *bytes, "");
  }
  if (*bytes <= process->measured_host && !first) co_return;
  process->measured_host = *bytes;
  measured.highest.host_bytes = *bytes;
  self->planner_.Learn(process->plan, measured);
  const Footprint grown = measured.highest;
  if (self->abandoned_) co_return;
  self->scheduler.Grew(process->server, grown, Clock::now());
  self->Carry();
}

void ModelPool::Core::Record(const Process& process, std::uint64_t measured_host, const std::string& reason) {
  constexpr std::size_t kKept = 50;
  LoadRecord record;
  record.model = process.entry->name;
  record.at =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  record.seconds = process.load_seconds;
  record.planned = process.plan.at_ready;
  record.measured.host_bytes = measured_host;
  if (measured_host > 0) record.measured.device_bytes = process.buffers.total();
  record.reason = reason;
  history.push_front(std::move(record));
  if (history.size() > kKept) history.pop_back();
}

}  // namespace counsel::models
