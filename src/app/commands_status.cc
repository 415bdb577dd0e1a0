// counsel status, and its --watch.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/model_text.h"
#include "app/run_command.h"
#include "app/terminal.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;

// Loads that `status` shows, and changes that `--watch` keeps below its table.
constexpr std::size_t kLoadsShown = 5;
constexpr std::size_t kChangesShown = 8;

// What is stored may be indexed with another embedder than the one that is set.
void PrintEmbedderChange(const Json& status) {
  const std::int64_t waiting = status["documents"].value("waiting_for_embedder", std::int64_t{0});
  const Json& reembedding = status["reembedding"];
  if (waiting == 0) return;
  if (reembedding.value("state", "") == "running") {
    std::printf("\nRe-embedding with %s: %s", reembedding.value("model", "").c_str(),
                reembedding.value("what", "").c_str());
    if (reembedding["seconds_left"].is_number()) {
      std::printf(", about %s left", FormatSeconds(reembedding["seconds_left"]).c_str());
    }
    return;
  }
  std::printf("\n%lld passages wait for the embedder that EMBEDDING_MODEL names; run: counsel reembed",
              static_cast<long long>(waiting));
  if (reembedding.value("state", "") == "failed") {
    std::printf("\nThe last try failed: %s", Printable(reembedding.value("reason", "")).c_str());
  }
}

// Searches answer all the same.
void PrintIndexTrouble(const Json& status) {
  if (!status.contains("index") || !status["index"]["error"].is_object()) return;
  const Json& error = status["index"]["error"];
  std::printf("\nSearches are slower than they could be: the index's files cannot be kept. %s",
              Printable(error.value("message", "") + " " + error.value("next_step", "")).c_str());
}

void PrintStatus(const Json& status) {
  std::printf("Counsel %s at %s, process %lld, up %s, %s of memory\n", status["version"].get<std::string>().c_str(),
              status["url"].get<std::string>().c_str(), status["pid"].get<long long>(),
              FormatSeconds(status["uptime_seconds"]).c_str(), FormatBytes(status["memory"]["daemon"]).c_str());
  std::printf("Home %s: %lld documents, %lld passages", Printable(status["home"].get<std::string>()).c_str(),
              status["documents"]["count"].get<long long>(), status["documents"]["chunks"].get<long long>());
  if (status["documents"]["pending"] > 0) {
    std::printf(", %lld being read", status["documents"]["pending"].get<long long>());
  }
  if (status["documents"].value("purging", false)) std::printf(", words of deleted ones are being removed");
  if (status["documents"]["failed"] > 0) {
    std::printf(", %lld failed (see: counsel documents)", status["documents"]["failed"].get<long long>());
  }
  if (status["documents"].value("outdated", 0LL) > 0) {
    std::printf("\n%lld documents were read by an older version of Counsel; counsel reread --outdated reads them again",
                status["documents"]["outdated"].get<long long>());
  }
  PrintEmbedderChange(status);
  PrintIndexTrouble(status);
  std::printf("\n\n%s", ModelTable(status["models"]).c_str());
  const std::string loads = LoadTable(status["history"], kLoadsShown);
  if (!loads.empty()) std::printf("\n%s", loads.c_str());
  for (const char* role : {"generator", "embedder"}) {
    const Json& choice = status[role];
    if (choice["name"].is_string()) std::printf("\nThe %s is %s.", role, choice["name"].get<std::string>().c_str());
    if (choice["reason"] != "") std::printf(" %s", Printable(choice["reason"].get<std::string>()).c_str());
  }
  for (const char* name : {"url", "document_url"}) {
    const std::string where = status["companies_house"].value(name, "");
    if (!where.empty()) std::printf("\nCompanies House is asked at %s.", Printable(where).c_str());
  }
  std::printf("\n");
}

asio::awaitable<int> Status(const Settings& settings, bool json) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, false);
  if (!daemon) {
    (void)ReportError(daemon.error());
    co_return kExitNotRunning;
  }
  Result<Json> status = co_await daemon->Call("GET", "/api/status", Json());
  if (!status) co_return ReportError(status.error());
  if (json) {
    std::printf("%s\n", status->dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  } else {
    PrintStatus(*status);
  }
  co_return kExitOk;
}

// What --watch has on the screen.
class WatchView {
 public:
  explicit WatchView(bool json) : json_(json) {}
  [[nodiscard]] bool terminal() const { return live_.terminal() && !json_; }

  // What is so now. false when nobody reads any more.
  [[nodiscard]] bool Take(Json reply) {
    reply_ = std::move(reply);
    for (const Json& model : reply_["models"]) told_.try_emplace(model["name"], Told(model["state"], model["reason"]));
    return Draw();
  }

