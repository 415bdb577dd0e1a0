// The way to one host of the register: everybody's requests in one line, no faster than its limit allows, tried again
// when the network or the host fails.
//
// Threads: the io thread; the key is read on `threads`.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.h"
#include "companies_house/rate_limit.h"
#include "companies_house/register_key.h"
#include "outgoing/outgoing.h"

namespace counsel::companies_house {

struct Patience {
  Patience() = default;
  // How long to wait for the limit. Where it would take longer: kOverloaded, "try again at 14:05", at once.
  std::chrono::seconds most{30};
  // Told why and until when a wait goes on; at most once for each reason.
  std::function<void(const std::string& reason)> waiting;
};

struct ConnectionOptions {
  ConnectionOptions() = default;
  std::string url;                             // "https://host", without a slash at its end
  std::string ca_file;                         // "": the system's authorities
  std::chrono::milliseconds first_pause{500};  // before the second try; doubled each time, with jitter
  int tries = 4;
};

class Connection {
 public:
  // All must outlive it.
  Connection(boost::asio::any_io_executor io, outgoing::Courier& courier, boost::asio::thread_pool& threads,
             const RegisterKey& key, ConnectionOptions options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // GET `target` with the key. Any status but 401, 429 and 5xx is a reply; 401 is kUnauthenticated, others that last
  // kUnavailable or kOverloaded. The key's problems: RegisterKey. A body over `size_limit`: kTooLarge. `accept`: "" for
  // JSON. A 429 is waited out, as long as `patience` lasts.
  [[nodiscard]] boost::asio::awaitable<Result<outgoing::Reply>> Get(std::string target, std::string accept,
                                                                    std::uint64_t size_limit, Patience patience);
  // GET another host's address, one that a redirect told, without the key: https, unless this connection itself is to a
  // loopback address without TLS. `write` gets the body; once it has got bytes there is no second try. A status other
  // than 200: kUnavailable.
  [[nodiscard]] boost::asio::awaitable<Result<void>> GetElsewhere(std::string url, std::uint64_t size_limit,
                                                                  outgoing::Write write);

  // Ends all that waits, and every later request at once, with kCancelled. What is under way ends with the courier.
  void Stop();

  [[nodiscard]] RateStatus rate() const { return limit_.status(Clock::now()); }
  // Requests that went out, tries counted.
  [[nodiscard]] std::int64_t requests() const { return requests_; }
  [[nodiscard]] const std::string& url() const { return options_.url; }

 private:
  struct Waiter;
  class InFlight;

  boost::asio::awaitable<Result<void>> TakeTurn(const Patience& patience);
  void Pump();
  void Tell(Waiter& waiter, const RateDecision& decision);
  [[nodiscard]] Error TryLater(const RateDecision& decision) const;
  boost::asio::awaitable<Result<outgoing::Reply>> Transfer(outgoing::Request request, bool with_key);
  boost::asio::awaitable<void> Pause(int tried);

  boost::asio::any_io_executor io_;
  outgoing::Courier& courier_;
  boost::asio::thread_pool& threads_;
  const RegisterKey& key_;
  const ConnectionOptions options_;
  RateLimit limit_;
  std::deque<Waiter*> line_;
  RateDecision blocked_;  // why the first in line waits
  boost::asio::steady_timer pump_timer_;
  bool stopped_ = false;
  std::int64_t requests_ = 0;
  Time down_until_{};
  std::minstd_rand chance_{std::random_device{}()};
};

}  // namespace counsel::companies_house
