#include "http/relay.h"

#include <chrono>
#include <optional>
#include <utility>

#include "models/model_client.h"

namespace counsel::http {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// Until the first byte of a reply: a whole answer when it is not streamed.
constexpr std::chrono::hours kReplyTimeout{1};
constexpr std::size_t kBytesPerToken = 4;

asio::awaitable<Result<void>> Relay(Call& call, const models::Lease& lease, net::ReplyStream& reply,
                                    Json (*shape)(const Error&)) {
  const std::string content_type(net::FindHeader(reply.headers(), "Content-Type").value_or("application/json"));
  net::Reply head(reply.status(), content_type, "");
  Result<void> written = co_await call.exchange.Begin(head);
  while (written) {
    Result<std::string> piece = co_await reply.ReadSome();
    if (!piece) {
      const Error error = co_await models::ExplainFailure(lease, piece.error());
      if (!content_type.starts_with("text/event-stream")) co_return Fail(error);
      const std::string event = net::FormatEvent("", Dump(shape(error)));
      written = co_await call.exchange.Write(event);
      if (!written) break;
      co_return co_await call.exchange.End();
    }
    if (piece->empty()) co_return co_await call.exchange.End();
    lease.HasRead();
    const Clock::time_point read_at = Clock::now();
    written = co_await call.exchange.Write(*piece);
    if (written) lease.times().relay.Add(Clock::now() - read_at);
  }
  co_return written;
}

// A remote model with a fallback could not be asked: nothing of its reply is for the client.
bool ShouldFallBack(const models::Lease& lease, int status) {
  const std::optional<models::RemoteServer>& remote = lease.model().remote;
  const bool failed = status == 429 || status == 502 || status == 503 || status == 504;
  return failed && remote && !remote->fallback.empty();
}

}  // namespace

asio::awaitable<Result<void>> PassThrough(Call& call, std::string model, net::Request request,
                                          models::AcquireOptions options, Json (*shape)(const Error&)) {
  Clock::time_point began = Clock::now();
  options.arrived = began;
  for (int tries = 1;; ++tries) {
    Result<models::Lease> lease = co_await call.services.pool.Acquire(model, options);
    if (!lease) co_return Fail(std::move(lease.error()));
    Result<net::ReplyStream> reply = co_await net::Open(lease->endpoint(), request, kReplyTimeout);
    if (reply && tries == 1 && ShouldFallBack(*lease, reply->status())) {
      options.fall_back = true;
      began = Clock::now();
      continue;
    }
    if (reply) {
      const std::chrono::duration<double> waited(lease->waited_seconds());
      lease->times().forward.Add(reply->sent_at() - began - std::chrono::duration_cast<Clock::duration>(waited));
      co_return co_await Relay(call, *lease, *reply, shape);
    }
    Error error = co_await models::ExplainFailure(*lease, reply.error());
    const bool again = lease->less_next() || (error.code == ErrorCode::kUnavailable && tries == 1);
    if (!again) co_return Fail(std::move(error));
    options.fall_back = true;  // of a remote model; a local one is loaded again
    began = Clock::now();
  }
}

bool IsStreamed(const Json& body) {
  const auto stream = body.find("stream");
  return stream != body.end() && stream->is_boolean() && stream->get<bool>();
}

std::uint32_t AboutTokens(const std::string& body) {
  return static_cast<std::uint32_t>(body.size() / kBytesPerToken);
}

}  // namespace counsel::http
