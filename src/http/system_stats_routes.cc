// The first product's GET /api/system/stats.
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "host/processor_time.h"
#include "http/query_value.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

// Between the two looks at the processors' time: ten ticks of the kernel's clock.
constexpr std::chrono::milliseconds kLook{100};

double Percent(double part, double whole) {
  return whole > 0 ? 100 * part / whole : 0;
}

// "1.2GB / 24.0GB", in units of 2^30 bytes as the first product's were.
std::string PartOf(double used_bytes, double total_bytes) {
  constexpr double kUnit = 1024.0 * 1024.0 * 1024.0;
  std::array<char, 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%.1fGB / %.1fGB", used_bytes / kUnit, total_bytes / kUnit);
  return std::string(text.data(), static_cast<std::size_t>(length));
}

Json MemoryJson() {
  const host::Memory memory = host::ReadMemory();
  const double total = static_cast<double>(memory.total_bytes);
  const double used = total - static_cast<double>(memory.available_bytes);
  return {{"usage", Percent(used, total)}, {"memory", PartOf(used, total)}};
}

// The file system of the home.
Json StorageJson(const Services& services) {
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(services.home, failed);
  const double total = failed ? 0 : static_cast<double>(space.capacity);
  const double used = failed ? 0 : total - static_cast<double>(space.free);
  return {{"usage", Percent(used, total)}, {"space", PartOf(used, total)}};
}

// All GPUs together, as the last load found them; zeros before the first.
Json GpuJson(const Services& services) {
  double total = 0;
  double used = 0;
  for (const models::Device& device : services.pool.SeenDevices()) {
    total += static_cast<double>(device.total_bytes);
    used += static_cast<double>(device.total_bytes - device.free_bytes);
  }
  return {{"usage", Percent(used, total)}, {"memory", PartOf(used, total)}};
}

asio::awaitable<Result<void>> Stats(Call& call) {
  const host::ProcessorTime before = host::ReadProcessorTime();
  asio::steady_timer look(call.services.io, kLook);
  co_await look.async_wait(asio::use_awaitable);
  const host::ProcessorTime after = host::ReadProcessorTime();
  const double usage = 100 * host::BusyShare(before, after);
  Json json = {{"cpu", {{"usage", usage}, {"cores", host::CheckHardware().processors}}},
               {"ram", MemoryJson()},
               {"storage", StorageJson(call.services)},
               {"gpu", GpuJson(call.services)}};
  co_return co_await call.SendJson(std::move(json));
}

}  // namespace

void AddSystemStatsRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/system/stats", Stats, {kAnyName}});
}

}  // namespace counsel::http
