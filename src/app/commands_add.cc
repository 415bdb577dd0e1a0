// What `counsel add` sends, follows and says of it.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/adding.h"
#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/document_list.h"
#include "app/files_under.h"
#include "app/followed.h"
#include "app/run_command.h"
#include "app/terminal.h"
#include "base/utf8.h"
#include "documents/documents.h"

namespace counsel::app {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

// More than so many files at once let others go first.
constexpr std::size_t kMany = 10;
// So long without an event, and the list is asked whether anything is unfinished.
constexpr std::chrono::seconds kQuiet{10};
// Before a stream that ended is opened again.
constexpr std::chrono::milliseconds kBetweenStreams{200};
constexpr std::size_t kNotesTold = 3;  // of the same words, by the document's name; then they are counted
constexpr std::size_t kInALook = 400;  // documents that one request may name

// The daemon's events, read beside whatever else `add` does, for they do not wait.
struct Listening {
  explicit Listening(const asio::any_io_executor& io) : changed(io) {}
  Followed followed;
  std::uint64_t events = 0;
  bool open = false;
  bool missed = false;  // events were lost: only the list knows
  asio::steady_timer changed;
  asio::cancellation_signal stop;
};

void TakeEvent(Listening& listening, const net::Event& event) {
  ++listening.events;
  if (event.name == "lost") listening.missed = true;
  if (event.name != "document") return;
  const Json json = Json::parse(event.data, nullptr, false);
  if (json.is_object()) listening.followed.Take(json);
}

asio::awaitable<void> Listen(std::shared_ptr<Listening> listening, std::shared_ptr<EventReader> events) {
  for (;;) {
    Result<std::optional<net::Event>> event = co_await events->Next();
    if (!event || !*event) break;
    TakeEvent(*listening, **event);
    listening->changed.cancel();
  }
  listening->open = false;
  listening->missed = true;
  listening->changed.cancel();
}

// What is the daemon's trouble and not one file's: the next file would fare no better.
bool ConcernsAll(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kOverloaded:
    case ErrorCode::kOutOfMemory:
    case ErrorCode::kNoSpace:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kCancelled:
      return true;
    default:
      return false;
  }
}

// One run of `add`, from the first file sent to the last document at its end.
class Adding {
 public:
  Adding(const asio::any_io_executor& io, DaemonClient daemon, const AddOptions& options, const FoundFiles& found)
      : daemon_(std::move(daemon)),
        options_(options),
        found_(found),
        listening_(std::make_shared<Listening>(io)),
        followed_(listening_->followed) {}
  ~Adding() { listening_->stop.emit(asio::cancellation_type::terminal); }
  Adding(const Adding&) = delete;
  Adding& operator=(const Adding&) = delete;

  asio::awaitable<Result<void>> Run() {
    // Listening first, so that no event is missed.
    Result<void> done = co_await OpenEvents();
    if (done) done = co_await SendAll();
    followed_.AllAdded();
    while (done && !finished_) done = co_await FollowOn();
    bar_.Clear();
    co_return done;
  }

  [[nodiscard]] Result<void> Print();
  [[nodiscard]] bool all_added() const { return failed_ + refused_ + found_.unreadable.size() == 0; }

 private:
  asio::awaitable<Result<void>> OpenEvents() {
    const Json no_body;
    Result<net::ReplyStream> stream = co_await daemon_.Stream("GET", "/api/events", no_body);
    if (!stream) co_return Fail(std::move(stream.error()));
    listening_->open = true;
    auto events = std::make_shared<EventReader>(std::move(*stream));
    const asio::any_io_executor io = co_await asio::this_coro::executor;
    // Its signal stays as long as it may be looked at: to the end of the coroutine.
    auto ended = [listening = listening_](const std::exception_ptr&) {};
    asio::co_spawn(io, Listen(listening_, std::move(events)),
                   asio::bind_cancellation_slot(listening_->stop.slot(), std::move(ended)));
    co_return Result<void>();
  }

