#include "app/serve.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "app/background.h"
#include "app/daemon_log.h"
#include "app/examination.h"
#include "app/index_policy.h"
#include "app/instance.h"
#include "app/ordered_stop.h"
#include "app/pool_options.h"
#include "app/programs.h"
#include "app/reviews.h"
#include "base/offload.h"
#include "base/supervise.h"
#include "companies_house/register_client.h"
#include "companies_house/register_entries.h"
#include "http/event_queue.h"
#include "http/pulls.h"
#include "http/record.h"
#include "http/routes.h"
#include "mail/following.h"
#include "net/http.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

// Threads for files and digests; the io thread and those of the store are apart.
constexpr unsigned kPoolThreads = 2;
// Pages of one document that are read by OCR at once: one a processor, but each may take 1 GiB.
constexpr unsigned kMostReaders = 8;

// Everything that lives as long as the daemon serves. Members end in the opposite order of their declaration.
class Daemon {
 public:
  Daemon(Settings settings, models::Catalogue catalogue, fs::path runtime_folder)
      : settings_(std::move(settings)),
        programs_(FindPrograms()),
        runtime_folder_(std::move(runtime_folder)),
        catalogue_(std::move(catalogue)),
        originals_(settings_.home() / "originals") {}

  // Makes the parts and listens. From its return on, requests are answered as soon as the io thread runs.
  Result<void> Open() {
    ASSIGN_OR_RETURN(store_, store::Store::Open(settings_.home() / "counsel.db", threads_));
    originals_.Sweep();
    originals_.OnLetGo([this](std::string sha256) {
      Spawn("removing an original that was not recorded",
            documents::RemoveLetGo(*store_, originals_, std::move(sha256)));
    });
    spdlog::info("document store: {}", store_->path().string());
    companies_house::RegisterOptions options = settings_.register_options();
    options.socket_folder = runtime_folder_;
    register_ = std::make_unique<companies_house::RegisterClient>(io_.get_executor(), *store_, settings_.register_key(),
                                                                  std::move(options));
    spdlog::info("Companies House: {}", register_->configured() ? "configured" : "not configured (CH_API_KEY)");
    pool_ = std::make_unique<models::ModelPool>(io_.get_executor(), catalogue_,
                                                OptionsOfPool(settings_, programs_, runtime_folder_, &threads_));
    Result<void> ingest = MakeIngest();
    if (!ingest) return ingest;
    entries_ = std::make_unique<companies_house::RegisterEntries>(*register_, *store_, originals_,
                                                                  [this] { ingest_->Wake(); });
    MakeMail();
    MakeServices();
    reviews_ = MakeReviews(*services_);
    return Listen();
  }

  // Serves until asked to stop; returns when all has ended.
  void Run() {
    AwaitStopSignal();
    Spawn("starting the queue of documents", StartIngest());
    mail_->Start();
    Spawn("keeping the record's texts as long as they are to be kept",
          http::KeepRetentionDaily(*services_, retention_));
    reviews_->Wake();
    for (const std::string& name : ModelsToPreload()) Spawn("loading a model ahead of its use", Preload(name));
    RunWhateverIsThrown([this] { io_.run(); });
    originals_.OnLetGo(nullptr);  // what is let go from here on is looked at by the next start
    // What was cancelled unwinds now. Should something hang, the store is safe all the same.
    io_.restart();
    RunWhateverIsThrown([this] { io_.run_for(kUnwindTime); });
    if (!io_.stopped()) {
      spdlog::error("something still runs after an ordered stop: ending at once");
      ::_exit(1);
    }
    store_->Stop();
    threads_.join();
    RemoveRuntimeFolder(runtime_folder_);
  }

  [[nodiscard]] const std::string& url() const { return services_->entrance.url; }

 private:
  asio::awaitable<Result<http::SettingView>> ChangeSetting(std::string name, std::optional<std::string> value,
                                                           SetBy by) {
    if (changing_settings_) co_return Fail(ErrorCode::kUnavailable, "Another setting is being written.", "Try again.");
    changing_settings_ = true;
    const auto change = [before = settings_, name, value, by] { return before.Change(name, value, by); };
    Result<Settings> changed = co_await Offload(threads_, change);
    changing_settings_ = false;
    if (!changed) co_return Fail(std::move(changed.error()));
    settings_ = std::move(*changed);
    pool_->Follow(OptionsOfPool(settings_, programs_, runtime_folder_, &threads_));
    FollowLimits();
    services_->entrance.allowed_origins = settings_.allowed_origins();
    services_->entrance.hosts = settings_.hosts();
    spdlog::set_level(spdlog::level::from_str(settings_.Get("log.level").text));
    const SettingKind& kind = *FindSetting(name);
    spdlog::info("setting {}: {}", kind.key, value ? "changed" : "taken out of counsel.toml");
    co_return settings_.View(kind);
  }

