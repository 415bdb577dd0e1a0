#include "app/reviews.h"

#include "http/json.h"
#include "http/tell_all.h"

namespace counsel::app {

std::shared_ptr<review::Runner> MakeReviews(http::Services& services) {
  auto tell = [&services](const review::RunProgress& progress) {
    const http::Json news = {{"review", progress.review},
                             {"state", progress.state},
                             {"filled", progress.filled},
                             {"documents", progress.documents},
                             {"seconds_left", http::OrNull(progress.seconds_left)}};
    http::TellAll(services, "review", news);
  };
  return std::make_shared<review::Runner>(services.io, services.store, std::move(tell));
}

}  // namespace counsel::app
