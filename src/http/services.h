// What the routes work on: references to the daemon's parts, made by app/ and alive as long as the server.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "answers/answers.h"
#include "documents/documents.h"
#include "host/host.h"
#include "http/callers.h"
#include "http/finding.h"
#include "ingest/ingest.h"
#include "models/catalogue.h"
#include "models/pool.h"
#include "store/store.h"

namespace counsel::companies_house {
class RegisterClient;
class RegisterEntries;
}  // namespace counsel::companies_house

namespace counsel::mail {
class Following;
}  // namespace counsel::mail

namespace counsel::http {

class EventQueue;
class Pulls;

// One setting as the daemon sees it. A secret's value is "set" or "not set".
struct SettingView {
  SettingView() = default;
  std::string name;
  std::string value;
  std::string source;
  std::string fallback;     // the default
  std::string environment;  // its name there and in .env
  std::string help;
  bool live = false;      // a change is followed at once, else after a restart
  bool over_tcp = false;  // may be set over TCP, else by the user's hand only
};

// What the settings say of answers.
struct AnswerDefaults {
  AnswerDefaults() = default;
  answers::Style style = answers::Style::kDefault;
  std::chrono::seconds patience{10};
};

struct Services {
  Services(boost::asio::any_io_executor io_in, boost::asio::thread_pool& threads_in, models::Catalogue& catalogue_in,
           models::ModelPool& pool_in, store::Store& store_in, documents::Originals& originals_in,
           ingest::Ingest& ingest_in, companies_house::RegisterClient& companies_in,
           companies_house::RegisterEntries& entries_in)
      : io(std::move(io_in)),
        threads(threads_in),
        catalogue(catalogue_in),
        pool(pool_in),
        store(store_in),
        originals(originals_in),
        ingest(ingest_in),
        companies(companies_in),
        entries(entries_in) {}

  boost::asio::any_io_executor io;
  boost::asio::thread_pool& threads;  // for what blocks
  models::Catalogue& catalogue;
  models::ModelPool& pool;
  store::Store& store;
  documents::Originals& originals;
  ingest::Ingest& ingest;
  companies_house::RegisterClient& companies;
  companies_house::RegisterEntries& entries;

  // The generator and embedder by the settings and what is installed now: both may change while the daemon runs.
  std::function<Result<models::Catalogue::Choice>()> generator;
  // The embedder is that of the vectors there are, while it is installed, whatever EMBEDDING_MODEL says: the one it
  // names serves once all passages have its vectors (ingest/reembedding.h).
  std::function<Result<models::Catalogue::Choice>()> embedder;
  std::function<Result<models::Catalogue::Choice>()> wanted_embedder;
  std::function<AnswerDefaults()> answer_defaults;
  std::function<std::vector<SettingView>()> settings;
  // Writes a setting to counsel.toml (nothing: takes it out) and follows it where it is live. `by_hand`: over the unix
  // socket, which is the user's own hand; else what is for that alone is refused (kPermissionDenied).
  std::function<boost::asio::awaitable<Result<SettingView>>(std::string name, std::optional<std::string> value,
                                                            bool by_hand)>
      change_setting;
  // Answers with what does it, as the settings are now: it blocks for a second.
  std::function<std::function<std::vector<Finding>()>()> examine;
  // Asks the daemon to stop, as SIGTERM does.
  std::function<void()> stop;
  std::shared_ptr<Pulls> pulls;
  // Streams of events that are open now; app/ closes them when the daemon stops.
  std::set<EventQueue*> event_queues;

  std::string version;
  std::string home;
  Entrance entrance;
  std::filesystem::path web_folder;  // COUNSEL_WEB: the page's files are read from there, for whoever works on them
  bool lazy_loading = true;
  std::int64_t started_at = 0;                                 // unix seconds
  std::filesystem::path extractor;                             // counsel-extract
  documents::ExtractionLimits limits;                          // extraction.*
  std::uint64_t page_pixels = documents::OcrOptions().pixels;  // of a picture that is shown
  int pages_being_read = 0;                                    // by counsel-extract, for requests
  mail::Following* mail = nullptr;                             // set before the first request
};

}  // namespace counsel::http
