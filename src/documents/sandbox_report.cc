#include "documents/sandbox_report.h"

#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "child/child.h"

namespace counsel::documents {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

Result<SandboxReport> Parse(const std::string& line) {
  const json said = json::parse(line, nullptr, false);
  const json layers = said.is_object() ? said.value("layers", json()) : json();
  if (!layers.is_array()) return Fail(ErrorCode::kCorrupt, "The document reader does not say how it is confined.");
  SandboxReport report;
  report.confined = said.value("confined", false);
  for (const json& layer : layers) {
    report.layers.push_back({layer.value("layer", ""), layer.value("detail", ""), layer.value("active", false)});
  }
  return report;
}

}  // namespace

asio::awaitable<Result<SandboxReport>> AskSandbox(asio::any_io_executor io, std::filesystem::path extractor,
                                                  ExtractionLimits limits) {
  const auto line = std::make_shared<std::string>();
  child::ChildOptions options;
  options.argv = {extractor.string(), "--sandbox-report"};
  LimitExtraction(limits, &options);
  options.on_stdout_line = [line](std::string_view said) { *line = said; };
  ASSIGN_OR_CO_RETURN(std::unique_ptr<child::Child> spawned, child::Child::Spawn(io, std::move(options)));
  const child::Exit exit = co_await spawned->Wait();
  if (exit.kind != child::ExitKind::kExited || exit.status != 0) {
    co_return Fail(ErrorCode::kInternal, "The document reader " + exit.ToString() + ".", "Run: ./run setup");
  }
  co_return Parse(*line);
}

}  // namespace counsel::documents
