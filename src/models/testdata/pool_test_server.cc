// A model server that behaves as its flags say, for states that real servers cannot be brought into. It listens where
// --host says, answers /health, and never ends the reply to /hang.
//
//   --starts FILE   appends a line at each start
//   --gate FILE     is loading until FILE exists; with a line of progress at 0.5
//   --silent        prints no state lines
//   --deaf          answers 503 to /health for ever
//   --says TEXT     prints TEXT on stderr before it ends by --exit or --abort
//   --exit N        ends with status N before it listens
//   --abort         is ended by SIGABRT
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include "net/http.h"

namespace {

namespace asio = boost::asio;
namespace net = counsel::net;

std::map<std::string, std::string> g_flags;
bool g_ready = false;

bool Has(const std::string& flag) {
  return g_flags.count(flag) > 0;
}

void Say(const char* state, double value) {
  if (Has("--silent")) return;
  std::printf("\ncmd_child_to_router:state:{\"state\":\"%s\",\"payload\":{\"value\":%.2f}}\n", state, value);
  std::fflush(stdout);
}

asio::awaitable<void> BecomeReady(asio::io_context& io) {
  Say("loading", 0);
  if (Has("--gate")) Say("loading", 0.5);
  asio::steady_timer timer(io);
  while (Has("--gate") && ::access(g_flags["--gate"].c_str(), F_OK) != 0) {
    timer.expires_after(std::chrono::milliseconds(1));
    co_await timer.async_wait(asio::use_awaitable);
  }
  g_ready = !Has("--deaf");
  if (g_ready) Say("ready", 1);
}

asio::awaitable<void> Answer(net::Exchange& exchange) {
  if (exchange.request().path() == "/hang") {
    net::Reply head(200, "text/event-stream", "");
    (void)co_await exchange.Begin(head);
    (void)co_await exchange.Write("data: {}\n\n");
    asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
  }
  net::Reply reply(g_ready ? 200 : 503, "application/json", "{}");
  (void)co_await exchange.Send(reply);
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const bool has_value = i + 1 < argc && argv[i + 1][0] != '-';
    g_flags[flag] = has_value ? argv[++i] : "";
  }
  if (Has("--starts")) std::ofstream(g_flags["--starts"], std::ios::app) << ::getpid() << "\n";
  if (Has("--says")) std::fprintf(stderr, "%s\n", g_flags["--says"].c_str());
  if (Has("--abort")) std::abort();
  if (Has("--exit")) return std::atoi(g_flags["--exit"].c_str());
  asio::io_context io(1);
  net::Server server(io.get_executor(), net::ServerLimits(), Answer);
  if (!server.ListenUnix(g_flags["--host"])) return 2;
  asio::co_spawn(io, BecomeReady(io), asio::detached);
  io.run();
  return 0;
}
