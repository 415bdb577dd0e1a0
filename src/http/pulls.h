// Models that are being fetched because somebody clicked: as `counsel pull` does it (models/pull.h), each by a thread
// of its own, for as long as it takes, whoever looks on. /api/models has how far each is, and /api/events tells it.
//
// Threads: io thread only.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/json.h"
#include "http/services.h"

namespace counsel::http {

inline constexpr std::size_t kMostPulls = 2;  // at once

class Pulls {
 public:
  // `services` must outlive it.
  explicit Pulls(Services& services);
  // Waits until the threads have ended, a second or so.
  ~Pulls();
  Pulls(const Pulls&) = delete;
  Pulls& operator=(const Pulls&) = delete;

  // kAlreadyExists: it is installed, or being fetched; kUnsupported: it is not to be had so; kOverloaded: two others
  // are being fetched.
  [[nodiscard]] Result<void> Start(const models::ModelEntry& entry);
  // What came so far is kept; the next one goes on from there. kNotFound: it is not being fetched.
  [[nodiscard]] Result<void> Stop(const std::string& model);
  // All of them, without waiting.
  void StopAll();
  // {state: "fetching", "checking", "failed", "stopped", done, total (bytes of all its files), bytes_per_second,
  // seconds_left, reason}; null when nobody fetched it since the start, or when that ended well.
  [[nodiscard]] Json StateOf(const std::string& model) const;

 private:
  struct Pull;
  void End(const std::shared_ptr<Pull>& pull, Result<void> outcome);
  void Tell(const std::string& model) const;
  [[nodiscard]] bool Runs(const std::string& model) const;

  Services& services_;
  std::map<std::string, std::shared_ptr<Pull>> pulls_;  // the last of each model
};

}  // namespace counsel::http
