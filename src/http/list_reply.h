// Lists of any length as JSON, in bounded memory: read and written piece by piece.
//
// Threads: io thread only; the pieces are made by the store's threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "http/routes.h"

namespace counsel::http {

// A part of a list.
struct ListPiece {
  ListPiece() = default;
  void Add(const Json& item);

  std::string items;  // JSON, with commas between
  std::size_t count = 0;
  std::string next;  // what the part behind it is asked for with; "" when nothing follows
  // Of the first part: further members of the reply, JSON without its braces.
  std::string more;
};

// What a request asks for: `limit` and `after`.
struct ListRequest {
  ListRequest() = default;
  std::int64_t limit = 0;  // 0: all
  std::string after;       // "": from the start
};
inline constexpr std::int64_t kMostInAPage = 1000;
[[nodiscard]] Result<ListRequest> ReadListRequest(const net::Request& request);

// Reads the part behind `after`, of at most `limit` items.
using ReadPiece = std::function<boost::asio::awaitable<Result<ListPiece>>(std::string after, std::int64_t limit)>;

// With a limit {"NAME": [one part], "count", "next"}, next being null at the end; else {"NAME": [all], "count"}, sent
// part by part, each as the store was when it was read. An error after the first part breaks the reply off.
[[nodiscard]] boost::asio::awaitable<Result<void>> SendList(Call& call, std::string name, ListRequest wanted,
                                                            ReadPiece read);

}  // namespace counsel::http
