// Plans of loads: which layers go where, in which style, on which rung of the ladder.
#include <algorithm>
#include <utility>

#include "base/offload.h"
#include "models/gguf.h"
#include "models/pool_core.h"
#include "models/slots.h"

namespace counsel::models {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

// Each correction takes a layer or more away; an estimate that is still too low then is no help.
constexpr int kMostCorrections = 8;

std::vector<std::string> InHostMemory(const std::vector<Device>& devices) {
  std::vector<std::string> names;
  for (const Device& device : devices) {
    if (device.in_host_memory) names.push_back(device.name);
  }
  return names;
}

}  // namespace

std::vector<Device> ModelPool::Core::DevicesWithoutOurs() const {
  return WithoutOurs(devices_.last(), device_uses_, devices_.asked_at(), devices_.answered_at());
}

void ModelPool::Core::NoteDeviceUse(const Process& process) {
  const Clock::time_point asked = devices_.asked_at();
  device_uses_.erase(std::remove_if(device_uses_.begin(), device_uses_.end(),
                                    [asked](const DeviceUse& use) { return use.until < asked; }),
                     device_uses_.end());
  for (const auto& [device, bytes] : process.buffers.total()) {
    DeviceUse use;
    use.server = process.server;
    use.device = device;
    use.bytes = bytes;
    use.since = Clock::now();
    device_uses_.push_back(std::move(use));
  }
}

void ModelPool::Core::EndDeviceUse(ServerId server) {
  const Clock::time_point now = Clock::now();
  for (DeviceUse& use : device_uses_) {
    if (use.server == server) use.until = std::min(use.until, now);
  }
}

asio::awaitable<Result<Plan>> ModelPool::Core::PlanOnDevices(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                             PlanQuestion question, std::vector<Device> devices,
                                                             int asked, Placement* placement) {
  PlacementInputs inputs;
  inputs.devices_seen = !devices.empty();
  inputs.context_tokens = entry.context_tokens;
  inputs.context_may_shrink = entry.role == Role::kGenerator;
  inputs.cache_may_be_quantised = entry.role == Role::kGenerator;
  LayerCosts costs;
  const double fraction = self->options.max_gpu_memory_fraction;
  if (!devices.empty() && self->options.enable_gpu) {
    const fs::path file = self->catalogue.PathOf(entry.files[0]);
    auto read = [file] { return DescribeGguf(file); };
    const Result<GgufDescription> description = co_await Offload(self->files(), read);
    // A model in several files: the first describes a part of it.
    const bool described = description && entry.files.size() == 1;
    const auto choose = [&](std::uint32_t slots) {
      Plan plain;
      plain.slots = slots;
      const FlagFacts flags = ReadFlags(EngineFlags(entry, plain));
      if (described) costs = EstimateLayers({*description}, flags, devices[0].name);
      return ChooseLayers(devices, fraction, true, costs);
    };
    const int with_slots = choose(question.slots);
    inputs.gpu_layers = choose(1);
    inputs.layers = description ? EstimateLayers({*description}, FlagFacts(), devices[0].name).layers : 0;
    // A layer on a device is worth more than a slot.
    if (with_slots != inputs.gpu_layers || !described) question.slots = 1;
  }
  int corrections = 0;
  for (int rung = asked;;) {
    *placement = PlaceAtRung(inputs, rung);
    question.rung = rung;
    question.flags = placement->flags;
    question.context_tokens = placement->context_tokens;
    Result<Plan> plan = co_await self->planner_.Make(entry, question);
    if (!plan) co_return plan;
    const std::uint64_t excess = DeviceExcess(plan->claim.device_bytes, devices, fraction);
    if (excess == 0 || placement->last) {
      if (rung > asked) plan->why_less = "it would not fit the device's memory";
      co_return plan;
    }
    if (question.slots > 1) {
      question.slots = 1;
    } else if (costs.layers > 0 && corrections < kMostCorrections) {
      ++corrections;
      inputs.gpu_layers = FewerLayers(inputs.gpu_layers, excess, costs);
    } else {
      ++rung;
    }
  }
}

