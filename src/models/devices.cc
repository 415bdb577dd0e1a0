#include "models/devices.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/utf8.h"
#include "child/child.h"

namespace counsel::models {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestOutput = 64 * 1024;
constexpr std::size_t kMostDevices = 64;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestDescription = 256;
// 64 TiB: a device that claims more is not believed.
constexpr std::uint64_t kMostMiB = std::uint64_t{1} << 26;

bool TakeOff(std::string_view* text, std::string_view beginning) {
  if (text->substr(0, beginning.size()) != beginning) return false;
  text->remove_prefix(beginning.size());
  return true;
}

std::optional<std::uint64_t> TakeNumber(std::string_view* text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc()) return std::nullopt;
  text->remove_prefix(static_cast<std::size_t>(end - text->data()));
  return number;
}

// It becomes an argument, and one of a list that commas separate.
bool IsName(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && name.size() <= kLongestName && is_letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~' && c != ','; });
}

std::string ForPeople(std::string_view description) {
  std::string text = RepairUtf8(description.substr(0, kLongestDescription));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return text;
}

// "Vulkan0: llvmpipe (LLVM 15.0.6, 256 bits) (2048 MiB, 2048 MiB free)"
std::optional<Device> ParseDevice(std::string_view line) {
  const std::size_t name_end = line.find(": ");
  const std::size_t memory_begin = line.rfind(" (");
  if (name_end == std::string_view::npos || memory_begin == std::string_view::npos || memory_begin < name_end + 1) {
    return std::nullopt;
  }
  Device device;
  device.name = line.substr(0, name_end);
  if (!IsName(device.name)) return std::nullopt;
  if (memory_begin > name_end + 2) {
    device.description = ForPeople(line.substr(name_end + 2, memory_begin - name_end - 2));
  }
  device.in_host_memory = device.description.starts_with("llvmpipe");
  std::string_view memory = line.substr(memory_begin + 2);
  const std::optional<std::uint64_t> total = TakeNumber(&memory);
  if (!total || *total > kMostMiB || !TakeOff(&memory, " MiB, ")) return std::nullopt;
  const std::optional<std::uint64_t> free = TakeNumber(&memory);
  if (!free || memory != " MiB free)") return std::nullopt;
  device.total_bytes = *total << 20;
  // Vulkan's plug-in subtracts what is used from a budget that may be smaller: the difference wraps around.
  device.free_bytes = *free > kMostMiB ? 0 : std::min(*free, *total) << 20;
  return device;
}

tl::unexpected<Error> NotAList() {
  return Fail(ErrorCode::kCorrupt, "The engine did not print a list of devices.");
}

}  // namespace

Result<std::vector<Device>> ParseDevices(std::string_view output) {
  if (output.size() > kLongestOutput) return NotAList();
  std::vector<Device> devices;
  bool in_list = false;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    std::string_view line = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    if (!in_list) {
      in_list = line == "Available devices:";
      continue;
    }
    if (!TakeOff(&line, "  ")) break;
    if (line == "(none)") continue;
    std::optional<Device> device = ParseDevice(line);
    if (!device || devices.size() == kMostDevices) return NotAList();
    if (device->total_bytes > 0) devices.push_back(std::move(*device));
  }
  if (!in_list) return NotAList();
  return devices;
}

std::vector<Device> WithoutOurs(std::vector<Device> devices, const std::vector<DeviceUse>& uses,
                                Clock::time_point asked, Clock::time_point answered) {
  for (const DeviceUse& use : uses) {
    if (use.since > asked || use.until < answered) continue;
    for (Device& device : devices) {
      if (device.name != use.device) continue;
      device.free_bytes += std::min(use.bytes, device.total_bytes - device.free_bytes);
    }
  }
  return devices;
}

bool EngineMayHaveDevices(const fs::path& llama_server) {
  std::error_code error;
  // The engine looks for plug-ins beside the file itself, not beside a link to it.
  const fs::path program = fs::canonical(llama_server, error);
  if (error) return false;
  bool libraries_are_here = false;
  for (fs::directory_iterator at(program.parent_path(), error), end; !error && at != end; at.increment(error)) {
    const std::string file = at->path().filename().string();
    std::string_view name = file;
    if (!TakeOff(&name, "libggml-") || name.find(".so") == std::string_view::npos) continue;
    const bool is_base = TakeOff(&name, "base");
    libraries_are_here = libraries_are_here || is_base;
    if (!is_base && !TakeOff(&name, "cpu") && !TakeOff(&name, "blas")) return true;
  }
  return !libraries_are_here;
}

