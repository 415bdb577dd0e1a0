#include "fetching.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <strings.h>

#include "address.h"

namespace counsel::remote {
namespace {

using boost::asio::awaitable;
using outgoing::FrameKind;
using outgoing::Head;
using outgoing::Order;

constexpr int kRedirects = 10;
// The body of a redirect is read and dropped, but not without end.
constexpr std::size_t kMostDropped = std::size_t{1} << 20;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

tl::unexpected<Error> TooLarge() {
  return Fail(ErrorCode::kTooLarge, "it is too large");
}

TransferRequest RequestOf(const Order& order, const std::string& url) {
  TransferRequest request;
  request.url = url;
  for (const auto& [name, value] : order.headers) request.headers.emplace_back(name).append(": ").append(value);
  request.ca_file = order.ca_file;
  request.connect_timeout = order.connect_timeout;
  request.stall_timeout = order.stall_timeout;
  request.total_timeout = order.total_timeout;
  request.reply_limit = order.size_limit;
  return request;
}

// "Content-Range: bytes 100-199/200"
struct Range {
  Range() = default;
  std::uint64_t start = 0;
  std::uint64_t total = 0;  // 0: not said
};
std::optional<Range> RangeOf(const ReplyHead& head) {
  for (const auto& [name, value] : head.headers) {
    if (::strcasecmp(name.c_str(), "Content-Range") != 0) continue;
    unsigned long long first = 0, last = 0, total = 0;
    const int found = std::sscanf(value.c_str(), "bytes %llu-%llu/%llu", &first, &last, &total);
    if (found < 2) return std::nullopt;
    Range range;
    range.start = first;
    if (found == 3) range.total = total;
    return range;
  }
  return std::nullopt;
}

// Where a download's bytes stand in the file.
Result<Head> Placed(const ReplyHead& reply, const Order& order) {
  Head head;
  head.status = reply.status;
  if (reply.status == 206) {
    const std::optional<Range> range = RangeOf(reply);
    if (!range || range->start != order.offset) {
      return Fail(ErrorCode::kUnavailable, "the server sent another part of the file than it was asked for");
    }
    head.start = order.offset;
    head.total = range->total;
  }
  if (head.total == 0 && reply.length) head.total = head.start + *reply.length;
  if (head.total > order.size_limit) return TooLarge();
  return head;
}

awaitable<Result<void>> WriteBytes(net::Exchange& exchange, std::string_view bytes) {
  const std::string frame = outgoing::FormatFrame(FrameKind::kBytes, bytes);
  co_return co_await exchange.Write(frame);
}

}  // namespace

awaitable<void> Fetching::Handle(net::Exchange& exchange) {
  Result<std::string> body = co_await exchange.ReadBody(outgoing::kMostOrderBytes);
  Secret user;
  Result<Order> order = Fail(ErrorCode::kInvalidArgument, "no order");
  if (body) order = outgoing::ReadOrder(*body, &user);
  if (body) WipeText(&*body);
  if (!order || exchange.request().path() != "/fetch") {
    net::Reply refused(400, "text/plain", "That is no order.");
    (void)co_await exchange.Send(refused);
    co_return;
  }
  net::Reply begun(200, "application/octet-stream", "");
  Result<void> done = co_await exchange.Begin(begun);
  if (!done) co_return;
  if (order->follows) {
    done = co_await Download(exchange, *order);
  } else {
    done = co_await Send(exchange, *order, std::move(user));
  }
  const std::string end = outgoing::FormatEnd(done);
  done = co_await exchange.Write(end);
  if (done) (void)co_await exchange.End();
}

awaitable<Result<void>> Fetching::Send(net::Exchange& exchange, const Order& order, Secret user) {
  TransferRequest request = RequestOf(order, order.url);
  request.user = std::move(user);
  request.unpack = true;
  const std::unique_ptr<Transfer> transfer = transfers_.Start(std::move(request));
  Result<ReplyHead> reply = co_await transfer->Head();
  if (!reply) co_return Fail(reply.error());
  if (reply->length.value_or(0) > order.size_limit) co_return TooLarge();
  Head head;
  head.status = reply->status;
  head.headers = std::move(reply->headers);
  std::string redirecting;  // where it leads is known at its end
  while (IsRedirect(head.status) && redirecting.size() < kMostDropped) {
    const Result<std::string> bytes = co_await transfer->ReadSome();
    if (!bytes) co_return Fail(bytes.error());
    if (bytes->empty()) break;
    redirecting += *bytes;
  }
  head.redirect = transfer->redirect();
  const std::string first = outgoing::FormatHead(head);
  Result<void> written = co_await exchange.Write(first);
  if (written && !redirecting.empty()) {
    redirecting.resize(std::min(redirecting.size(), kMostDropped));
    written = co_await WriteBytes(exchange, redirecting);
  }
  while (written) {
    const Result<std::string> bytes = co_await transfer->ReadSome();
    if (!bytes) co_return Fail(bytes.error());
    if (bytes->empty()) break;
    written = co_await WriteBytes(exchange, *bytes);
  }
  co_return written;
}

// Reads a redirect to its end and says where it leads.
awaitable<Result<void>> Fetching::Follow(std::string* url, Transfer& transfer) {
  for (std::size_t dropped = 0; dropped < kMostDropped;) {
    const Result<std::string> bytes = co_await transfer.ReadSome();
    if (!bytes) co_return Fail(bytes.error());
    if (bytes->empty()) break;
    dropped += bytes->size();
  }
  const Scheme first = Judge(*url).scheme;
  *url = transfer.redirect();
  if (Judge(*url).scheme == first) co_return Result<void>();
  co_return Fail(ErrorCode::kUnavailable, "it leads to an address that is not https");
}

awaitable<Result<void>> Fetching::Download(net::Exchange& exchange, const Order& order) {
  std::string url = order.url;
  for (int hops = 0; hops <= kRedirects; ++hops) {
    // A fresh request for each hop: nothing of one server's is left for the next.
    TransferRequest request = RequestOf(order, url);
    request.reply_limit = std::max<std::uint64_t>(order.size_limit, kMostDropped);  // the file's is looked at below
    if (order.offset > 0) request.range = std::to_string(order.offset) + "-";
    const std::unique_ptr<Transfer> transfer = transfers_.Start(std::move(request));
    const Result<ReplyHead> reply = co_await transfer->Head();
    if (!reply) co_return Fail(reply.error());
    if (IsRedirect(reply->status)) {
      Result<void> followed = co_await Follow(&url, *transfer);
      if (!followed) co_return followed;
      continue;
    }
    Head head;
    head.status = reply->status;
    const bool good = reply->status == 200 || reply->status == 206;
    if (good) {
      Result<Head> placed = Placed(*reply, order);
      if (!placed) co_return Fail(placed.error());
      head = std::move(*placed);
    }
    const std::string first = outgoing::FormatHead(head);
    Result<void> written = co_await exchange.Write(first);
    std::uint64_t position = head.start;
    while (good && written) {
      const Result<std::string> bytes = co_await transfer->ReadSome();
      if (!bytes) co_return Fail(bytes.error());
      if (bytes->empty()) break;
      position += bytes->size();
      if (position > order.size_limit) co_return TooLarge();
      written = co_await WriteBytes(exchange, *bytes);
    }
    co_return written;
  }
  co_return Fail(ErrorCode::kUnavailable, "it leads from one address to the next without end");
}

}  // namespace counsel::remote
