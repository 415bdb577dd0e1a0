#include "transfers.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "address.h"

namespace counsel::remote {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kKeptBytes = std::size_t{256} << 10;
constexpr std::size_t kMostHeaders = 200;
constexpr std::size_t kMostHeaderBytes = std::size_t{64} << 10;
constexpr long kKeptConnections = 8;
// Between two looks of a thread that has nothing to do; a command wakes it at once.
constexpr int kIdleMilliseconds = 60'000;

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

ErrorCode CodeOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::kDeadlineExceeded;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return ErrorCode::kPermissionDenied;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kUnavailable;
  }
}

}  // namespace

struct Transfer::State : std::enable_shared_from_this<Transfer::State> {
  State(std::shared_ptr<Transfers::Core> core_in, const asio::any_io_executor& io)
      : core(std::move(core_in)), changed(io, Clock::time_point::max()) {}

  // Suspends until the transfer thread has something new; false when the caller is cancelled.
  asio::awaitable<bool> Wait();

  const std::shared_ptr<Transfers::Core> core;
  TransferRequest request;
  asio::steady_timer changed;  // io thread only

  // The transfer thread's.
  std::unique_ptr<CURL, FreeCurl> curl;
  std::unique_ptr<curl_slist, FreeList> headers;
  char reason[CURL_ERROR_SIZE] = "";
  std::uint64_t received = 0;
  bool too_large = false;
  ReplyHead coming;  // until it is whole
  std::size_t header_bytes = 0;

  // Both threads'.
  std::mutex mutex;
  std::optional<ReplyHead> head;
  std::string bytes;
  std::string redirect;
  bool paused = false;
  bool ended = false;
  std::optional<Error> error;
};

class Transfers::Core : public std::enable_shared_from_this<Transfers::Core> {
 public:
  enum class What { kStart, kResume, kCancel };

