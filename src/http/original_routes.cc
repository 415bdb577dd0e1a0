// GET /api/documents/{id}/original: the file as it was added, to be kept, never shown: what it is and does is nobody's
// word.
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/offload.h"
#include "http/passage_routes.h"
#include "http/routes.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kPiece = 256 * 1024;

Result<std::string> ReadPiece(int fd) {
  std::string piece(kPiece, '\0');
  ssize_t got = 0;
  do {
    got = ::read(fd, piece.data(), piece.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Fail(ErrnoError(errno, "Cannot read the original"));
  piece.resize(static_cast<std::size_t>(got));
  return piece;
}

asio::awaitable<Result<void>> Original(Call& call) {
  const std::string id = call.parameters["id"];
  Services& services = call.services;
  auto find = [&id](store::Connection& db) { return documents::FindDocument(db, id); };
  const Result<documents::Document> document = co_await services.store.Read(find);
  if (!document) co_return Fail(document.error());
  const std::string path = services.originals.PathOf(document->sha256).string();
  auto open = [&path] { return FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); };
  const FileDescriptor file = co_await Offload(services.threads, open);
  if (!file.valid()) {
    co_return Fail(ErrorCode::kNotFound, "The original of '" + document->name + "' is not there.",
                   "'counsel check' says what else is missing.");
  }
  net::Reply head(200, "application/octet-stream", "");
  head.headers.emplace_back("Content-Disposition",
                            "attachment; filename*=UTF-8''" + net::PercentEncode(document->name));
  head.headers.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
  head.headers.emplace_back("Cache-Control", "no-store");
  if (Result<void> begun = co_await call.exchange.Begin(head); !begun) co_return begun;
  for (;;) {
    auto read = [&file] { return ReadPiece(file.get()); };
    const Result<std::string> piece = co_await Offload(services.threads, read);
    if (!piece) co_return Fail(piece.error());
    if (piece->empty()) co_return co_await call.exchange.End();
    if (Result<void> written = co_await call.exchange.Write(*piece); !written) co_return written;
  }
}

}  // namespace

void AddOriginalRoutes(std::vector<Route>& routes) {
  routes.push_back({"GET", "/api/documents/{id}/original", Original});
}

}  // namespace counsel::http
