#include "http/list_reply.h"

#include <charconv>
#include <optional>
#include <utility>

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t kInAPiece = 200;

asio::awaitable<Result<void>> SendText(Call& call, std::string text) {
  net::Reply reply(200, "application/json", std::move(text));
  co_return co_await call.exchange.Send(reply);
}

std::string Opening(const std::string& name, const ListPiece& piece) {
  return "{\"" + name + "\":[" + piece.items;
}

std::string Closing(std::size_t count) {
  return "],\"count\":" + std::to_string(count);
}

asio::awaitable<Result<void>> SendParts(Call& call, std::string name, ListPiece piece, ReadPiece read) {
  net::Reply head(200, "application/json", "");
  Result<void> written = co_await call.exchange.Begin(head);
  if (!written) co_return written;
  std::string text = Opening(name, piece);
  std::size_t count = piece.count;
  std::string next = std::move(piece.next);
  const std::string further = piece.more.empty() ? "" : "," + piece.more;
  while (!next.empty()) {
    written = co_await call.exchange.Write(text);
    if (!written) co_return written;
    Result<ListPiece> more = co_await read(next, kInAPiece);
    if (!more) co_return Fail(std::move(more.error()));
    text = (more->count > 0 ? "," : "") + more->items;
    count += more->count;
    next = std::move(more->next);
  }
  text += Closing(count) + further + "}";
  written = co_await call.exchange.Write(text);
  if (!written) co_return written;
  co_return co_await call.exchange.End();
}

}  // namespace

void ListPiece::Add(const Json& item) {
  if (count++ > 0) items += ',';
  items += Dump(item);
}

Result<ListRequest> ReadListRequest(const net::Request& request) {
  ListRequest wanted;
  wanted.after = request.query("after").value_or("");
  const std::optional<std::string> limit = request.query("limit");
  if (!limit) return wanted;
  const auto [end, failed] = std::from_chars(limit->data(), limit->data() + limit->size(), wanted.limit);
  if (failed != std::errc() || end != limit->data() + limit->size() || wanted.limit < 1 ||
      wanted.limit > kMostInAPage) {
    return Fail(ErrorCode::kInvalidArgument, "'limit' must be a whole number from 1 to 1000.",
                "Ask for the rest with 'after', or leave 'limit' out for all.");
  }
  return wanted;
}

asio::awaitable<Result<void>> SendList(Call& call, std::string name, ListRequest wanted, ReadPiece read) {
  const std::int64_t limit = wanted.limit > 0 ? wanted.limit : kInAPiece;
  Result<ListPiece> piece = co_await read(wanted.after, limit);
  if (!piece) co_return Fail(std::move(piece.error()));
  if (wanted.limit == 0 && !piece->next.empty()) {
    co_return co_await SendParts(call, std::move(name), std::move(*piece), std::move(read));
  }
  std::string text = Opening(name, *piece) + Closing(piece->count);
  if (wanted.limit > 0) text += ",\"next\":" + (piece->next.empty() ? "null" : Dump(piece->next));
  if (!piece->more.empty()) text += "," + piece->more;
  text += "}";
  co_return co_await SendText(call, std::move(text));
}

}  // namespace counsel::http
