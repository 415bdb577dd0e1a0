// counsel-remote: everything that leaves this machine. A child of `counsel serve`: it ends when its stdin does, and
// reports on stdout in llama-server's words. It is here, and not in the daemon, so that TLS and another machine's bytes
// are in a process of their own.
//
// For one model: passes what Counsel asks of it on to its server, so that the pool has one way to watch its servers.
// The key comes from a file (0600) or a descriptor, never from an argument or the environment. With --fetch: requests
// and downloads for src/outgoing, each with its own key or none. With --mail: one look into a folder of a mailbox
// (mail.h).
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "bridge.h"
#include "fetching.h"
#include "mail.h"
#include "messages.h"
#include "net/child_program.h"
#include "net/http.h"
#include "transfers.h"

namespace counsel::remote {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kKeyLimit = 16384;
constexpr std::chrono::minutes kSlowestReader{10};  // a disk may stand still

struct Settings {
  bool fetch = false;
  bool mail = false;
  std::string socket;
  std::string url;
  std::string model;
  std::string key_file;
  int key_descriptor = -1;
  std::string ca_file;
  int stall_seconds = 120;
};

// Fills `settings`; the exit status when the program ends here.
std::optional<int> ReadCommandLine(int argc, char** argv, Settings* settings) {
  CLI::App app{"Passes requests on to a model server on another machine; ends when stdin ends."};
  app.add_option("--socket", settings->socket, "path of the unix socket to listen on");
  app.add_flag("--mail", settings->mail, "reads a folder of a mailbox: an order on descriptor 3, mails to 4");
  auto* fetch = app.add_flag("--fetch", settings->fetch, "fetches what it is asked for, from any server");
  app.add_option("--url", settings->url, "the server: https, or http on this machine")->excludes(fetch);
  app.add_option("--model", settings->model, "the model's name there")->excludes(fetch);
  app.add_option("--key-file", settings->key_file, "a file with the key, readable by its owner alone");
  app.add_option("--key-fd", settings->key_descriptor, "a descriptor to read the key from");
  app.add_option("--ca-file", settings->ca_file, "certificates to trust instead of the system's");
  app.add_option("--stall-seconds", settings->stall_seconds, "no byte for so long ends a request")
      ->check(CLI::Range(1, 86400));
  try {
    app.parse(argc, argv);
    if (!settings->mail && settings->socket.empty()) throw CLI::RequiredError("--socket");
    if (!settings->mail && !settings->fetch && (settings->url.empty() || settings->model.empty()))
      throw CLI::RequiredError("--url, --model");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

// The last words, in one line, that Counsel makes its error of.
void ReportFailure(std::string words) {
  std::replace(words.begin(), words.end(), '\n', ' ');
  std::fprintf(stderr, "counsel-remote: %s\n", words.c_str());
}

Result<Secret> ReadKeyFrom(int descriptor) {
  std::string text(kKeyLimit, '\0');
  std::size_t size = 0;
  for (;;) {
    const ssize_t n = ::read(descriptor, text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    size += static_cast<std::size_t>(n);
  }
  Result<Secret> key = CheckKey(std::string_view(text).substr(0, size));
  WipeText(&text);
  if (!key) return Fail(ErrorCode::kUnauthenticated, "no key");
  return key;
}

// Empty when none is wanted.
Result<Secret> ReadKey(const Settings& settings) {
  if (settings.key_descriptor >= 0) {
    const FileDescriptor pipe(settings.key_descriptor);
    return ReadKeyFrom(pipe.get());
  }
  if (settings.key_file.empty()) return Secret();
  const FileDescriptor file(::open(settings.key_file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kUnauthenticated, "no key");
  }
  if ((status.st_mode & 077) != 0) return Fail(ErrorCode::kPermissionDenied, "others can read the key");
  return ReadKeyFrom(file.get());
}

int Serve(const Settings& settings, Secret key) {
  asio::io_context io(1);
  int status = 0;
  Transfers transfers(io.get_executor());
  BridgeOptions bridge_options;
  bridge_options.root = RootOf(settings.url);
  bridge_options.model = settings.model;
  bridge_options.key = std::move(key);
  bridge_options.ca_file = settings.ca_file;
  bridge_options.stall_timeout = std::chrono::seconds(settings.stall_seconds);
  Bridge bridge(transfers, std::move(bridge_options));
  const auto fail = [&](const Error& error) {
    ReportFailure(error.message);
    status = 1;
    io.stop();
  };
  bridge.on_lost = fail;
  auto server = std::make_unique<net::Server>(io.get_executor(), net::ServerLimits(),
                                              [&](net::Exchange& exchange) { return bridge.Handle(exchange); });
  if (auto listening = server->ListenUnix(settings.socket); !listening) {
    std::fprintf(stderr, "cannot listen: %s\n", listening.error().ToString().c_str());
    return 1;
  }
  net::ReportState(R"({"state":"loading","payload":{"value":0.0}})");
  asio::co_spawn(io, bridge.Open(), [&](const std::exception_ptr&, const Result<void>& opened) {
    if (!opened) return fail(opened.error());
    net::ReportState(R"({"state":"ready"})");
  });

  const net::ChildTether tether(io);
  io.run();
  // What the coroutines hold ends with the context, and needs transfers until then: the process ends instead.
  server.reset();  // unlinks the socket
  std::fflush(nullptr);
  std::_Exit(status);
}

// What fetches needs nothing more than it has.
void GiveUpRights() {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_DUMPABLE, 0);  // others of this account's processes neither read its memory nor its key
}

int Fetch(const Settings& settings) {
  asio::io_context io(1);
  Transfers transfers(io.get_executor());
  Fetching fetching(transfers);
  net::ServerLimits limits;
  limits.body_bytes = outgoing::kMostOrderBytes;
  limits.write_timeout = kSlowestReader;
  auto server = std::make_unique<net::Server>(io.get_executor(), limits,
                                              [&](net::Exchange& exchange) { return fetching.Handle(exchange); });
  if (auto listening = server->ListenUnix(settings.socket); !listening) {
    ReportFailure("cannot listen: " + listening.error().ToString());
    return 1;
  }
  net::ReportState(R"({"state":"ready"})");
  const net::ChildTether tether(io);
  io.run();
  server.reset();  // unlinks the socket
  std::fflush(nullptr);
  std::_Exit(0);  // as above
}

}  // namespace
}  // namespace counsel::remote

int main(int argc, char** argv) {
  counsel::remote::Settings settings;
  if (const auto status = counsel::remote::ReadCommandLine(argc, argv, &settings)) return *status;
  counsel::net::PrepareChildProgram();
  spdlog::set_default_logger(spdlog::stderr_logger_st("counsel-remote"));
  if (settings.mail) {
    counsel::remote::GiveUpRights();
    return counsel::remote::FetchMail();
  }
  if (settings.fetch) {
    counsel::remote::GiveUpRights();
    return counsel::remote::Fetch(settings);
  }
  counsel::Result<counsel::Secret> key = counsel::remote::ReadKey(settings);
  if (!key) {
    counsel::remote::ReportFailure(key.error().message);
    return 1;
  }
  return counsel::remote::Serve(settings, std::move(*key));
}