  explicit Core(asio::any_io_executor io) : io_(std::move(io)) {
    StartCurl();
    multi_.reset(curl_multi_init());
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kKeptConnections);
  }

  void Run() {
    thread_ = std::thread([this] { Loop(); });
  }
  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }
  void Tell(What what, std::shared_ptr<Transfer::State> state) {
    {
      const std::lock_guard lock(mutex_);
      commands_.emplace_back(what, std::move(state));
    }
    curl_multi_wakeup(multi_.get());
  }

  [[nodiscard]] const asio::any_io_executor& io() const { return io_; }
  [[nodiscard]] Clock::time_point last_byte() const { return Clock::time_point(Clock::duration(last_byte_.load())); }

 private:
  using States = std::map<CURL*, std::shared_ptr<Transfer::State>>;

  void Loop() {
    while (TakeCommands()) {
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      TakeEnds();
      curl_multi_poll(multi_.get(), nullptr, 0, kIdleMilliseconds, nullptr);
    }
    for (const auto& [curl, state] : running_) curl_multi_remove_handle(multi_.get(), curl);
    running_.clear();
    const std::lock_guard lock(mutex_);
    commands_.clear();  // they hold what holds us
  }

  bool TakeCommands() {
    std::vector<std::pair<What, std::shared_ptr<Transfer::State>>> commands;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      commands.swap(commands_);
    }
    for (const auto& [what, state] : commands) {
      if (what == What::kStart) {
        Begin(state);
      } else if (state->curl == nullptr) {
        continue;  // it has ended meanwhile
      } else if (what == What::kResume) {
        curl_easy_pause(state->curl.get(), CURLPAUSE_CONT);
      } else {
        Forget(*state);
      }
    }
    return true;
  }

  void Begin(const std::shared_ptr<Transfer::State>& state) {
    const TransferRequest& request = state->request;
    const Address address = Judge(request.url);
    if (address.scheme == Scheme::kRefused) return End(*state, CURLE_URL_MALFORMAT);
    state->curl.reset(curl_easy_init());
    CURL* curl = state->curl.get();
    if (curl == nullptr) return End(*state, CURLE_OUT_OF_MEMORY);
    AllowOnly(curl, address);
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, COUNSEL_USER_AGENT);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    // One connection a request: its end tells the other side that nobody listens any more.
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.connect_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(request.total_timeout.count()));
    if (request.unpack) curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl can
    if (!request.range.empty()) curl_easy_setopt(curl, CURLOPT_RANGE, request.range.c_str());
    if (!request.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
      curl_easy_setopt(curl, CURLOPT_USERNAME, request.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, "");
    }
    if (!request.ca_file.empty()) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, request.ca_file.c_str());
      curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    }
    SetRequest(*state);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, state->reason);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Core::OnBytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, state.get());
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Core::OnHeader);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, state.get());
    running_[curl] = state;
    curl_multi_add_handle(multi_.get(), curl);
  }

  static void SetRequest(Transfer::State& state) {
    // A proxy gets none of these.
    std::vector<std::string> lines = state.request.headers;
    lines.emplace_back("Expect:");
    if (!state.request.bearer.empty()) {
      lines.push_back("Authorization: Bearer " + std::string(state.request.bearer.view()));
    }
    if (!state.request.body.empty()) {
      lines.emplace_back("Content-Type: application/json");
      curl_easy_setopt(state.curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(state.request.body.size()));
      curl_easy_setopt(state.curl.get(), CURLOPT_POSTFIELDS, state.request.body.c_str());
    }
    curl_slist* list = nullptr;
    for (std::string& line : lines) {
      list = curl_slist_append(list, line.c_str());
      WipeText(&line);
    }
    state.headers.reset(list);
    curl_easy_setopt(state.curl.get(), CURLOPT_HTTPHEADER, list);
  }

  static std::size_t OnHeader(char* bytes, std::size_t, std::size_t size, void* state) {
    TakeHeader(*static_cast<Transfer::State*>(state), std::string_view(bytes, size));
    return size;
  }

  // On the transfer thread.
  static void TakeHeader(Transfer::State& state, std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // an interim reply, or a proxy's, came before this one
      state.coming.headers.clear();
      state.header_bytes = 0;
    }
    const std::size_t colon = line.find(':');
    state.header_bytes += line.size();
    if (colon == std::string_view::npos || state.coming.headers.size() >= kMostHeaders) return;
    if (state.header_bytes > kMostHeaderBytes) return;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    state.coming.headers.emplace_back(line.substr(0, colon), value == std::string_view::npos ? "" : line.substr(value));
  }

  static std::size_t OnBytes(char* bytes, std::size_t, std::size_t size, void* state) {
    auto& transfer = *static_cast<Transfer::State*>(state);
    return transfer.core->Take(transfer, std::string_view(bytes, size));
  }

  // On the transfer thread.
  std::size_t Take(Transfer::State& state, std::string_view bytes) {
    last_byte_ = Clock::now().time_since_epoch().count();
    {
      const std::lock_guard lock(state.mutex);
      if (!state.bytes.empty() && state.bytes.size() + bytes.size() > kKeptBytes) {
        state.paused = true;
        return CURL_WRITEFUNC_PAUSE;
      }
      state.received += bytes.size();
      state.too_large = state.received > state.request.reply_limit;
      if (state.too_large) return 0;
      if (!state.head) state.head = HeadOf(state);
      state.bytes.append(bytes);
    }
    Notify(state);
    return bytes.size();
  }

  static ReplyHead HeadOf(Transfer::State& state) {
    ReplyHead head = std::move(state.coming);
    long status = 0;
    curl_easy_getinfo(state.curl.get(), CURLINFO_RESPONSE_CODE, &status);
    head.status = static_cast<int>(status);
    const char* type = nullptr;
    curl_easy_getinfo(state.curl.get(), CURLINFO_CONTENT_TYPE, &type);
    if (type != nullptr) head.content_type = type;
    curl_off_t retry = 0;
    curl_easy_getinfo(state.curl.get(), CURLINFO_RETRY_AFTER, &retry);
    head.retry_after = retry;
    curl_off_t length = -1;
    curl_easy_getinfo(state.curl.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length >= 0) head.length = static_cast<std::uint64_t>(length);
    return head;
  }

  void TakeEnds() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto found = running_.find(message->easy_handle);
      if (found == running_.end()) continue;
      const std::shared_ptr<Transfer::State> state = found->second;
      End(*state, message->data.result);
      Forget(*state);
    }
  }

  void End(Transfer::State& state, CURLcode code) {
    {
      const std::lock_guard lock(state.mutex);
      state.ended = true;
      if (code == CURLE_OK) {
        if (!state.head) state.head = HeadOf(state);
        const char* next = nullptr;
        curl_easy_getinfo(state.curl.get(), CURLINFO_REDIRECT_URL, &next);
        if (next != nullptr) state.redirect = next;
      } else if (state.too_large) {
        state.error.emplace(ErrorCode::kTooLarge, "its reply is too large");
      } else {
        state.error.emplace(CodeOf(code), state.reason[0] != '\0' ? state.reason : curl_easy_strerror(code));
      }
    }
    Notify(state);
  }

  // Closes its connection unless the reply was whole. It may be the last that holds the state.
  void Forget(Transfer::State& state) {
    CURL* curl = state.curl.get();
    const auto found = running_.find(curl);
    curl_multi_remove_handle(multi_.get(), curl);
    state.curl.reset();
    state.headers.reset();
    if (found != running_.end()) running_.erase(found);
  }

  void Notify(Transfer::State& state) {
    asio::post(io_, [held = state.shared_from_this()] { held->changed.cancel(); });
  }

  const asio::any_io_executor io_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  States running_;  // the transfer thread's
  std::atomic<Clock::rep> last_byte_{Clock::time_point::min().time_since_epoch().count()};
  std::mutex mutex_;
  std::vector<std::pair<What, std::shared_ptr<Transfer::State>>> commands_;
  bool stopping_ = false;
  std::thread thread_;
};

