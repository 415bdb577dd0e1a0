// One request and its reply. Connections are kept for the next request to the same host.
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "outgoing/library/address.h"
#include "outgoing/transfer.h"

namespace counsel::outgoing {
namespace {

// Handles that are not in use, with the connections they keep. Each is one thread's at a time.
class IdleHandles {
 public:
  std::unique_ptr<CURL, FreeCurl> Take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<CURL, FreeCurl> handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    return std::unique_ptr<CURL, FreeCurl>(curl_easy_init());
  }
  void GiveBack(std::unique_ptr<CURL, FreeCurl> handle) {
    curl_easy_reset(handle.get());  // forgets the key and all else but the connections
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMost) idle_.push_back(std::move(handle));
  }

 private:
  static constexpr std::size_t kMost = 4;
  std::mutex mutex_;
  std::vector<std::unique_ptr<CURL, FreeCurl>> idle_;
};

// Never destroyed: libcurl may be gone when statics are.
IdleHandles& TheIdleHandles() {
  static auto* handles = new IdleHandles;
  return *handles;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

class Exchange {
 public:
  Exchange(CURL* curl, CounselExchange* exchange) : curl_(curl), exchange_(exchange) {}

  CURLcode Run(const Address& address) {
    AllowOnly(curl_, address);
    curl_easy_setopt(curl_, CURLOPT_URL, exchange_->url);
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, exchange_->user_agent);
    curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl_, CURLOPT_ACCEPT_ENCODING, "");  // what libcurl can unpack; the limit counts unpacked bytes
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, exchange_->connect_seconds);
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT, exchange_->total_seconds);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, exchange_->stall_seconds);
    curl_easy_setopt(curl_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (exchange_->ca_file != nullptr) {
      curl_easy_setopt(curl_, CURLOPT_CAINFO, exchange_->ca_file);
      curl_easy_setopt(curl_, CURLOPT_CAPATH, nullptr);
    }
    if (exchange_->user != nullptr) {
      curl_easy_setopt(curl_, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
      curl_easy_setopt(curl_, CURLOPT_USERNAME, exchange_->user);
      curl_easy_setopt(curl_, CURLOPT_PASSWORD, "");
    }
    curl_slist* lines = nullptr;
    for (const char* const* line = exchange_->headers; *line != nullptr; ++line) {
      lines = curl_slist_append(lines, *line);
    }
    const std::unique_ptr<curl_slist, FreeList> headers(lines);
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, reason_);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Exchange::OnBytes);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, &Exchange::OnHeader);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, &Exchange::OnProgress);
    curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, this);
    const CURLcode code = curl_easy_perform(curl_);
    char* next = nullptr;
    if (code == CURLE_OK && curl_easy_getinfo(curl_, CURLINFO_REDIRECT_URL, &next) == CURLE_OK && next != nullptr) {
      exchange_->redirect(exchange_->context, next);
    }
    return code;
  }

  CounselTransferEnd EndOf(CURLcode code) {
    if (too_large_) return kTransferTooLarge;
    if (stopped_) return kTransferStopped;
    switch (code) {
      case CURLE_OK:
        return kTransferDone;
      case CURLE_OPERATION_TIMEDOUT:
        return kTransferTimedOut;
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL:
        return kTransferBadAddress;
      default:
        std::snprintf(exchange_->message, sizeof exchange_->message, "%s",
                      *reason_ != '\0' ? reason_ : curl_easy_strerror(code));
        return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ? kTransferUntrusted
                                                                                          : kTransferFailed;
    }
  }

 private:
  static size_t OnHeader(char* bytes, size_t, size_t size, void* self) {
    return static_cast<Exchange*>(self)->TakeHeader(std::string_view(bytes, size)) ? size : 0;
  }
  static size_t OnBytes(char* bytes, size_t, size_t size, void* self) {
    return static_cast<Exchange*>(self)->Take(bytes, size) ? size : 0;
  }
  static int OnProgress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto* self = static_cast<Exchange*>(context);
    self->stopped_ = self->exchange_->go_on(self->exchange_->context) == 0;
    return self->stopped_ ? 1 : 0;
  }

  bool TakeHeader(std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &exchange_->status);
    if (line.empty()) return true;
    stopped_ = exchange_->header(exchange_->context, line.data(), line.size()) == 0;
    return !stopped_;
  }

  bool Take(const char* bytes, size_t size) {
    if (taken_ == 0) {
      curl_off_t length = -1;
      curl_easy_getinfo(curl_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
      too_large_ = length > 0 && static_cast<uint64_t>(length) > exchange_->size_limit;
    }
    taken_ += size;
    too_large_ = too_large_ || taken_ > exchange_->size_limit;
    if (too_large_) return false;
    stopped_ = exchange_->write(exchange_->context, bytes, size) == 0;
    return !stopped_;
  }

  CURL* curl_;
  CounselExchange* exchange_;
  char reason_[CURL_ERROR_SIZE] = "";
  uint64_t taken_ = 0;
  bool stopped_ = false;
  bool too_large_ = false;
};

}  // namespace
}  // namespace counsel::outgoing

extern "C" __attribute__((visibility("default"))) CounselTransferEnd counsel_run_exchange(CounselExchange* exchange) {
  using namespace counsel::outgoing;  // NOLINT(google-build-using-namespace): a C function
  StartCurl();
  const Address address = Judge(exchange->url);
  if (address.scheme == Scheme::kRefused) return kTransferBadAddress;
  std::unique_ptr<CURL, FreeCurl> curl = TheIdleHandles().Take();
  if (!curl) {
    std::snprintf(exchange->message, sizeof exchange->message, "libcurl could not start");
    return kTransferFailed;
  }
  Exchange running(curl.get(), exchange);
  const CounselTransferEnd end = running.EndOf(running.Run(address));
  if (end == kTransferDone) TheIdleHandles().GiveBack(std::move(curl));
  return end;
}
