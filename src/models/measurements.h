// What loads of models really took: read from a running server, remembered under a plan's key, kept across restarts.
//
// Threads: Measurements belongs to one thread, and does no IO; MeasureHost blocks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "models/estimate.h"
#include "models/plan.h"

namespace counsel::models {

// What one load took. Best read when the server says that it is ready, or after a short first request: a long prompt
// makes all later plans larger by its compute buffers. Zeros and devices left out mean "not measured".
struct Measured {
  Measured() = default;
  Footprint at_ready;
  Footprint highest;  // while it served
  double load_seconds = 0;
};

// A server's claim on the host, in bytes: Pss_Anon + Pss_Shmem + what is resident of its mapped model files, no more
// than `mapped_bytes` of it (Plan::mapped_bytes: mapped weights that were rearranged are not read again). Some
// milliseconds for each resident gigabyte. kNotFound when there is no such process.
[[nodiscard]] Result<std::uint64_t> MeasureHost(pid_t pid, const std::vector<std::filesystem::path>& files,
                                                std::uint64_t mapped_bytes, const std::filesystem::path& root = "/");

// Of /proc/PID/smaps: resident bytes of the mappings of `path`, also when it has been deleted since.
[[nodiscard]] std::uint64_t ResidentOf(std::string_view smaps, std::string_view path);

// The first estimate for a key and what was measured since. At most `kLimit` keys: those used last.
class Measurements {
 public:
  static constexpr std::size_t kLimit = 256;

  struct Record {
    Record() = default;
    Estimate estimate;
    bool estimated = false;  // the estimate is from the file's description alone
    std::optional<Measured> measured;
    double cached_seconds = 0;    // of the last load from the page cache
    double uncached_seconds = 0;  // of the last other one
    std::uint64_t used = 0;       // the larger, the later
  };

  // Null when there is none. Counts as a use.
  [[nodiscard]] const Record* Find(const std::string& key);
  void Remember(const std::string& key, const Estimate& estimate, bool estimated);
  // Of a key that was remembered before; else it does nothing. The highest footprint of all its loads is kept.
  void Learn(const std::string& key, const Measured& measured, bool file_cached);

  // JSON, at most some 200 KB. Without what was only estimated from a description: the engine is asked next time.
  [[nodiscard]] std::string Save() const;
  // Adds what `json` holds and this does not. False when it is no such thing: then nothing is added.
  [[nodiscard]] bool Load(std::string_view json);

  [[nodiscard]] std::size_t size() const { return records_.size(); }

 private:
  Record& Use(const std::string& key);

  std::map<std::string, Record> records_;
  std::uint64_t uses_ = 0;
};

// Fills the plan's bytes and seconds from the record. Once measured: what the server held when it was ready; its claim
// is that and what the estimate says it may still grow by, and never less than the highest seen.
void ApplyRecord(const Measurements::Record& record, Plan* plan);

}  // namespace counsel::models
