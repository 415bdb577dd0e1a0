#include "models/measurements.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "host/host.h"

namespace counsel::models {
namespace {

using nlohmann::json;

// Of the file's form and of what estimates mean: another number's records are dropped.
constexpr int kVersion = 1;
constexpr std::size_t kKeyBytes = 64;  // SHA-256
constexpr std::size_t kDevices = 64;
constexpr std::uint64_t kLargest = std::uint64_t{1} << 50;
constexpr double kLongest = 1e6;
// A server has some hundred mappings of a kilobyte each.
constexpr std::size_t kSmapsLimit = std::size_t{8} << 20;

json ToJson(const Footprint& footprint) {
  return {{"host", footprint.host_bytes}, {"devices", footprint.device_bytes}};
}

// Readers of one field each; false when it is not there or not believable.
bool Take(const json& object, const char* name, std::uint64_t* number) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_number_unsigned()) return false;
  *number = field->get<std::uint64_t>();
  return *number <= kLargest;
}

bool Take(const json& object, const char* name, double* number) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_number()) return false;
  *number = field->get<double>();
  return std::isfinite(*number) && *number >= 0 && *number <= kLongest;
}

bool Take(const json& object, const char* name, bool* value) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_boolean()) return false;
  *value = field->get<bool>();
  return true;
}

bool Take(const json& object, const char* name, Footprint* footprint) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_object() || !Take(*field, "host", &footprint->host_bytes)) return false;
  const auto devices = field->find("devices");
  if (devices == field->end() || !devices->is_object() || devices->size() > kDevices) return false;
  for (const auto& [device, bytes] : devices->items()) {
    if (!bytes.is_number_unsigned() || bytes.get<std::uint64_t>() > kLargest) return false;
    footprint->device_bytes[device] = bytes.get<std::uint64_t>();
  }
  return true;
}

bool TakeRecord(const json& object, Measurements::Record* record) {
  if (!object.is_object()) return false;
  Estimate& estimate = record->estimate;
  if (!Take(object, "at_ready", &estimate.at_ready) || !Take(object, "claim", &estimate.claim) ||
      !Take(object, "mapped", &estimate.mapped_bytes) || !Take(object, "growth", &estimate.growth_bytes) ||
      !Take(object, "estimated", &record->estimated) || !Take(object, "cached_seconds", &record->cached_seconds) ||
      !Take(object, "uncached_seconds", &record->uncached_seconds) || !Take(object, "used", &record->used)) {
    return false;
  }
  const auto measured = object.find("measured");
  if (measured == object.end()) return true;
  record->measured.emplace();
  return measured->is_object() && Take(*measured, "at_ready", &record->measured->at_ready) &&
         Take(*measured, "highest", &record->measured->highest);
}

json ToJson(const Measurements::Record& record) {
  json object = {{"at_ready", ToJson(record.estimate.at_ready)},
                 {"claim", ToJson(record.estimate.claim)},
                 {"mapped", record.estimate.mapped_bytes},
                 {"growth", record.estimate.growth_bytes},
                 {"estimated", record.estimated},
                 {"cached_seconds", record.cached_seconds},
                 {"uncached_seconds", record.uncached_seconds},
                 {"used", record.used}};
  if (record.measured) {
    object["measured"] = {{"at_ready", ToJson(record.measured->at_ready)},
                          {"highest", ToJson(record.measured->highest)}};
  }
  return object;
}

void RaiseTo(const Footprint& other, Footprint* footprint) {
  footprint->host_bytes = std::max(footprint->host_bytes, other.host_bytes);
  for (const auto& [device, bytes] : other.device_bytes) {
    std::uint64_t& mine = footprint->device_bytes[device];
    mine = std::max(mine, bytes);
  }
}

// On a device: the estimate's growth from `ready` to `claim`, on top of what was measured.
std::uint64_t Grown(std::uint64_t measured, std::uint64_t ready, std::uint64_t claim) {
  return measured + (claim > ready ? claim - ready : 0);
}

// "    9216 kB" in bytes; 0 for anything else.
std::uint64_t Kilobytes(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::uint64_t kilobytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), kilobytes);
  return error == std::errc() && kilobytes <= kLargest / 1024 ? kilobytes * 1024 : 0;
}

