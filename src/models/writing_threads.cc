#include "models/writing_threads.h"

#include <algorithm>
#include <cmath>

namespace counsel::models {

unsigned WritingThreads(unsigned threads, double others_that_run) {
  const double most = std::max(1U, threads);
  const double fewest = std::max(1.0, std::ceil(most / 2));
  return static_cast<unsigned>(std::clamp(most - std::round(others_that_run), fewest, most));
}

}  // namespace counsel::models
