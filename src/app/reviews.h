// What fills reviews in the background (review/runner.h), and who hears of it.
#pragma once

#include <memory>

#include "http/services.h"
#include "review/runner.h"

namespace counsel::app {

// `services` must outlive it. Its progress goes to whoever listens to /api/events.
[[nodiscard]] std::shared_ptr<review::Runner> MakeReviews(http::Services& services);

}  // namespace counsel::app
