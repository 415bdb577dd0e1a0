#include "app/long_work.h"

#include <optional>
#include <utility>

#include "app/terminal.h"

namespace counsel::app {

namespace asio = boost::asio;

asio::awaitable<Result<Json>> FollowWork(DaemonClient& daemon, std::string target, Json body, Error when_broken) {
  Result<net::ReplyStream> stream = co_await daemon.Stream("POST", target, body);
  if (!stream) co_return Fail(std::move(stream.error()));
  EventReader events(std::move(*stream));
  ProgressBar bar;
  for (;;) {
    Result<std::optional<net::Event>> event = co_await events.Next();
    if (!event) co_return Fail(std::move(event.error()));
    if (!*event) co_return Fail(std::move(when_broken));
    const Json data = Json::parse((*event)->data, nullptr, false);
    if (!data.is_object()) continue;
    if ((*event)->name == "progress") bar.Show(data.value("share", 0.0), Printable(data.value("what", ""), 60));
    if ((*event)->name == "error") co_return Fail(ErrorFromJson(data, 500));
    if ((*event)->name == "done") co_return data;
  }
}

}  // namespace counsel::app
