// What the programs have in common that the daemon starts as model servers: the tether to it and the words on stdout.
// They report as llama-server does to its router, so that one reader understands all (docs/architecture.md).
#pragma once

#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>

namespace counsel::net {

// Before anything else: a closed pipe is an error, not a signal, and memory that was freed goes back.
void PrepareChildProgram();

// A line on stdout; `json` is the state: {"state":"ready"}.
void ReportState(std::string_view json);

// Stops `io` when the daemon has gone (stdin ends) or ends us (SIGTERM, SIGINT). Must not outlive it.
class ChildTether {
 public:
  explicit ChildTether(boost::asio::io_context& io);

 private:
  void WatchStdin();

  boost::asio::io_context& io_;
  boost::asio::signal_set signals_;
  boost::asio::posix::stream_descriptor input_;
};

}  // namespace counsel::net
