// The devices besides the processor that the engine can put layers on. No GPU driver ever enters the daemon: the engine
// is asked in a child (`llama-server --list-devices`), when somebody first needs to know.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace counsel::models {

// Bytes, in whole MiB as the engine prints them.
struct Device {
  Device() = default;
  std::string name;               // "Vulkan0", "CUDA0": what --device takes and llama-fit-params prints
  std::string description;        // "NVIDIA GeForce RTX 4070"; valid UTF-8 without control characters
  std::uint64_t total_bytes = 0;  // never 0
  std::uint64_t free_bytes = 0;   // at most total_bytes
  // Its memory is the host's: a processor that plays a GPU (Mesa's llvmpipe). The engine does not tell it of others.
  bool in_host_memory = false;
};

// What `llama-server --list-devices` prints on stdout. Devices without memory of their own (BLAS) are left out.
// kCorrupt for anything that is not such a list; nothing of `output` is in the message. Pure.
[[nodiscard]] Result<std::vector<Device>> ParseDevices(std::string_view output);

// What one of our servers held of a device, and in which time.
struct DeviceUse {
  DeviceUse() = default;
  std::uint64_t server = 0;
  std::string device;
  std::uint64_t bytes = 0;
  std::chrono::steady_clock::time_point since;
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

// The devices as if none of our servers had been there. Only what was held during the whole of the reading (from
// `asked` to `answered`) is in its free bytes for certain, so nothing else is added to them: what others leave may be
// taken for too little, never for too much. Pure.
[[nodiscard]] std::vector<Device> WithoutOurs(std::vector<Device> devices, const std::vector<DeviceUse>& uses,
                                              std::chrono::steady_clock::time_point asked,
                                              std::chrono::steady_clock::time_point answered);

// Whether asking can give anything: not when the engine's libraries lie beside llama-server and no GPU plug-in with
// them. A llama-server without libraries beside it (a user's own, a native one) is worth asking. Reads one folder.
[[nodiscard]] bool EngineMayHaveDevices(const std::filesystem::path& llama_server);

struct DevicesOptions {
  DevicesOptions() = default;
  std::filesystem::path llama_server;
  // The child's whole environment: what model servers get too, or they would see other devices.
  std::vector<std::string> environment;
  // A driver that has not answered by then is taken for broken.
  std::chrono::milliseconds deadline{20'000};
  // How long a child's failure stands before another one is tried, whoever asks: a broken driver delays one load a
  // minute.
  std::chrono::milliseconds failure_age{60'000};
};

// Reads the devices, remembers them. Threads: io thread only, every member.
class Devices {
 public:
  // How old free bytes may be for a decision that nothing hangs on (status, choosing a plug-in's first plan).
  static constexpr std::chrono::seconds kUsualAge{10};

  Devices(boost::asio::any_io_executor io, DevicesOptions options);
  // Ends a child that runs. Who waits in Read gets what was known.
  ~Devices();
  Devices(const Devices&) = delete;
  Devices& operator=(const Devices&) = delete;

  // The devices as they were at most `max_age` ago; 0: asked anew. One child at a time: whoever comes while it runs
  // shares its answer, and one who leaves stops nothing. Never fails: a child that fails or hangs means no devices.
  [[nodiscard]] boost::asio::awaitable<std::vector<Device>> Read(std::chrono::seconds max_age = kUsualAge);

  // What the last Read found, without asking.
  [[nodiscard]] const std::vector<Device>& last() const;
  // When the child that gave the last answer was started, and when the answer was there.
  [[nodiscard]] std::chrono::steady_clock::time_point asked_at() const;
  [[nodiscard]] std::chrono::steady_clock::time_point answered_at() const;
  // Why there are none, a sentence for the user; "" when there are some, or nobody has asked.
  [[nodiscard]] const std::string& reason() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace counsel::models