asio::awaitable<bool> Transfer::State::Wait() {
  boost::system::error_code ignored;
  co_await changed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  co_return cancellation.cancelled() == asio::cancellation_type::none;
}

Transfer::Transfer(std::shared_ptr<State> state) : state_(std::move(state)) {}

Transfer::~Transfer() {
  state_->core->Tell(Transfers::Core::What::kCancel, state_);
}

asio::awaitable<Result<ReplyHead>> Transfer::Head() {
  const std::shared_ptr<State> state = state_;
  for (;;) {
    {
      const std::lock_guard lock(state->mutex);
      if (state->head) co_return *state->head;
      if (state->error) co_return Fail(*state->error);
    }
    const bool goes_on = co_await state->Wait();
    if (!goes_on) co_return Fail(ErrorCode::kCancelled, "the client left");
  }
}

asio::awaitable<Result<std::string>> Transfer::ReadSome() {
  const std::shared_ptr<State> state = state_;
  for (;;) {
    bool resume = false;
    std::string bytes;
    {
      const std::lock_guard lock(state->mutex);
      bytes.swap(state->bytes);
      resume = std::exchange(state->paused, false);
      if (bytes.empty() && state->error) co_return Fail(*state->error);
      if (bytes.empty() && state->ended) co_return bytes;
    }
    if (resume) state->core->Tell(Transfers::Core::What::kResume, state);
    if (!bytes.empty()) co_return bytes;
    const bool goes_on = co_await state->Wait();
    if (!goes_on) co_return Fail(ErrorCode::kCancelled, "the client left");
  }
}

std::string Transfer::redirect() const {
  const std::lock_guard lock(state_->mutex);
  return state_->redirect;
}

Transfers::Transfers(asio::any_io_executor io) : core_(std::make_shared<Core>(std::move(io))) {
  core_->Run();
}

Transfers::~Transfers() {
  core_->Stop();
}

std::unique_ptr<Transfer> Transfers::Start(TransferRequest request) {
  auto state = std::make_shared<Transfer::State>(core_, core_->io());
  state->request = std::move(request);
  core_->Tell(Core::What::kStart, state);
  return std::unique_ptr<Transfer>(new Transfer(std::move(state)));
}

Clock::time_point Transfers::last_byte() const {
  return core_->last_byte();
}

}  // namespace counsel::remote