  documents::OcrOptions OcrSettings() const {
    documents::OcrOptions ocr = settings_.ocr();
    ocr.at_once = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, kMostReaders));
    return ocr;
  }

  // The limits of documents read from now on.
  void FollowLimits() {
    services_->limits = settings_.extraction();
    services_->page_pixels = settings_.ocr().pixels;
    ingest_->Follow(settings_.extraction(), OcrSettings());
  }

  // See http::Services::embedder.
  Result<models::Catalogue::Choice> ServingEmbedder() {
    Result<models::Catalogue::Choice> wanted = catalogue_.ChooseEmbedder(settings_.embedding_model());
    if (!ingest_) return wanted;
    const std::vector<std::string>& there = ingest_->models_with_vectors();
    if (wanted && std::find(there.begin(), there.end(), wanted->name) != there.end()) return wanted;
    for (const std::string& name : there) {
      const Result<const models::ModelEntry*> entry = catalogue_.Find(name);
      if (entry && catalogue_.Installed(**entry)) return catalogue_.ChooseEmbedder(name);
    }
    return wanted;
  }

  Result<void> MakeIngest() {
    ingest::IngestOptions options;
    options.index = search::Index::Of(store_->path(), settings_.home() / "index");
    options.row_index = search::Index::Of(store_->path(), settings_.home() / "index", search::kOfRows);
    options.index_policy = PolicyOfIndex();
    options.extractor = programs_.extractor;
    options.readers = std::make_shared<documents::Readers>(io_.get_executor());
    options.limits = settings_.extraction();
    options.ocr = OcrSettings();
    const Result<models::Catalogue::Choice> embedder = catalogue_.ChooseEmbedder(settings_.embedding_model());
    if (!embedder && embedder.error().code != ErrorCode::kModelFileMissing) return Fail(embedder.error());
    options.embedding_model = [this] {
      const Result<models::Catalogue::Choice> serving = ServingEmbedder();
      return serving ? serving->name : settings_.embedding_model();
    };
    options.own_readers.emplace(companies_house::kEntryMediaType, &companies_house::ReadEntryFile);
    ingest_ = std::make_unique<ingest::Ingest>(io_.get_executor(), *store_, originals_, *pool_, options);
    return {};
  }

  void MakeMail() {
    mail::FollowingOptions options;
    options.file = settings_.home() / "mailboxes.json";
    options.program = programs_.remote;
    options.most_bytes = [this] { return settings_.extraction().input_bytes; };
    options.added = [this] { ingest_->Wake(); };
    mail_ = std::make_unique<mail::Following>(io_.get_executor(), threads_, *store_, originals_, std::move(options));
  }

  void MakeServices() {
    services_ = std::make_unique<http::Services>(io_.get_executor(), threads_, catalogue_, *pool_, *store_, originals_,
                                                 *ingest_, *register_, *entries_);
    services_->mail = mail_.get();
    services_->answer_defaults = [this] { return settings_.answer_defaults(); };
    services_->generator = [this] { return catalogue_.ChooseGenerator(settings_.main_model()); };
    services_->embedder = [this] { return ServingEmbedder(); };
    services_->wanted_embedder = [this] { return catalogue_.ChooseEmbedder(settings_.embedding_model()); };
    services_->settings = [this] { return settings_.ViewAll(); };
    services_->change_setting = [this](std::string name, std::optional<std::string> value, bool by_hand) {
      return ChangeSetting(std::move(name), std::move(value), by_hand ? SetBy::kHand : SetBy::kApi);
    };
    // Each as the settings are when it is asked for; the copy is made here, on the io thread.
    services_->examine = [this] {
      const Settings now = settings_;
      return std::function<std::vector<http::Finding>()>([now] { return Examine(now); });
    };
    services_->stop = [this] { RequestStop(); };
    services_->extractor = programs_.extractor;
    FollowLimits();
    services_->version = COUNSEL_VERSION;
    services_->home = settings_.home().string();
    services_->entrance.address = settings_.address();
    services_->entrance.sessions = http::PageSessions(settings_.home());
    if (const char* folder = ::getenv("COUNSEL_WEB"); folder != nullptr) services_->web_folder = folder;
    services_->entrance.tokens = http::Tokens(settings_.home(), settings_.token());
    services_->entrance.hosts = settings_.hosts();
    services_->entrance.allowed_origins = settings_.allowed_origins();
    services_->lazy_loading = settings_.truth("LAZY_LOADING");
    services_->started_at =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    services_->pulls = std::make_shared<http::Pulls>(*services_);
    routes_ = std::make_unique<http::Routes>(*services_);
  }

  Result<void> Listen() {
    server_ = std::make_unique<net::Server>(io_.get_executor(), net::ServerLimits(),
                                            [this](net::Exchange& exchange) { return routes_->Handle(exchange); });
    const fs::path socket = runtime_folder_ / "daemon.sock";
    if (Result<void> listening = server_->ListenUnix(socket.string()); !listening) return listening;
    // Whoever others are, there is one for them.
    const Result<std::string> token = http::HomeToken(settings_.home());
    if (!token) spdlog::warn("the home has no token of its own: {}", token.error().ToString());
    const std::string address = settings_.address() == "localhost" ? "127.0.0.1" : settings_.address();
    Result<std::uint16_t> port = server_->ListenTcp(address, settings_.port());
    if (!port && port.error().code == ErrorCode::kAlreadyExists) {
      return Fail(ErrorCode::kAlreadyExists, port.error().message,
                  "Stop that program, or choose another port with --port (0 takes a free one).");
    }
    if (!port) return Fail(std::move(port.error()));
    services_->entrance.port = *port;
    const std::string host = address.find(':') == std::string::npos ? address : "[" + address + "]";
    services_->entrance.url = "http://" + host + ":" + std::to_string(*port);
    if (!settings_.loopback()) {
      spdlog::warn("{} is plain HTTP: whoever is on the way reads tokens and documents (docs/network.md)",
                   services_->entrance.url);
    }
    InstanceNote note;
    note.pid = ::getpid();
    note.socket = socket.string();
    note.url = services_->entrance.url;
    return WriteInstanceNote(settings_.home(), note);
  }

  // As often as it takes: without it no document is ever read.
  asio::awaitable<void> StartIngest() {
    constexpr std::chrono::seconds kLongestPause{60};
    for (std::chrono::seconds pause{1}; !stopping_; pause = std::min(pause * 2, kLongestPause)) {
      Result<void> started = co_await ingest_->Start();
      if (started) co_return;
      spdlog::error("the queue of documents could not be read: {}", started.error().ToString());
      asio::steady_timer timer(io_, pause);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  std::vector<std::string> ModelsToPreload() {
    std::vector<std::string> names = settings_.preload_models();
    const bool eager = !settings_.truth("LAZY_LOADING");
    if (eager || settings_.truth("PRELOAD_EMBEDDER")) {
      if (const auto embedder = ServingEmbedder()) names.push_back(embedder->name);
    }
    if (eager || settings_.truth("PRELOAD_MAIN_MODEL")) {
      if (const auto generator = catalogue_.ChooseGenerator(settings_.main_model())) names.push_back(generator->name);
    }
    return names;
  }

  // In the background, with what is free: a user's request goes first and may take it back.
  asio::awaitable<void> Preload(std::string name) {
    models::AcquireOptions options;
    options.background = true;
    Result<models::Lease> lease = co_await pool_->Acquire(name, options);
    if (!lease) spdlog::warn("'{}' was not loaded ahead of its use: {}", name, lease.error().ToString());
  }

  void Spawn(const char* what, asio::awaitable<void> work) {
    asio::co_spawn(io_, std::move(work), [what](const std::exception_ptr& thrown) { LogThrown(what, thrown); });
  }

  void AwaitStopSignal() {
    stop_signals_.async_wait([this](boost::system::error_code failed, int) {
      if (!failed) RequestStop();
    });
  }

  void RequestStop() {
    if (stopping_) {
      spdlog::warn("asked to stop a second time: ending at once");
      ::_exit(1);
    }
    stopping_ = true;
    EndAtTheLatest();
    AwaitStopSignal();
    Spawn("stopping", Stop());
  }

  // Stop accepting, let replies end, stop the queue, stop the models; each as long as it may take, then the next.
  asio::awaitable<void> Stop() {
    spdlog::info("stopping");
    RemoveInstanceNote(settings_.home());
    // Event streams never end by themselves.
    const std::set<http::EventQueue*> queues = services_->event_queues;
    for (http::EventQueue* queue : queues) queue->Close();
    register_->Stop();
    mail_->Stop();
    retention_.expires_at(asio::steady_timer::time_point::max());  // it ends
    services_->pulls->StopAll();
    auto replies = server_->Stop(kReplyGrace);
    co_await EndStep(kReplyGrace + kReplyEnd, "the server", std::move(replies));
    auto reviews = reviews_->Stop();
    co_await EndStep(kQueueEnd, "the reviews", std::move(reviews));
    auto queue = ingest_->Stop();
    co_await EndStep(kQueueEnd, "the queue of documents", std::move(queue));
    auto models = UnloadModels();
    co_await EndStep(kModelGrace + kModelEnd, "the models", std::move(models));
    stop_signals_.cancel();
    io_.stop();
  }

  asio::awaitable<void> UnloadModels() {
    Result<void> unloaded = co_await pool_->UnloadAll(kModelGrace, true);
    if (!unloaded) spdlog::warn("a model did not stop: {}", unloaded.error().message);
  }

  Settings settings_;
  bool changing_settings_ = false;
  const Programs programs_;
  const fs::path runtime_folder_;
  asio::thread_pool threads_{kPoolThreads};
  asio::io_context io_{1};
  // Caught from the start: a stop that is asked for before "ready" is an ordered one too.
  asio::signal_set stop_signals_{io_, SIGTERM, SIGINT};
  asio::steady_timer retention_{io_};
  models::Catalogue catalogue_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<companies_house::RegisterClient> register_;
  documents::Originals originals_;
  std::unique_ptr<models::ModelPool> pool_;
  std::unique_ptr<ingest::Ingest> ingest_;
  std::unique_ptr<companies_house::RegisterEntries> entries_;
  std::unique_ptr<mail::Following> mail_;
  std::unique_ptr<http::Services> services_;
  std::shared_ptr<review::Runner> reviews_;
  std::unique_ptr<http::Routes> routes_;
  std::unique_ptr<net::Server> server_;
  bool stopping_ = false;
};

Result<void> ServeHome(const Settings& settings, int ready_fd) {
  if (Result<void> made = MakePrivateDirectory(settings.home()); !made) return made;
  Result<FileDescriptor> lock = LockHome(settings.home());
  if (!lock) return Fail(std::move(lock.error()));
  KeepPrivate(settings.home());
  RemoveLeftovers(settings.home());
  if (Result<void> logging = StartLog(settings); !logging) return logging;
  LogHardware();
  Result<fs::path> runtime_folder = RuntimeFolder(settings.home());
  if (!runtime_folder) return Fail(std::move(runtime_folder.error()));
  Result<FileDescriptor> held = HoldRuntimeFolder(*runtime_folder);
  if (!held) return Fail(std::move(held.error()));
  Result<models::Catalogue> catalogue =
      models::Catalogue::Load(FindPrograms().catalogue, settings.home() / "catalogue.toml", settings.models_folder());
  if (!catalogue) return Fail(std::move(catalogue.error()));

  Daemon daemon(settings, std::move(*catalogue), std::move(*runtime_folder));
  if (Result<void> opened = daemon.Open(); !opened) return opened;
  std::cout << "Counsel is ready at " << daemon.url() << ", no model loaded" << std::endl;
  spdlog::info("ready at {}, no model loaded", daemon.url());
  ReportReady(ready_fd);
  daemon.Run();
  spdlog::info("stopped");
  return {};
}

}  // namespace

Result<void> Serve(const Settings& settings, int ready_fd) {
  // Few threads allocate: more arenas would only keep memory apart.
  ::mallopt(M_ARENA_MAX, 2);
  std::signal(SIGPIPE, SIG_IGN);
  // For all connections of both listeners, each with one to a model's server.
  RaiseDescriptorLimit();
  KeepKeyOutOfCoreDumps();
  Result<void> served = ServeHome(settings, ready_fd);
  if (!served) ReportNotReady(ready_fd, served.error());
  return served;
}

}  // namespace counsel::app