asio::awaitable<Result<Plan>> ModelPool::Core::MakePlanOf(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                          std::uint32_t prompt_tokens, bool only_quick, int rung) {
  PlanQuestion question;
  question.rung = rung;
  question.context_tokens = entry.context_tokens;
  question.slots = MostSlots(entry, self->options.threads, false);
  if (IsOnnx(entry) || entry.remote) co_return co_await self->planner_.Make(entry, question);
  if (entry.role == Role::kReranker) {
    const fs::path file = self->catalogue.PathOf(entry.files[0]);
    const auto check = [file] { return CheckReranker(file); };
    Result<void> ranks = co_await Offload(self->files(), check);
    if (!ranks) co_return Fail(std::move(ranks.error()));
  }

  (void)co_await self->devices_.Read();
  const std::vector<Device> devices = self->DevicesWithoutOurs();
  const bool on_device = !devices.empty() && self->options.enable_gpu;
  question.slots = MostSlots(entry, self->options.threads, on_device);
  for (;; question.slots /= 2) {
    // On a step down the ladder memory is short already.
    if (rung > 0 && !OwnSlots(entry)) question.slots = 1;
    Result<Plan> plan = co_await PlanWithSlots(self, entry, question, devices, prompt_tokens, only_quick);
    if (!plan || plan->slots <= 1 || OwnSlots(entry)) co_return plan;
    const Admission admission = self->scheduler.Foresee(entry.name, plan->claim, Clock::now());
    const std::uint64_t headroom = self->ReadHost().headroom_bytes;
    if (admission.verdict == Verdict::kFits && LeavesRoom(plan->claim.host_bytes, headroom)) co_return plan;
  }
}

asio::awaitable<Result<Plan>> ModelPool::Core::PlanWithSlots(std::shared_ptr<Core> self, const ModelEntry& entry,
                                                             PlanQuestion question, std::vector<Device> devices,
                                                             std::uint32_t prompt_tokens, bool only_quick) {
  question.devices_in_host_memory = InHostMemory(devices);
  Placement placement;
  const int rung = question.rung;
  Result<Plan> plan = co_await PlanOnDevices(self, entry, question, std::move(devices), rung, &placement);
  const bool on_processor = placement.gpu_layers == kNoLayers;
  // Of a model on the processor there is a second way to load it.
  if (plan && on_processor) {
    question.rung = plan->rung;
    question.flags = placement.flags;
    question.context_tokens = placement.context_tokens;
    question.slots = plan->slots;
    question.style = LoadStyle::kQuick;
    Result<Plan> quick = co_await self->planner_.Make(entry, question);
    if (!quick) co_return quick;
    quick->why_less = plan->why_less;
    StyleFacts facts;
    facts.weight_bytes = quick->mapped_bytes;
    facts.repacked_bytes = quick->mapped_bytes > plan->mapped_bytes ? quick->mapped_bytes - plan->mapped_bytes : 0;
    facts.threads = self->options.threads;
    if (plan->measured) facts.repacked_seconds = plan->load_seconds;
    if (quick->measured) facts.quick_seconds = quick->load_seconds;
    const std::uint32_t from = RepackFromTokens(facts);
    if (only_quick || prompt_tokens == 0 || prompt_tokens < from) plan = std::move(quick);
    plan->repack_from_tokens = from;
  }
  if (plan) {
    plan->last_rung = placement.last;
    plan->reads_alone = on_processor;
    plan->what = placement.what;
  }
  co_return plan;
}

asio::awaitable<void> ModelPool::Core::Planning(std::shared_ptr<Core> self, MakePlan action) {
  Result<const ModelEntry*> entry = self->catalogue.Find(action.model);
  Result<Plan> plan = Fail(ErrorCode::kInternal, "'" + action.model + "' is no model any more.");
  if (entry) plan = co_await MakePlanOf(self, **entry, action.prompt_tokens, action.only_quick, action.rung);
  if (self->abandoned_) co_return;
  self->scheduler.Planned(action.server, std::move(plan), Clock::now());
  self->Carry();
}

}  // namespace counsel::models