// Kept alive by its readers and its child's wait.
struct Devices::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor io_in, DevicesOptions options_in)
      : io(std::move(io_in)), options(std::move(options_in)), answered(io, Clock::time_point::max()), patience(io) {}

  [[nodiscard]] bool Fresh(std::chrono::seconds max_age) const {
    if (closed) return true;
    if (!answered_at) return false;
    const Clock::duration age = Clock::now() - *answered_at;
    return age < max_age || (failed && age < options.failure_age);
  }

  void Ask() {
    asked_at = Clock::now();
    if (!EngineMayHaveDevices(options.llama_server)) {
      Answer({}, "The engine has no GPU plug-in. To add one: ./run --gpu auto setup", false);
      return;
    }
    child::ChildOptions command;
    command.argv = {options.llama_server.string(), "--list-devices"};
    command.environment = options.environment;
    command.folder = "/";
    command.on_stdout_line = [this](std::string_view line) {
      // A little over the limit is enough for the parser to refuse it.
      if (output.size() <= kLongestOutput) output.append(line).append("\n");
    };
    output.clear();
    Result<std::unique_ptr<child::Child>> spawned = child::Child::Spawn(io, std::move(command));
    if (!spawned) {
      Failed(spawned.error().message);
      return;
    }
    child = std::move(*spawned);
    ++round;
    patience.expires_after(options.deadline);
    patience.async_wait([weak = weak_from_this(), asked = round](error_code error) {
      const std::shared_ptr<State> self = weak.lock();
      if (error || !self || !self->child || self->round != asked) return;
      // Not waited for: a process that is stuck in a driver does not end when it is killed.
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(self->options.deadline);
      self->Failed("it did not answer within " + std::to_string(seconds.count()) + " seconds.");
    });
    asio::awaitable<child::Exit> end = child->Wait();
    asio::co_spawn(io, WaitForEnd(shared_from_this(), std::move(end), round), asio::detached);
  }

  static asio::awaitable<void> WaitForEnd(std::shared_ptr<State> self, asio::awaitable<child::Exit> end,
                                          unsigned asked) {
    const child::Exit exit = co_await std::move(end);
    if (self->child && self->round == asked) self->Ended(exit);
  }

  void Ended(const child::Exit& exit) {
    if (exit.kind != child::ExitKind::kExited || exit.status != 0) {
      Failed("llama-server " + exit.ToString() + ".");
      return;
    }
    Result<std::vector<Device>> parsed = ParseDevices(output);
    if (!parsed) {
      Failed("it did not print a list of them.");
      return;
    }
    std::string why = parsed->empty() ? "The engine finds no GPU that it can use." : "";
    Answer(std::move(*parsed), std::move(why), false);
  }

  void Failed(const std::string& why) { Answer({}, "The engine could not say which GPUs there are: " + why, true); }

  void Answer(std::vector<Device> found, std::string why, bool failure) {
    devices = std::move(found);
    reason = std::move(why);
    failed = failure;
    answered_at = Clock::now();
    Rest();
  }

  void Rest() {
    child.reset();
    patience.cancel();
    answered.cancel();
    output = std::string();
  }

  static asio::awaitable<std::vector<Device>> Read(std::shared_ptr<State> self, std::chrono::seconds max_age) {
    if (!self->child && !self->Fresh(max_age)) self->Ask();
    while (self->child) {
      const auto cancelled = co_await asio::this_coro::cancellation_state;
      if (cancelled.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
      }
      error_code ignored;
      co_await self->answered.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return self->devices;
  }

  const asio::any_io_executor io;
  const DevicesOptions options;
  asio::steady_timer answered;  // never expires; cancelled when there is an answer
  asio::steady_timer patience;
  std::unique_ptr<child::Child> child;  // while it is being asked
  unsigned round = 0;                   // of children: late news of an earlier one is for nobody
  std::string output;
  std::vector<Device> devices;
  std::string reason;
  bool failed = false;
  bool closed = false;
  Clock::time_point asked_at;
  std::optional<Clock::time_point> answered_at;
};

Devices::Devices(asio::any_io_executor io, DevicesOptions options)
    : state_(std::make_shared<State>(std::move(io), std::move(options))) {}

Devices::~Devices() {
  state_->closed = true;
  state_->Rest();
}

asio::awaitable<std::vector<Device>> Devices::Read(std::chrono::seconds max_age) {
  return State::Read(state_, max_age);
}

const std::vector<Device>& Devices::last() const {
  return state_->devices;
}

Clock::time_point Devices::asked_at() const {
  return state_->asked_at;
}

Clock::time_point Devices::answered_at() const {
  return state_->answered_at.value_or(Clock::time_point());
}

const std::string& Devices::reason() const {
  return state_->reason;
}

}  // namespace counsel::models
