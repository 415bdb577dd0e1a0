// libcounsel_outgoing.so: one blocking transfer with libcurl.
#include "outgoing/transfer.h"

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "outgoing/library/address.h"

namespace {

using counsel::outgoing::Address;
using counsel::outgoing::AllowOnly;
using counsel::outgoing::FreeCurl;
using counsel::outgoing::Judge;
using counsel::outgoing::Scheme;

constexpr int kRedirects = 10;

// One hop: a request and its reply.
class Hop {
 public:
  Hop(CURL* curl, CounselTransfer* transfer) : curl_(curl), transfer_(transfer) {}

  CURLcode Run(const std::string& url, const Address& address) {
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    AllowOnly(curl_, address);
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, transfer_->user_agent);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, transfer_->connect_seconds);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, transfer_->stall_seconds);
    // Not CURLOPT_RESUME_FROM: that refuses a server that answers by sending everything.
    const std::string range = std::to_string(transfer_->offset) + "-";
    if (transfer_->offset > 0) curl_easy_setopt(curl_, CURLOPT_RANGE, range.c_str());
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, reason_);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Hop::OnBytes);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, &Hop::OnHeader);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, &Hop::OnProgress);
    curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, this);
    const CURLcode code = curl_easy_perform(curl_);
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &transfer_->status);
    // An empty file has no bytes that would have begun it.
    if (code == CURLE_OK && Good() && !begun_) Begin();
    return code;
  }

  [[nodiscard]] bool Good() const { return transfer_->status == 200 || transfer_->status == 206; }
  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] bool too_large() const { return too_large_; }
  [[nodiscard]] bool bad_range() const { return bad_range_; }
  [[nodiscard]] const char* reason() const { return reason_; }

 private:
  static size_t OnHeader(char* bytes, size_t, size_t size, void* self) {
    return static_cast<Hop*>(self)->TakeHeader(std::string_view(bytes, size)), size;
  }
  static size_t OnBytes(char* bytes, size_t, size_t size, void* self) {
    return static_cast<Hop*>(self)->Take(bytes, size) ? size : 0;
  }
  static int OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    Hop* hop = static_cast<Hop*>(self);
    if (hop->transfer_->go_on(hop->transfer_->context) != 0) return 0;
    hop->stopped_ = true;
    return 1;
  }

  // "Content-Range: bytes 100-199/200"
  void TakeHeader(std::string_view line) {
    constexpr std::string_view kName = "content-range:";
    if (line.size() < kName.size() || strncasecmp(line.data(), kName.data(), kName.size()) != 0) return;
    const std::string value(line.substr(kName.size()));
    unsigned long long first = 0, last = 0, total = 0;
    const int found = std::sscanf(value.c_str(), " bytes %llu-%llu/%llu", &first, &last, &total);
    if (found < 2) return;
    range_start_ = first;
    range_total_ = found == 3 ? total : 0;
    has_range_ = true;
  }

  bool Take(const char* bytes, size_t size) {
    if (!begun_) {
      curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &transfer_->status);
      // The body of a redirect or an error is read and dropped, but not without end.
      if (!Good()) return (dropped_ += size) < (size_t{1} << 20);
      if (!Begin()) return false;
    }
    position_ += size;
    too_large_ = position_ > transfer_->size_limit;
    if (too_large_) return false;
    stopped_ = transfer_->write(transfer_->context, bytes, size) == 0;
    return !stopped_;
  }

  bool Begin() {
    begun_ = true;
    const bool partial = transfer_->status == 206;
    bad_range_ = partial && (!has_range_ || range_start_ != transfer_->offset);
    if (bad_range_) return false;
    position_ = partial ? transfer_->offset : 0;
    curl_off_t length = -1;
    curl_easy_getinfo(curl_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    uint64_t total = length < 0 ? 0 : position_ + static_cast<uint64_t>(length);
    if (partial && range_total_ > 0) total = range_total_;
    too_large_ = total > transfer_->size_limit;
    if (too_large_) return false;
    stopped_ = transfer_->begin(transfer_->context, position_, total) == 0;
    return !stopped_;
  }

  CURL* curl_;
  CounselTransfer* transfer_;
  char reason_[CURL_ERROR_SIZE] = "";
  bool begun_ = false;
  bool stopped_ = false;
  bool too_large_ = false;
  bool bad_range_ = false;
  bool has_range_ = false;
  uint64_t range_start_ = 0;
  uint64_t range_total_ = 0;
  uint64_t position_ = 0;
  size_t dropped_ = 0;
};

CounselTransferEnd Failed(CounselTransfer* transfer, const char* message) {
  std::snprintf(transfer->message, sizeof transfer->message, "%s", message);
  return kTransferFailed;
}

CounselTransferEnd EndOf(const Hop& hop, CURLcode code, CounselTransfer* transfer) {
  if (hop.too_large()) return kTransferTooLarge;
  if (hop.stopped()) return kTransferStopped;
  if (hop.bad_range()) return Failed(transfer, "the server sent another part of the file than it was asked for");
  if (code == CURLE_OPERATION_TIMEDOUT) return kTransferTimedOut;
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) return kTransferBadAddress;
  if (code != CURLE_OK && (hop.Good() || transfer->status == 0)) {
    return Failed(transfer, *hop.reason() != '\0' ? hop.reason() : curl_easy_strerror(code));
  }
  return hop.Good() ? kTransferDone : kTransferBadStatus;
}

bool IsRedirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int counsel_transfer_version() {
  return COUNSEL_TRANSFER_VERSION;
}

extern "C" __attribute__((visibility("default"))) CounselTransferEnd counsel_run_transfer(CounselTransfer* transfer) {
  counsel::outgoing::StartCurl();
  std::string url = transfer->url;
  Address address = Judge(url);
  const Scheme first = address.scheme;
  if (first == Scheme::kRefused) return kTransferBadAddress;
  for (int hops = 0; hops <= kRedirects; ++hops) {
    // A fresh handle for each hop: nothing of one server's is left for the next.
    const std::unique_ptr<CURL, FreeCurl> curl(curl_easy_init());
    if (!curl) return Failed(transfer, "libcurl could not start");
    Hop hop(curl.get(), transfer);
    const CURLcode code = hop.Run(url, address);
    if (code != CURLE_OK || !IsRedirect(transfer->status)) return EndOf(hop, code, transfer);
    char* next = nullptr;
    curl_easy_getinfo(curl.get(), CURLINFO_REDIRECT_URL, &next);
    if (next == nullptr) return kTransferBadStatus;
    url = next;
    address = Judge(url);
    if (address.scheme != first) return Failed(transfer, "it leads to an address that is not https");
  }
  return Failed(transfer, "it leads from one address to the next without end");
}