  // One bad file does not keep the others out; what concerns all does.
  asio::awaitable<Result<void>> SendAll() {
    for (std::size_t sent = 0; sent < found_.files.size(); ++sent) {
      const std::string& file = found_.files[sent];
      Show(found_.files.size() - sent);
      const Json body = BodyFor(file);
      Result<Json> added = co_await daemon_.Call("POST", "/api/documents/local", body);
      if (!added && ConcernsAll(added.error().code)) {
        if (sent > 0) {
          Tell(std::to_string(sent) + " of " + std::to_string(found_.files.size()) +
               " files were sent before, and are read in the background. Add the rest by the same command.");
        }
        co_return Fail(std::move(added.error()));
      }
      if (!added) {
        ++refused_;
        Tell(PathInUtf8(file) + ": " + added.error().ToString());
      } else if (followed_.Add(*added) && added->value("already_there", false)) {
        ++already_;
      }
    }
    co_return Result<void>();
  }

  Json BodyFor(const std::string& file) const {
    Json body = {{"path", file}, {"matter", options_.matter}, {"one_of_many", found_.files.size() > kMany}};
    if (!ValidUtf8(file)) {
      body["path"] = PathInUtf8(file);
      body["path_bytes"] = net::PercentEncode(file);
    }
    return body;
  }

  // Until all that is known of is at its end; then what was found inside (a mail's attachments) is known of too.
  asio::awaitable<Result<void>> FollowOn() {
    while (followed_.unfinished() > 0) {
      Show(0);
      Result<void> done = co_await KeepUp();
      if (!done) co_return done;
    }
    const std::vector<std::string> ids = followed_.TakeToLookAt(kInALook);
    finished_ = ids.empty();
    if (finished_) co_return Result<void>();
    co_return co_await LookAt(ids);
  }

  // Waits for news. What events did not tell, the list does.
  asio::awaitable<Result<void>> KeepUp() {
    Listening& listening = *listening_;
    if (!listening.open) {
      co_await Wait(kBetweenStreams);
      Result<void> opened = co_await OpenEvents();
      if (!opened) {
        co_return Fail(ErrorCode::kUnavailable, "The daemon has stopped; what was queued is kept.",
                       "Start it again with: counsel serve");
      }
    }
    if (!listening.missed) {
      const std::uint64_t seen = listening.events;
      co_await Wait(kQuiet);
      if (!listening.open) co_return Result<void>();  // opened again first
      const bool quiet = listening.events == seen && Clock::now() >= listening.changed.expiry();
      if (!quiet && !listening.missed) co_return Result<void>();
    }
    listening.missed = false;
    co_return co_await AskForUnfinished();
  }

