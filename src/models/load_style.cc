#include "models/load_style.h"

#include <algorithm>

namespace counsel::models {
namespace {

// Measured on 2 threads of a server processor with the 7B shape (docs/performance.md): one thread rearranges; each
// thread adds to the speed at which a prompt is read, whose time goes with the bytes of the weights.
constexpr double kRearrangedPerSecond = 3e8;      // bytes
constexpr double kReadPerSecondAndThread = 3e10;  // bytes of weights × tokens
constexpr double kSpeedUp = 1.8;                  // of a repacked model's prompt
constexpr double kLeastPart = 0.05;               // of the weights, below which the styles are the same

}  // namespace

std::uint32_t RepackFromTokens(const StyleFacts& facts) {
  const auto weights = static_cast<double>(facts.weight_bytes);
  const auto repacked = static_cast<double>(facts.repacked_bytes);
  if (weights <= 0 || repacked < kLeastPart * weights) return 0;
  const bool measured = facts.quick_seconds > 0 && facts.repacked_seconds > 0;
  const double longer = measured ? facts.repacked_seconds - facts.quick_seconds : repacked / kRearrangedPerSecond;
  const double part = repacked / weights;
  const double token = weights / (kReadPerSecondAndThread * std::max(1U, facts.threads));
  const double saved = token * part * (1 - 1 / kSpeedUp);
  return static_cast<std::uint32_t>(std::clamp(longer / saved, 1.0, 1e6));
}

}  // namespace counsel::models
