#include "http/relay.h"

#include <string>

#include "models/model_client.h"

namespace counsel::http {

namespace asio = boost::asio;

asio::awaitable<Result<void>> Relay(Call& call, const models::Lease& lease, net::ReplyStream& reply,
                                    Json (*shape)(const Error&)) {
  const std::string content_type(net::FindHeader(reply.headers(), "Content-Type").value_or("application/json"));
  net::Reply head(reply.status(), content_type, "");
  if (Result<void> begun = co_await call.exchange.Begin(head); !begun) co_return begun;
  for (;;) {
    Result<std::string> piece = co_await reply.ReadSome();
    if (!piece) {
      const Error error = co_await models::ExplainFailure(lease, piece.error());
      if (content_type.starts_with("text/event-stream")) {
        const std::string event = net::FormatEvent("", Dump(shape(error)));
        if (Result<void> written = co_await call.exchange.Write(event); !written) co_return written;
        co_return co_await call.exchange.End();
      }
      co_return Fail(error);
    }
    if (piece->empty()) co_return co_await call.exchange.End();
    if (Result<void> written = co_await call.exchange.Write(*piece); !written) co_return written;
  }
}

}  // namespace counsel::http
