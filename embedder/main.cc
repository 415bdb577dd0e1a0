// counsel-embedder: serves one ONNX embedding model over HTTP on a unix socket. A child of `counsel serve`: it ends
// when its stdin does, and reports on stdout in llama-server's words, so that one reader understands both.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "load.h"
#include "net/child_program.h"
#include "net/http.h"
#include "service.h"
#include "workers.h"

namespace counsel::embedder {
namespace {

namespace asio = boost::asio;

struct Settings {
  EncoderOptions encoder;
  std::string socket;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
};

// Fills `settings`; the exit status when the program ends here.
std::optional<int> ReadCommandLine(int argc, char** argv, Settings* settings) {
  CLI::App app{"Serves one ONNX embedding model over HTTP on a unix socket; ends when stdin ends."};
  const std::map<std::string, Pooling> poolings = {{"cls", Pooling::kCls}, {"mean", Pooling::kMean}};
  app.add_option("--model", settings->encoder.model, "model.onnx")->required();
  app.add_option("--tokenizer", settings->encoder.tokenizer, "its tokenizer.json")->required();
  app.add_option("--socket", settings->socket, "path of the unix socket to listen on")->required();
  app.add_option("--pooling", settings->encoder.how.pooling, "cls or mean")
      ->transform(CLI::CheckedTransformer(poolings));
  app.add_option("--threads", settings->threads, "texts embedded at a time")->check(CLI::Range(1, 256));
  app.add_flag("!--no-normalize", settings->encoder.how.normalize, "leave vectors as long as they are");
  app.add_option("--max-tokens", settings->encoder.max_tokens, "longer texts are cut")->check(CLI::Range(3, 1 << 16));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

// One line, as llama-server has it: the last words that explain an exit.
void ReportFailure(const Error& error) {
  std::string line = error.ToString();
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::fprintf(stderr, "failed to load model: %s\n", line.c_str());
}

int Serve(const Settings& settings) {
  Workers workers(settings.threads, Service::kMaxWaitingTexts);
  Service service(workers, settings.encoder.model.stem().string());
  asio::io_context io(1);
  auto server = std::make_unique<net::Server>(io.get_executor(), net::ServerLimits(),
                                              [&](net::Exchange& exchange) { return service.Handle(exchange); });
  if (auto listening = server->ListenUnix(settings.socket); !listening) {
    std::fprintf(stderr, "cannot listen: %s\n", listening.error().ToString().c_str());
    return 1;
  }
  net::ReportState(R"({"state":"loading","payload":{"value":0.0}})");

  bool loading = true;
  int status = 0;
  std::thread loader([&] {
    auto loaded = LoadEncoder(settings.encoder);
    asio::post(io, [&, loaded = std::move(loaded)]() mutable {
      loading = false;
      if (!loaded) {
        ReportFailure(loaded.error());
        status = 1;
        io.stop();
        return;
      }
      service.SetReady(std::move(*loaded));
      net::ReportState(R"({"state":"loading","payload":{"value":1.0}})");
      net::ReportState(R"({"state":"ready"})");
    });
  });

  const net::ChildTether tether(io);

  io.run();
  server.reset();  // unlinks the socket
  // A load cannot be interrupted, and nobody waits for it any more.
  if (loading) std::_Exit(0);
  loader.join();
  workers.Stop();
  return status;
}

}  // namespace
}  // namespace counsel::embedder

int main(int argc, char** argv) {
  counsel::embedder::Settings settings;
  if (const auto status = counsel::embedder::ReadCommandLine(argc, argv, &settings)) return *status;
  counsel::net::PrepareChildProgram();
  spdlog::set_default_logger(spdlog::stderr_logger_st("counsel-embedder"));
  return counsel::embedder::Serve(settings);
}