  // What happened; shown with the next Take. Several changes may lie between two answers.
  void TakeEvent(const std::string& kind, const Json& event) {
    if (kind != "model") return Add(EventLine(kind, event));
    const std::string name = event.value("model", "");
    std::string told = Told(event.value("state", ""), event.value("reason", ""));
    std::string& before = told_[name];
    if (before == told) return;
    Add(Printable(name + " is " + told));
    before = std::move(told);
  }

 private:
  void Add(const std::string& line) {
    if (line.empty()) return;
    changes_.push_back(FormatClock(std::time(nullptr)) + "  " + line + "\n");
    if (changes_.size() > kChangesShown) changes_.pop_front();
  }

  static std::string Told(const std::string& state, const std::string& reason) {
    return state + (reason.empty() ? "" : ": " + reason);
  }

  bool Draw() {
    std::string fingerprint = ModelFingerprint(reply_["models"]);
    if (!terminal() && fingerprint == drawn_ && changes_.empty()) return true;
    drawn_ = std::move(fingerprint);
    if (json_) {
      changes_.clear();
      return live_.Show(reply_.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    }
    const Json& memory = reply_["memory"];
    std::string text = FormatClock(std::time(nullptr)) + "  " + FormatBytes(memory["available"]) + " of " +
                       FormatBytes(memory["total"]) + " of memory available\n\n" + ModelTable(reply_["models"]) + "\n";
    for (const std::string& change : changes_) text += change;
    if (!terminal()) {
      text += changes_.empty() ? "" : "\n";
      changes_.clear();
    }
    return live_.Show(text);
  }

  const bool json_;
  LiveText live_;
  Json reply_;
  std::map<std::string, std::string> told_;  // state and reason of each model, as they were last
  std::deque<std::string> changes_;
  std::string drawn_;  // the fingerprint
};

// From the reader of events to the drawing.
struct WatchEvents {
  explicit WatchEvents(const asio::any_io_executor& io) : changed(io) {}
  std::deque<std::pair<std::string, Json>> told;  // name and data
  asio::steady_timer changed;
};

// Ends with the stream.
asio::awaitable<void> ReadEvents(EventReader* reader, WatchEvents* events) {
  for (;;) {
    Result<std::optional<net::Event>> event = co_await reader->Next();
    if (!event || !*event) co_return;
    if ((*event)->name == "document") continue;
    Json json = Json::parse((*event)->data, nullptr, false);
    if (json.is_object()) events->told.emplace_back((*event)->name, std::move(json));
    events->changed.cancel();
  }
}

// Ends when the daemon does not answer any more, or nobody reads.
asio::awaitable<Result<void>> DrawModels(DaemonClient* daemon, WatchEvents* events, WatchView* view) {
  // Between two drawings: as often as an eye can follow, and when nothing happens.
  constexpr std::chrono::milliseconds kBusy{50};
  constexpr std::chrono::seconds kQuiet{1};
  for (;;) {
    Result<Json> reply = co_await daemon->Call("GET", "/api/models", Json());
    if (!reply) co_return Fail(std::move(reply.error()));
    if (!view->Take(std::move(*reply))) co_return Result<void>();
    if (view->terminal()) {
      asio::steady_timer pause(events->changed.get_executor(), kBusy);
      co_await pause.async_wait(asio::use_awaitable);
    }
    if (events->told.empty()) {
      events->changed.expires_after(kQuiet);
      boost::system::error_code ignored;
      co_await events->changed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
      if (cancellation.cancelled() != asio::cancellation_type::none) co_return Result<void>();
    }
    for (const auto& [name, event] : std::exchange(events->told, {})) view->TakeEvent(name, event);
  }
}

asio::awaitable<int> Watch(const Settings& settings, bool json) {
  using namespace asio::experimental::awaitable_operators;
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, false);
  if (!daemon) {
    (void)ReportError(daemon.error());
    co_return kExitNotRunning;
  }
  // Listening first: no change between the first table and the events is missed.
  Result<net::ReplyStream> stream = co_await daemon->Stream("GET", "/api/events", Json());
  if (!stream) co_return ReportError(stream.error());
  EventReader reader(std::move(*stream));
  const asio::any_io_executor io = co_await asio::this_coro::executor;
  WatchEvents events(io);
  WatchView view(json);
  auto ended = co_await (DrawModels(&*daemon, &events, &view) || ReadEvents(&reader, &events));
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) co_return kExitInterrupted;
  if (ended.index() == 0 && std::get<0>(ended)) co_return kExitOk;
  std::fprintf(stderr, "Counsel has stopped.\n");
  co_return kExitNotRunning;
}

}  // namespace

int StatusCommand(const Settings& settings, bool watch, bool json) {
  if (!watch) return RunCommand(Status(settings, json));
  const int status = RunCommand(Watch(settings, json));
  if (status != kExitInterrupted) return status;
  // Ctrl-C is how one leaves: nothing was cut short. The terminal has written ^C into the line.
  if (IsTerminal(STDOUT_FILENO)) std::printf("\n");
  return kExitOk;
}

}  // namespace counsel::app
