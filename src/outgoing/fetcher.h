// The child that fetches: started when it is needed, ended when it is not. Internal to this room.
//
// Threads: io thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.h"
#include "child/child.h"
#include "outgoing/outgoing.h"

namespace counsel::outgoing {

// One process.
struct Process {
  explicit Process(const boost::asio::any_io_executor& io)
      : changed(io, std::chrono::steady_clock::time_point::max()) {}
  std::unique_ptr<child::Child> child;
  std::string socket;
  bool ready = false;
  bool ended = false;
  boost::asio::steady_timer changed;  // never expires; cancelled when one of these has changed
};

class Fetcher;

// A process for as long as somebody asks it something.
class Use {
 public:
  Use() = default;
  Use(std::shared_ptr<Fetcher> fetcher, std::shared_ptr<Process> process);
  Use(Use&& other) noexcept = default;
  Use& operator=(Use&& other) noexcept;
  ~Use();
  [[nodiscard]] const std::shared_ptr<Process>& process() const { return process_; }

 private:
  std::shared_ptr<Fetcher> fetcher_;
  std::shared_ptr<Process> process_;
};

class Fetcher : public std::enable_shared_from_this<Fetcher> {
 public:
  Fetcher(boost::asio::any_io_executor io, CourierOptions options);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  static constexpr std::size_t kMostAtOnce = 4;

  // One that is ready; started if need be. Whoever comes when kMostAtOnce have one waits for his turn.
  [[nodiscard]] boost::asio::awaitable<Result<Use>> Take();
  // It does not answer: nobody gets it any more.
  void Drop(const std::shared_ptr<Process>& process);
  void Stop();
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] int pid() const;

 private:
  friend class Use;
  void GiveBack();
  [[nodiscard]] boost::asio::awaitable<void> TakeTurn();
  [[nodiscard]] Result<std::shared_ptr<Process>> Start();
  [[nodiscard]] Result<void> MakeFolder();
  void End(std::shared_ptr<Process> process);
  static boost::asio::awaitable<void> Watch(std::shared_ptr<Process> process);
  static boost::asio::awaitable<void> StopProcess(std::shared_ptr<Process> process);

  boost::asio::any_io_executor io_;
  CourierOptions options_;
  bool own_folder_ = false;
  std::shared_ptr<Process> process_;
  std::size_t users_ = 0;
  std::size_t starts_ = 0;
  boost::asio::steady_timer idle_;
  boost::asio::steady_timer turn_;  // never expires; cancelled when somebody may go on
  bool stopped_ = false;
};

}  // namespace counsel::outgoing
