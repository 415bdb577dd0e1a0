// Lists of documents that may be longer than memory: asked for page by page, printed as one.
#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "app/daemon_client.h"
#include "base/result.h"

namespace counsel::app {

// GET /api/documents?`query`, page by page; `take` gets an array of documents at a time. An error of its own ends it.
[[nodiscard]] boost::asio::awaitable<Result<void>> EachPage(DaemonClient& daemon, std::string query,
                                                            std::function<Result<void>(const Json&)> take);

// {"documents": […], …} for stdout, kept in a file until it is whole.
class JsonList {
 public:
  JsonList();
  [[nodiscard]] Result<void> Add(const Json& document);
  // With the members of `rest`, an object that is not empty.
  [[nodiscard]] Result<void> Print(const Json& rest);
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  std::size_t count_ = 0;
};

}  // namespace counsel::app
