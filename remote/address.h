// Which addresses may be used, and what every transfer has in common.
#pragma once

#include <memory>
#include <string>

#include <curl/curl.h>

namespace counsel::remote {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};

enum class Scheme { kHttps, kHttp, kRefused };

struct Address {
  Scheme scheme = Scheme::kRefused;
  bool loopback = false;  // by its name: 127.0.0.0/8, ::1 or localhost
};

// Judged by libcurl's own parser: what we approve is what it connects to. Http is for loopback addresses only; an
// address with a user or password in it is refused.
Address Judge(const std::string& address);

// The scheme and nothing else; no proxy to a loopback address.
void AllowOnly(CURL* curl, const Address& address);

// Once per process, before anything else of libcurl.
void StartCurl();

}  // namespace counsel::remote