  asio::awaitable<void> Wait(Clock::duration most) {
    boost::system::error_code ignored;
    listening_->changed.expires_after(most);
    co_await listening_->changed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  asio::awaitable<Result<void>> AskForUnfinished() {
    std::set<std::string> unfinished;
    auto take = [&](const Json& documents) -> Result<void> {
      for (const Json& document : documents) {
        const std::string id = document["id"];
        if (followed_.is_unfinished(id)) unfinished.insert(id);
      }
      return {};
    };
    std::string query =
        "state=queued,extracting,embedding&superseded=true&matter=" + net::PercentEncode(options_.matter);
    Result<void> asked = co_await EachPage(daemon_, std::move(query), std::move(take));
    if (asked) followed_.OnlyUnfinished(unfinished);
    co_return asked;
  }

  asio::awaitable<Result<void>> LookAt(std::vector<std::string> ids) {
    std::string target = "/api/documents?id=";
    for (const std::string& id : ids) target += (target.ends_with('=') ? "" : ",") + id;
    const Json no_body;
    Result<Json> looked = co_await daemon_.Call("GET", target, no_body);
    if (!looked) co_return Fail(std::move(looked.error()));
    const Json& documents = (*looked)["documents"];
    deleted_ += ids.size() - documents.size();
    for (const Json& document : documents) {
      // One that is not at its end when we look tells of it later, on the stream we read.
      if (!IsFinal(document["state"])) {
        followed_.NotYet(document["id"]);
        continue;
      }
      for (const Json& held : document["embedded"]) followed_.AddUnknown(held["id"]);
      if (Result<void> taken = Take(document); !taken) co_return taken;
    }
    co_return Result<void>();
  }

  // A document at its end.
  Result<void> Take(const Json& document) {
    const std::string name = document["name"];
    const bool failed = document["state"] == "failed";
    ++(failed ? failed_ : ready_);
    passages_ += document["chunks"].get<std::int64_t>();
    if (options_.json) return list_.Add(document);
    if (failed) Tell(name + ": " + document["reason"].get<std::string>());
    bool in_part = false;
    for (const Json& note : document["notes"]) {
      in_part = in_part || note.get<std::string>().starts_with(documents::kNotRead);
      // Each document has it still (counsel documents); here hundreds of the same would hide all others.
      if (++notes_[note.get<std::string>()] <= kNotesTold) Tell(name + ": " + note.get<std::string>());
    }
    in_part_ += in_part ? 1 : 0;
    return {};
  }

  // A line on stderr.
  void Tell(const std::string& text) {
    bar_.Clear();
    std::fprintf(stderr, "  %s\n", Printable(text).c_str());
  }

  void Show(std::size_t more) {
    if (!bar_.enabled()) return;
    const Followed::Work work = followed_.WorkWith(more);
    bar_.Show(work.share, work.text);
  }

  DaemonClient daemon_;
  const AddOptions& options_;
  const FoundFiles& found_;
  const std::shared_ptr<Listening> listening_;
  Followed& followed_;
  ProgressBar bar_;
  JsonList list_;
  const Clock::time_point began_ = Clock::now();
  bool finished_ = false;
  std::size_t already_ = 0;
  std::size_t refused_ = 0;
  std::size_t ready_ = 0;
  std::size_t failed_ = 0;
  std::size_t in_part_ = 0;  // something in it was not read
  std::size_t deleted_ = 0;  // by somebody, before we looked
  std::int64_t passages_ = 0;
  std::map<std::string, std::size_t> notes_;  // how many documents have it
};

Result<void> Adding::Print() {
  const double seconds = std::chrono::duration<double>(Clock::now() - began_).count();
  if (options_.json) {
    return list_.Print({{"already_there", already_},
                        {"refused", refused_},
                        {"passed_over", found_.passed_over},
                        {"excluded", found_.excluded},
                        {"links_outside", found_.links_outside},
                        {"links_broken", found_.broken},
                        {"hidden", found_.hidden},
                        {"unreadable", found_.unreadable},
                        {"seconds", seconds}});
  }
  for (const auto& [note, documents] : notes_) {
    if (documents > kNotesTold) Tell(std::to_string(documents) + " documents: " + note);
  }
  std::printf("%zu document%s ready to be searched (%lld passages)", ready_, ready_ == 1 ? "" : "s",
              static_cast<long long>(passages_));
  if (already_ > 0) std::printf(", %zu of them known before", already_);
  if (failed_ + refused_ > 0) std::printf("; %zu not added", failed_ + refused_);
  if (deleted_ > 0) std::printf("; %zu deleted meanwhile", deleted_);
  std::printf(", in %s\n", FormatSeconds(seconds).c_str());
  if (in_part_ > 0) {
    std::printf("%zu document%s %s parts that were not read: see above\n", in_part_, in_part_ == 1 ? "" : "s",
                in_part_ == 1 ? "has" : "have");
  }
  PrintNotAdded(found_);
  return {};
}

}  // namespace

asio::awaitable<int> AddFiles(const Settings& settings, const AddOptions& options, const FoundFiles& found,
                              bool* sent) {
  Result<DaemonClient> daemon = co_await DaemonClient::Connect(settings, true);
  if (!daemon) co_return ReportError(daemon.error());
  const asio::any_io_executor io = co_await asio::this_coro::executor;
  Adding adding(io, std::move(*daemon), options, found);
  Result<void> done = co_await adding.Run();
  if (sent != nullptr) *sent = done.has_value();
  if (done) done = adding.Print();
  if (!done) co_return ReportError(done.error());
  co_return adding.all_added() ? kExitOk : kExitFailure;
}

}  // namespace counsel::app
