#include "address.h"

#include <mutex>

#include <arpa/inet.h>

namespace counsel::remote {
namespace {

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const std::unique_ptr<char, FreeText> owned(text);
  return owned.get();
}

bool IsLoopback(const std::string& host) {
  if (host == "[::1]" || host == "::1" || host == "localhost") return true;
  in_addr v4{};
  return ::inet_pton(AF_INET, host.c_str(), &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

}  // namespace

Address Judge(const std::string& address) {
  Address judged;
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) return judged;
  if (!Part(url.get(), CURLUPART_USER).empty()) return judged;
  const std::string scheme = Part(url.get(), CURLUPART_SCHEME);
  judged.loopback = IsLoopback(Part(url.get(), CURLUPART_HOST));
  if (scheme == "https") judged.scheme = Scheme::kHttps;
  if (scheme == "http" && judged.loopback) judged.scheme = Scheme::kHttp;
  return judged;
}

void AllowOnly(CURL* curl, const Address& address) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, address.scheme == Scheme::kHttp ? "http" : "https");
#endif
  curl_easy_setopt(curl, CURLOPT_NOPROXY, address.loopback ? "*" : nullptr);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

void StartCurl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace counsel::remote
