#include "host/pressure.h"

#include <algorithm>
#include <charconv>

#include "host/control_groups.h"
#include "host/kernel_files.h"

namespace counsel::host {
namespace {

namespace fs = std::filesystem;

double Decimal(std::string_view text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// "0.00" in "avg10=0.00 avg60=0.00 avg300=0.00 total=1951008", and all that follows.
std::string_view Field(std::string_view line, std::string_view name) {
  const std::size_t at = line.find(name);
  return at == std::string_view::npos ? "" : line.substr(at + name.size());
}

PressureSample ParsePressure(std::string_view text) {
  const auto some = Row(text, "some ");
  const std::string_view full = Row(text, "full ").value_or("");
  PressureSample sample;
  if (!some) return sample;
  sample.known = true;
  sample.some_avg10 = Decimal(Field(*some, "avg10="));
  sample.full_avg10 = Decimal(Field(full, "avg10="));
  if (!ParseNumber(Field(*some, "total="), &sample.some_total_us)) sample.some_total_us = 0;
  return sample;
}

struct Now {
  const PressureSample& stalls;
  double margins;  // the headroom in margins
  const PressureLimits& limits;
};

bool Enters(PressureLevel level, const Now& now) {
  switch (level) {
    case PressureLevel::kCalm:
      return true;
    case PressureLevel::kRising:
      return now.margins < now.limits.rising_margins.enter ||
             (now.stalls.known && now.stalls.some_avg10 > now.limits.rising_some_percent.enter);
    case PressureLevel::kCritical:
      return now.margins < now.limits.critical_margins.enter ||
             (now.stalls.known && now.stalls.full_avg10 > now.limits.critical_full_percent.enter);
  }
  return false;
}

bool Stays(PressureLevel level, const Now& now) {
  switch (level) {
    case PressureLevel::kCalm:
      return true;
    case PressureLevel::kRising:
      return now.margins < now.limits.rising_margins.leave ||
             (now.stalls.known && now.stalls.some_avg10 >= now.limits.rising_some_percent.leave);
    case PressureLevel::kCritical:
      return now.margins < now.limits.critical_margins.leave ||
             (now.stalls.known && now.stalls.full_avg10 >= now.limits.critical_full_percent.leave);
  }
  return false;
}

}  // namespace

PressureSample ReadPressure(const fs::path& root) {
  for (const ControlGroup& group : FindGroup("", root).groups) {
    // Unreadable where it was switched off (cgroup.pressure).
    const PressureSample sample = ParsePressure(ReadKernelFile(group.folder / "memory.pressure"));
    if (sample.known) return sample;
  }
  return ParsePressure(ReadKernelFile(root / "proc/pressure/memory"));
}

std::string_view PressureLevelName(PressureLevel level) {
  switch (level) {
    case PressureLevel::kCalm:
      return "calm";
    case PressureLevel::kRising:
      return "rising";
    case PressureLevel::kCritical:
      return "critical";
  }
  return "unknown";
}

PressureLevel JudgePressure(PressureLevel previous, const PressureSample& sample, std::uint64_t headroom_bytes,
                            std::uint64_t margin_bytes, const PressureLimits& limits) {
  const double margin = std::max(1.0, static_cast<double>(margin_bytes));
  const Now now{sample, static_cast<double>(headroom_bytes) / margin, limits};
  for (const PressureLevel level : {PressureLevel::kCritical, PressureLevel::kRising}) {
    if (Enters(level, now) || (previous >= level && Stays(level, now))) return level;
  }
  return PressureLevel::kCalm;
}

std::chrono::milliseconds NextSampleIn(const HeadroomSample& before, const HeadroomSample& now,
                                       std::uint64_t margin_bytes, const SamplingLimits& limits) {
  using Seconds = std::chrono::duration<double>;
  const double margin = static_cast<double>(margin_bytes);
  const double headroom = static_cast<double>(now.headroom_bytes);
  if (headroom < limits.close_margins * margin) return limits.close;
  const double fallen = static_cast<double>(before.headroom_bytes) - headroom;
  const Seconds passed = now.at - before.at;
  if (fallen <= 0 || passed <= Seconds::zero()) return limits.calm;
  const Seconds half = passed * ((headroom - margin) / fallen / 2);
  if (half >= limits.calm) return limits.calm;
  return std::max(limits.close, std::chrono::duration_cast<std::chrono::milliseconds>(half));
}

}  // namespace counsel::host