bool IsKey(const std::string& key) {
  return key.size() == kKeyBytes && std::all_of(key.begin(), key.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

std::uint64_t ResidentOf(std::string_view smaps, std::string_view path) {
  constexpr std::string_view kDeleted = " (deleted)";
  constexpr std::string_view kResident = "Rss:";
  std::uint64_t bytes = 0;
  bool inside = false;
  for (std::size_t at = 0; at < smaps.size();) {
    const std::size_t end = std::min(smaps.find('\n', at), smaps.size());
    std::string_view line = smaps.substr(at, end - at);
    at = end + 1;
    // A mapping's first line begins with its addresses; its rows begin with a capital letter.
    if (!line.empty() && (line[0] < 'A' || line[0] > 'Z')) {
      if (line.ends_with(kDeleted)) line.remove_suffix(kDeleted.size());
      inside = !path.empty() && line.size() > path.size() && line.ends_with(path) &&
               line[line.size() - path.size() - 1] == ' ';
    } else if (inside && line.starts_with(kResident)) {
      bytes += Kilobytes(line.substr(kResident.size()));
    }
  }
  return bytes;
}

Result<std::uint64_t> MeasureHost(pid_t pid, const std::vector<std::filesystem::path>& files,
                                  std::uint64_t mapped_bytes, const std::filesystem::path& root) {
  const Result<host::ProcessMemory> memory = host::ReadProcessMemory(pid, root);
  if (!memory) return Fail(memory.error());
  std::uint64_t mapped = 0;
  if (mapped_bytes > 0) {
    const std::string smaps = ReadFile(root / "proc" / std::to_string(pid) / "smaps", kSmapsLimit).value_or("");
    for (const std::filesystem::path& file : files) {
      std::error_code failed;
      const std::filesystem::path real = std::filesystem::weakly_canonical(file, failed);
      mapped += ResidentOf(smaps, failed ? file.string() : real.string());
    }
  }
  return memory->pss_anon_bytes + memory->pss_shmem_bytes + std::min(mapped, mapped_bytes);
}

Measurements::Record& Measurements::Use(const std::string& key) {
  Record& record = records_[key];
  record.used = ++uses_;
  if (records_.size() > kLimit) {
    records_.erase(std::min_element(records_.begin(), records_.end(),
                                    [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  return record;
}

const Measurements::Record* Measurements::Find(const std::string& key) {
  return records_.count(key) > 0 ? &Use(key) : nullptr;
}

void Measurements::Remember(const std::string& key, const Estimate& estimate, bool estimated) {
  Record& record = Use(key);
  record.estimate = estimate;
  record.estimated = estimated;
}

void Measurements::Learn(const std::string& key, const Measured& measured, bool file_cached) {
  if (records_.count(key) == 0) return;
  Record& record = Use(key);
  if (measured.load_seconds > 0) {
    (file_cached ? record.cached_seconds : record.uncached_seconds) = measured.load_seconds;
  }
  if (measured.at_ready.host_bytes == 0 && measured.highest.host_bytes == 0) return;
  if (!record.measured) record.measured.emplace();
  if (measured.at_ready.host_bytes > 0) record.measured->at_ready = measured.at_ready;
  RaiseTo(measured.highest, &record.measured->highest);
  RaiseTo(measured.at_ready, &record.measured->highest);
}

std::string Measurements::Save() const {
  json records = json::object();
  for (const auto& [key, record] : records_) {
    if (!record.estimated || record.measured) records[key] = ToJson(record);
  }
  const json whole = {{"version", kVersion}, {"plans", std::move(records)}};
  return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool Measurements::Load(std::string_view text) {
  const json whole = json::parse(text.begin(), text.end(), nullptr, false);
  if (!whole.is_object() || whole.value("version", json()) != kVersion) return false;
  const auto plans = whole.find("plans");
  if (plans == whole.end() || !plans->is_object() || plans->size() > kLimit) return false;
  std::map<std::string, Record> read;
  for (const auto& [key, object] : plans->items()) {
    if (!IsKey(key) || !TakeRecord(object, &read[key])) return false;
  }
  for (auto& [key, record] : read) {
    uses_ = std::max(uses_, record.used);
    if (records_.size() < kLimit) records_.emplace(key, std::move(record));
  }
  return true;
}

void ApplyRecord(const Measurements::Record& record, Plan* plan) {
  plan->at_ready = record.estimate.at_ready;
  plan->claim = record.estimate.claim;
  plan->mapped_bytes = record.estimate.mapped_bytes;
  plan->estimated = record.estimated;
  plan->load_seconds = plan->file_cached ? record.cached_seconds : record.uncached_seconds;
  plan->measured = record.measured.has_value() && record.measured->at_ready.host_bytes > 0;
  if (!plan->measured) return;
  const Footprint& ready = record.measured->at_ready;
  plan->claim.host_bytes = ready.host_bytes + record.estimate.growth_bytes;
  plan->at_ready.host_bytes = ready.host_bytes;
  for (const auto& [device, bytes] : ready.device_bytes) {
    std::uint64_t& claim = plan->claim.device_bytes[device];
    claim = Grown(bytes, plan->at_ready.device_bytes[device], claim);
    plan->at_ready.device_bytes[device] = bytes;
  }
  RaiseTo(record.measured->highest, &plan->claim);
}

}  // namespace counsel::models
