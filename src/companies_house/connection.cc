#include "companies_house/connection.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/judgement.h"
#include "base/offload.h"

namespace counsel::companies_house {
namespace {

namespace asio = boost::asio;

std::string ClockText(Time time) {
  const std::time_t seconds = Clock::to_time_t(time);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%H:%M:%S", &parts);
  return text;
}

// How long a network that failed every try counts as down.
constexpr std::chrono::seconds kDownFor{30};

// 429s of one request, however patient.
constexpr int kMostRefusals = 12;

Error Stopped() {
  return {ErrorCode::kCancelled, "The request to the register was stopped."};
}

}  // namespace

// One caller in line. Its timer is cancelled when it is let through or refused.
struct Connection::Waiter {
  Waiter(Connection& connection_in, const Patience& patience_in)
      : connection(connection_in),
        patience(patience_in),
        until(Clock::now() + patience_in.most),
        timer(connection_in.io_) {
    connection.line_.push_back(this);
  }
  ~Waiter() {
    const auto at = std::find(connection.line_.begin(), connection.line_.end(), this);
    if (at != connection.line_.end()) connection.line_.erase(at);
    // Let through, but its caller has left: the next one's turn.
    if (let_through && !taken) connection.limit_.Failed(Clock::now());
    connection.Pump();
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  Connection& connection;
  const Patience& patience;
  Time until;
  asio::steady_timer timer;
  bool let_through = false;
  bool taken = false;
  std::optional<Error> refused;
  WaitReason told = WaitReason::kNone;
};

// A request that counts as sent until its end is told, also when its caller is cancelled.
class Connection::InFlight {
 public:
  explicit InFlight(Connection& connection) : connection_(connection) {}
  ~InFlight() { Failed(); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  void Replied(Time now, const outgoing::Reply& reply) {
    ended_ = true;
    connection_.limit_.Replied(now, reply.status, ReadRateHeaders(reply.headers, now));
    connection_.Pump();
  }
  void Failed() {
    if (std::exchange(ended_, true)) return;
    connection_.limit_.Failed(Clock::now());
    connection_.Pump();
  }

 private:
  Connection& connection_;
  bool ended_ = false;
};

Connection::Connection(asio::any_io_executor io, outgoing::Courier& courier, asio::thread_pool& threads,
                       const RegisterKey& key, ConnectionOptions options)
    : io_(std::move(io)),
      courier_(courier),
      threads_(threads),
      key_(key),
      options_(std::move(options)),
      pump_timer_(io_) {}

Connection::~Connection() = default;

void Connection::Stop() {
  stopped_ = true;
  pump_timer_.cancel();
  for (Waiter* waiter : line_) {
    waiter->refused = Stopped();
    waiter->timer.cancel();
  }
}

Error Connection::TryLater(const RateDecision& decision) const {
  const RateStatus status = rate();
  return {ErrorCode::kOverloaded,
          "The register's limit of " + std::to_string(status.limit) + " requests in " +
              std::to_string(status.window.count()) + " s is used up.",
          decision.again_at ? "Try again at " + ClockText(*decision.again_at) + "." : "Try again later."};
}

void Connection::Tell(Waiter& waiter, const RateDecision& decision) {
  // Learning takes as long as one reply: not worth a word.
  if (decision.reason != WaitReason::kWindowSpent || waiter.told == decision.reason || !waiter.patience.waiting) return;
  waiter.told = decision.reason;
  std::string reason = "The register's limit is used up for now; going on";
  reason += decision.again_at ? " at " + ClockText(*decision.again_at) + "." : " soon.";
  waiter.patience.waiting(reason);
}

// Lets through as many as may go, in their order.
void Connection::Pump() {
  if (stopped_) return;
  while (!line_.empty()) {
    blocked_ = limit_.Ask(Clock::now());
    if (!blocked_.go) break;
    Waiter* first = line_.front();
    line_.pop_front();
    first->let_through = true;
    first->timer.cancel();
  }
  if (line_.empty()) {
    pump_timer_.cancel();
    return;
  }
  for (Waiter* waiter : line_) {
    if (blocked_.again_at && *blocked_.again_at > waiter->until) {
      waiter->refused = TryLater(blocked_);
      waiter->timer.cancel();
    } else {
      Tell(*waiter, blocked_);
    }
  }
  if (!blocked_.again_at) return;
  pump_timer_.expires_after(std::max<Clock::duration>(*blocked_.again_at - Clock::now(), Clock::duration::zero()));
  pump_timer_.async_wait([this](boost::system::error_code failed) {
    if (!failed) Pump();
  });
}

asio::awaitable<Result<void>> Connection::TakeTurn(const Patience& patience) {
  if (stopped_) co_return Fail(Stopped());
  Waiter waiter(*this, patience);
  Pump();
  while (!waiter.let_through && !waiter.refused) {
    waiter.timer.expires_after(std::max<Clock::duration>(waiter.until - Clock::now(), Clock::duration::zero()));
    boost::system::error_code ended;
    co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    if (!ended && !waiter.let_through && !waiter.refused) waiter.refused = TryLater(blocked_);
  }
  if (waiter.refused && !waiter.let_through) co_return Fail(std::move(*waiter.refused));
  waiter.taken = true;
  co_return Result<void>();
}

asio::awaitable<Result<outgoing::Reply>> Connection::Transfer(outgoing::Request request, bool with_key) {
  request.ca_file = options_.ca_file;
  Secret user;
  if (with_key) {
    auto read = [this] { return key_.Read(); };
    Result<Secret> key = co_await Offload(threads_, read);
    if (!key) co_return Fail(key.error());
    user = std::move(*key);
  }
  co_return co_await courier_.Send(std::move(request), std::move(user));
}

// With jitter, so that those who failed together do not come back together.
asio::awaitable<void> Connection::Pause(int tried) {
  const auto pause = options_.first_pause * (1 << std::min(tried, 6));
  std::uniform_real_distribution<double> jitter(0.5, 1.5);
  asio::steady_timer timer(io_);
  timer.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(pause * jitter(chance_)));
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<Result<outgoing::Reply>> Connection::Get(std::string target, std::string accept,
                                                         std::uint64_t size_limit, Patience patience) {
  outgoing::Request request;
  request.url = options_.url + target;
  request.headers = {{"Accept", accept.empty() ? "application/json" : accept}};
  request.size_limit = size_limit;
  request.connect_timeout = std::chrono::seconds(10);
  request.stall_timeout = std::chrono::seconds(20);
  request.total_timeout = std::chrono::seconds(60);
  // While the network was down a moment ago, once is enough to see whether it is back.
  const int tries = Clock::now() < down_until_ ? 1 : options_.tries;
  const Time until = Clock::now() + patience.most;
  int refused = 0;
  for (int tried = 0;; ++tried) {
    Result<void> turn = co_await TakeTurn(patience);
    if (!turn) co_return Fail(std::move(turn.error()));
    InFlight in_flight(*this);
    ++requests_;
    Result<outgoing::Reply> reply = co_await Transfer(request, true);
    const bool last = tried + 1 >= tries || stopped_;
    if (!reply) {
      in_flight.Failed();
      const bool again = Judge(reply.error()) != Judgement::kPermanent;
      if (last && again) down_until_ = Clock::now() + kDownFor;
      if (last || !again) co_return reply;
      co_await Pause(tried);
      continue;
    }
    const Time now = Clock::now();
    in_flight.Replied(now, *reply);
    down_until_ = Time();
    if (reply->status == 401) {
      co_return Fail(ErrorCode::kUnauthenticated, "The register does not accept the key.",
                     "Check it at https://developer.company-information.service.gov.uk, then run: counsel company "
                     "login");
    }
    if (reply->status == 429) {
      // In line again, for what is left of the patience: the limit now says until when. No try is spent: a refusal is
      // no failure, and others who use the key may bring several.
      RateDecision closed;
      closed.again_at = rate().reset;
      if (stopped_) co_return Fail(Stopped());
      if (++refused == kMostRefusals || now >= until) co_return Fail(TryLater(closed));
      patience.most = std::chrono::ceil<std::chrono::seconds>(until - now);
      --tried;
      continue;
    }
    if (reply->status < 500) co_return reply;
    if (last) {
      co_return Fail(ErrorCode::kUnavailable, "The register answers with status " + std::to_string(reply->status) + ".",
                     "Try again later.");
    }
    co_await Pause(tried);
  }
}

asio::awaitable<Result<void>> Connection::GetElsewhere(std::string url, std::uint64_t size_limit,
                                                       outgoing::Write write) {
  const bool plain = options_.url.starts_with("http://");
  if (!outgoing::IsUsableAddress(url) || (!plain && !url.starts_with("https://"))) {
    co_return Fail(ErrorCode::kUnavailable, "The register leads to an address that is not https.", "Try again later.");
  }
  bool begun = false;
  outgoing::Request request;
  request.url = std::move(url);
  request.size_limit = size_limit;
  request.write = [&write, &begun](std::string_view bytes) {
    begun = true;
    return write(bytes);
  };
  for (int tried = 0;; ++tried) {
    Result<outgoing::Reply> reply = co_await Transfer(request, false);
    const bool again = !begun && !stopped_ && tried + 1 < options_.tries &&
                       (reply ? reply->status >= 500 : Judge(reply.error()) != Judgement::kPermanent);
    if (!again && !reply) co_return Fail(std::move(reply.error()));
    if (!again && reply->status == 200) co_return Result<void>();
    if (!again) {
      co_return Fail(ErrorCode::kUnavailable,
                     "The document's store answers with status " + std::to_string(reply->status) + ".",
                     "Try again later.");
    }
    co_await Pause(tried);
  }
}

}  // namespace counsel::companies_house
