// Requests to the child, and what its frames mean.
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "net/http.h"
#include "outgoing/fetcher.h"
#include "outgoing/outgoing.h"

namespace counsel::outgoing {

namespace asio = boost::asio;

namespace {

// The child begins its reply at once, whatever the other machine does.
constexpr std::chrono::seconds kChildTimeout{30};

// An address without what may be secret in it.
std::string Shown(const std::string& url) {
  std::string shown = url.substr(0, url.find_first_of("?#"));
  const std::size_t host = shown.find("://");
  const std::size_t at = host == std::string::npos ? host : shown.find('@', host);
  if (at != std::string::npos && at < shown.find('/', host + 3)) shown.erase(host + 3, at + 1 - (host + 3));
  return shown;
}

Error StatusError(int status, const std::string& url) {
  const std::string text = std::to_string(status);
  if (status == 404 || status == 410) {
    return {ErrorCode::kNotFound, "There is nothing at " + url + " (status " + text + ").", "Check the address."};
  }
  if (status == 401 || status == 403) {
    return {ErrorCode::kPermissionDenied, url + " does not give this to us (status " + text + ").",
            "It may ask for an account: download it with a browser."};
  }
  return {ErrorCode::kUnavailable, url + " answered with status " + text + ".", "Try again later."};
}

// The child's error, whose message is libcurl's, in a sentence for a user.
Error Explain(const Error& error, const std::string& shown_url, std::uint64_t size_limit) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return {error.code, "'" + shown_url + "' is not an https address that can be used.",
              "Give one that begins with https:// and has no password in it."};
    case ErrorCode::kDeadlineExceeded:
      return {error.code, shown_url + " does not answer, or no longer sends.", "Try again later."};
    case ErrorCode::kTooLarge:
      return {error.code, "What " + shown_url + " sends is larger than " + std::to_string(size_limit) + " bytes."};
    case ErrorCode::kPermissionDenied:
      return {error.code, "Cannot trust " + shown_url + ": " + error.message + ".",
              "Something between here and there may read along; nothing was sent."};
    case ErrorCode::kCancelled:
      return {error.code, "The request was stopped."};
    default:
      return {ErrorCode::kUnavailable, "Cannot get " + shown_url + ": " + error.message + ".",
              "Check the network, then try again."};
  }
}

Error ChildLost() {
  return {ErrorCode::kUnavailable, "The program that fetches for Counsel ended in the middle of a request.",
          "Try again; it is started anew."};
}

// One order and its reply.
class Conversation {
 public:
  explicit Conversation(std::shared_ptr<Fetcher> fetcher) : fetcher_(std::move(fetcher)) {}
  ~Conversation() = default;
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  asio::awaitable<Result<Head>> Begin(const Order& order, const Secret& user) {
    shown_ = Shown(order.url);
    size_limit_ = order.size_limit;
    Result<Use> taken = co_await fetcher_->Take();
    if (!taken) co_return Fail(taken.error());
    use_ = std::move(*taken);
    net::Request request("POST", "/fetch");
    request.body = FormatOrder(order, user.view());
    const net::Endpoint endpoint = net::Endpoint::Unix(use_.process()->socket);
    Result<net::ReplyStream> opened = co_await net::Open(endpoint, request, kChildTimeout);
    WipeText(&request.body);
    if (!opened) co_return Fail(Broken(opened.error()));
    if (opened->status() != 200) co_return Fail(ErrorCode::kInvalidArgument, "The request cannot be sent: too large.");
    stream_ = std::move(*opened);
    Result<Frame> frame = co_await Next();
    if (!frame) co_return Fail(frame.error());
    if (frame->kind != FrameKind::kHead) co_return Fail(Broken(ChildLost()));
    Result<Head> head = ReadHead(frame->payload);
    if (!head) co_return Fail(Broken(head.error()));
    co_return head;
  }

