#include <algorithm>

#include <boost/asio/this_coro.hpp>

#include "net/connect.h"
#include "net/http.h"
#include "net/message_parser.h"
#include "net/stream.h"

namespace counsel::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReplyHeadLimit = 64 * 1024;
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::chrono::hours kForever{24 * 365};

Clock::time_point After(std::chrono::milliseconds timeout) {
  return timeout >= kForever ? kNever : Clock::now() + timeout;
}

bool HasLineBreak(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool Sendable(const Request& request) {
  constexpr std::string_view kBad("\r\n\0 \t", 5);
  const auto clean = [&](std::string_view text) {
    return !text.empty() && text.find_first_of(kBad) == std::string_view::npos;
  };
  const auto clean_header = [&](const auto& header) { return clean(header.first) && !HasLineBreak(header.second); };
  return clean(request.method) && clean(request.target) &&
         std::all_of(request.headers.begin(), request.headers.end(), clean_header);
}

std::string FormatHead(const Endpoint& endpoint, const Request& request) {
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
  if (!FindHeader(request.headers, "Host")) {
    head += "Host: " + (endpoint.unix_path.empty() ? NameOf(endpoint) : "localhost") + "\r\n";
  }
  for (const auto& [name, value] : request.headers) head.append(name).append(": ").append(value).append("\r\n");
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  head += "Connection: close\r\n\r\n";
  return head;
}

}  // namespace

struct ReplyStream::State {
  std::shared_ptr<Stream> stream;
  std::unique_ptr<MessageParser> parser;
  std::string peer;
  Clock::time_point deadline = kNever;
  Clock::time_point sent_at;

  ~State() {
    if (stream) stream->Close();
  }

  // What a reply that does not come means for the caller.
  [[nodiscard]] Error Explain(Io outcome) const {
    switch (outcome) {
      case Io::kTimedOut:
        return {ErrorCode::kDeadlineExceeded, peer + " did not answer in time."};
      case Io::kCancelled:
        return {ErrorCode::kCancelled, "The request was cancelled."};
      case Io::kFull:
        return {ErrorCode::kUnavailable, peer + " sent a reply that is not valid HTTP (too long a head)."};
      default:
        return {ErrorCode::kUnavailable, parser->head_done() ? peer + " broke off in the middle of its reply."
                                                             : peer + " closed the connection without a reply."};
    }
  }

  // Parses what is there, else reads. True when there may be something new to parse.
  asio::awaitable<Result<bool>> Advance(std::string* body) {
    const std::string_view buffered = stream->buffered();
    if (!buffered.empty()) {
      const Result<std::size_t> count = parser->Put(buffered, body, kPiece);
      if (!count) co_return Fail(ErrorCode::kUnavailable, peer + ": " + count.error().message);
      stream->Consume(*count);
      if (*count > 0) co_return true;
    }
    const Io outcome = co_await stream->Fill(deadline);
    if (outcome == Io::kOk) co_return true;
    if (outcome == Io::kEnd && parser->PutEnd()) co_return false;
    co_return Fail(Explain(outcome));
  }

  asio::awaitable<Result<std::string>> ReadSome() {
    std::string piece;
    while (!parser->done() && piece.empty()) {
      const Result<bool> advanced = co_await Advance(&piece);
      if (!advanced) co_return Fail(advanced.error());
    }
    if (parser->done()) stream->Close();
    co_return piece;
  }

  asio::awaitable<Result<void>> ReadHead(bool without_body) {
    std::string none;
    for (;;) {
      parser = MessageParser::ForReply(kReplyHeadLimit, without_body);
      while (!parser->head_done()) {
        const Result<bool> advanced = co_await Advance(&none);
        if (!advanced) co_return Fail(advanced.error());
      }
      // "100 Continue" and its like come before the reply.
      const int status = parser->head().status;
      if (status >= 200 || status == 101) co_return Result<void>();
    }
  }
};

// Opens a reply: the one who may give a ReplyStream its state.
class Call {
 public:
  static asio::awaitable<Result<ReplyStream>> Open(const Endpoint& endpoint, const Request& request,
                                                   Clock::time_point deadline) {
    if (!Sendable(request)) {
      co_return Fail(ErrorCode::kInvalidArgument, "A request to " + NameOf(endpoint) + " holds an illegal character.");
    }
    Result<std::shared_ptr<Stream>> connected = co_await Connect(endpoint, kReplyHeadLimit, deadline);
    if (!connected) co_return Fail(connected.error());
    ReplyStream reply;
    reply.state_ = std::make_unique<ReplyStream::State>();
    ReplyStream::State& state = *reply.state_;
    state.stream = std::move(*connected);
    state.peer = NameOf(endpoint);
    state.deadline = deadline;
    state.parser = MessageParser::ForReply(kReplyHeadLimit, false);
    const std::string head = FormatHead(endpoint, request);
    const Io sent = co_await state.stream->Write(head, request.body, "", deadline);
    state.sent_at = Clock::now();
    // A server that refuses a body may answer and close before it has read it all: its reply counts.
    if (sent != Io::kOk && sent != Io::kBroken) co_return Fail(state.Explain(sent));
    const Result<void> read = co_await state.ReadHead(request.method == "HEAD");
    if (!read) co_return Fail(read.error());
    co_return reply;
  }

  static void SetDeadline(ReplyStream& reply, Clock::time_point deadline) { reply.state_->deadline = deadline; }
};

ReplyStream::ReplyStream() = default;
ReplyStream::ReplyStream(ReplyStream&&) noexcept = default;
ReplyStream& ReplyStream::operator=(ReplyStream&&) noexcept = default;
ReplyStream::~ReplyStream() = default;

int ReplyStream::status() const {
  return state_ ? state_->parser->head().status : 0;
}

const Headers& ReplyStream::headers() const {
  static const Headers none;
  return state_ ? state_->parser->head().headers : none;
}

Clock::time_point ReplyStream::sent_at() const {
  return state_ ? state_->sent_at : Clock::time_point();
}

asio::awaitable<Result<std::string>> ReplyStream::ReadSome() {
  if (!state_) co_return std::string();
  co_return co_await state_->ReadSome();
}

asio::awaitable<Result<std::string>> ReplyStream::ReadAll(std::size_t limit) {
  std::string all;
  for (;;) {
    Result<std::string> piece = co_await ReadSome();
    if (!piece || piece->empty()) {
      if (!piece) co_return Fail(piece.error());
      co_return all;
    }
    if (piece->size() > limit - all.size()) {
      co_return Fail(ErrorCode::kTooLarge,
                     "The reply of " + state_->peer + " is larger than " + std::to_string(limit) + " bytes.");
    }
    all += *piece;
  }
}

asio::awaitable<Result<ReplyStream>> Open(const Endpoint& endpoint, const Request& request,
                                          std::chrono::milliseconds timeout) {
  Result<ReplyStream> reply = co_await Call::Open(endpoint, request, After(timeout));
  if (reply) Call::SetDeadline(*reply, kNever);
  co_return reply;
}

asio::awaitable<Result<Reply>> Fetch(const Endpoint& endpoint, const Request& request,
                                     std::chrono::milliseconds timeout, std::size_t limit) {
  Result<ReplyStream> stream = co_await Call::Open(endpoint, request, After(timeout));
  if (!stream) co_return Fail(stream.error());
  Result<std::string> body = co_await stream->ReadAll(limit);
  if (!body) co_return Fail(body.error());
  Reply reply(stream->status(), "", std::move(*body));
  reply.headers = stream->headers();
  co_return reply;
}

}  // namespace counsel::net