  // The next bytes of the body; "" at its end.
  asio::awaitable<Result<std::string>> ReadSome() {
    std::string bytes;
    while (bytes.empty() && !ended_) {
      Result<Frame> frame = co_await Next();
      if (!frame) co_return Fail(frame.error());
      if (frame->kind == FrameKind::kHead) co_return Fail(Broken(ChildLost()));
      ended_ = frame->kind == FrameKind::kEnd;
      if (!ended_) bytes = std::move(frame->payload);
    }
    co_return bytes;
  }

  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  // An end that tells of an error is that error.
  asio::awaitable<Result<Frame>> Next() {
    for (;;) {
      Result<std::optional<Frame>> frame = frames_.Next();
      if (!frame) co_return Fail(Broken(frame.error()));
      if (*frame) {
        if ((*frame)->kind == FrameKind::kEnd) {
          const Result<void> end = ReadEnd((*frame)->payload);
          if (!end) co_return Fail(Explain(end.error(), shown_, size_limit_));
        }
        co_return std::move(**frame);
      }
      Result<std::string> bytes = co_await stream_.ReadSome();
      if (!bytes) co_return Fail(Broken(bytes.error()));
      if (bytes->empty()) co_return Fail(Broken(ChildLost()));
      frames_.Feed(*bytes);
    }
  }

  // A child that broke off, or speaks another language, gets no further request.
  Error Broken(const Error& error) {
    if (error.code == ErrorCode::kCancelled) return error;
    fetcher_->Drop(use_.process());
    if (fetcher_->stopped()) return {ErrorCode::kCancelled, "Counsel is stopping."};
    return ChildLost();
  }

  const std::shared_ptr<Fetcher> fetcher_;
  Use use_;
  net::ReplyStream stream_;
  FrameReader frames_;
  std::string shown_;
  std::uint64_t size_limit_ = 0;
  bool ended_ = false;
};

}  // namespace

Courier::Courier(asio::any_io_executor io, CourierOptions options)
    : fetcher_(std::make_shared<Fetcher>(std::move(io), std::move(options))) {}

Courier::~Courier() {
  Stop();
}

void Courier::Stop() {
  fetcher_->Stop();
}

int Courier::pid() const {
  return fetcher_->pid();
}

asio::awaitable<Result<Reply>> Courier::Send(Request request, Secret user) {
  Order order;
  order.url = request.url;
  order.headers = request.headers;
  order.ca_file = request.ca_file;
  order.size_limit = request.size_limit;
  order.connect_timeout = request.connect_timeout;
  order.stall_timeout = request.stall_timeout;
  order.total_timeout = request.total_timeout;
  Conversation conversation(fetcher_);
  Result<Head> head = co_await conversation.Begin(order, user);
  if (!head) co_return Fail(head.error());
  Reply reply;
  reply.status = head->status;
  reply.headers = std::move(head->headers);
  reply.redirect = std::move(head->redirect);
  for (;;) {
    Result<std::string> bytes = co_await conversation.ReadSome();
    if (!bytes) co_return Fail(bytes.error());
    if (bytes->empty()) co_return reply;
    if (!request.write || reply.status != 200) {
      reply.body += *bytes;
      continue;
    }
    Result<void> written = co_await request.write(*bytes);
    if (!written) co_return Fail(written.error());
  }
}

asio::awaitable<Result<void>> Courier::Download(DownloadRequest request) {
  Order order;
  order.url = request.url;
  order.follows = true;
  order.offset = request.offset;
  order.size_limit = request.size_limit;
  order.connect_timeout = request.connect_timeout;
  order.stall_timeout = request.stall_timeout;
  const Secret nobody;
  Conversation conversation(fetcher_);
  const Result<Head> head = co_await conversation.Begin(order, nobody);
  if (!head) co_return Fail(head.error());
  if (head->status != 200 && head->status != 206) co_return Fail(StatusError(head->status, conversation.shown()));
  Result<void> done;
  if (request.begin) done = request.begin(head->start, head->total);
  while (done) {
    const Result<std::string> bytes = co_await conversation.ReadSome();
    if (!bytes) co_return Fail(bytes.error());
    if (bytes->empty()) break;
    if (request.write) done = request.write(*bytes);
  }
  co_return done;
}

}  // namespace counsel::outgoing
