#include "http/arrivals.h"

#include <cstdlib>
#include <utility>

#include "base/offload.h"
#include "base/utf8.h"
#include "net/multipart.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::uint64_t kAroundAFile = 64 * 1024;  // bytes of a form beside its file
constexpr std::size_t kFieldLimit = 4096;

Result<void> CheckArrived(const Arrived& arrived) {
  if (arrived.stored.bytes == 0) {
    return Fail(ErrorCode::kInvalidArgument, "'" + arrived.name + "' is empty.", "Add a file that has content.");
  }
  if (!ValidUtf8(arrived.name) || !ValidUtf8(arrived.path)) {
    return Fail(ErrorCode::kInvalidArgument, "The file's name is not UTF-8.", "Rename the file, then add it again.");
  }
  return documents::CheckMatterName(arrived.matter);
}

// What is announced as too large is refused before it is sent.
Result<void> CheckAnnounced(const Call& call, std::uint64_t limit) {
  const std::string announced(net::FindHeader(call.exchange.request().headers, "Content-Length").value_or("0"));
  if (std::strtoull(announced.c_str(), nullptr, 10) <= limit + kAroundAFile) return {};
  return documents::FileTooLarge("The file", limit);
}

}  // namespace

asio::awaitable<Result<std::optional<Arrived>>> ReceiveForm(Call& call, std::uint64_t limit) {
  const std::string content_type(net::FindHeader(call.exchange.request().headers, "Content-Type").value_or(""));
  Result<std::string> boundary = net::BoundaryOf(content_type);
  if (!boundary) co_return Fail(std::move(boundary.error()));
  if (Result<void> fits = CheckAnnounced(call, limit); !fits) co_return Fail(std::move(fits.error()));

  Arrived arrived;
  std::string field;
  bool seen_file = false;
  std::optional<documents::Originals::Incoming> incoming;
  net::MultipartParser parser(
      *boundary,
      [&](const net::PartHead& head) -> Result<void> {
        field = head.name;
        if (field == "matter") arrived.matter.clear();
        if (field != "file") return {};
        if (seen_file) return Fail(ErrorCode::kInvalidArgument, "One file a request.", "Send each file by itself.");
        seen_file = true;
        arrived.name = head.file_name.empty() ? "unnamed" : head.file_name;
        Result<documents::Originals::Incoming> begun = call.services.originals.Begin(limit);
        if (!begun) return Fail(std::move(begun.error()));
        incoming.emplace(std::move(*begun));
        return {};
      },
      [&](std::string_view bytes) -> Result<void> {
        if (field == "file") return incoming->Write(bytes);
        std::string* target = field == "matter" ? &arrived.matter : field == "path" ? &arrived.path : nullptr;
        if (target == nullptr) return {};
        if (target->size() + bytes.size() > kFieldLimit) {
          return Fail(ErrorCode::kTooLarge, "The field '" + field + "' is longer than 4096 bytes.");
        }
        target->append(bytes);
        return {};
      });
  for (;;) {
    Result<std::string> piece = co_await call.exchange.ReadSome();
    if (!piece) co_return Fail(std::move(piece.error()));
    if (piece->empty()) break;
    if (Result<void> fed = parser.Feed(*piece); !fed) co_return Fail(std::move(fed.error()));
  }
  if (Result<void> ended = parser.Finish(); !ended) co_return Fail(std::move(ended.error()));
  if (!incoming) co_return std::optional<Arrived>();
  auto finish = [&incoming] { return incoming->Finish(); };  // syncs to the disk
  Result<documents::Originals::Incoming::Stored> stored = co_await Offload(call.services.threads, finish);
  if (!stored) co_return Fail(std::move(stored.error()));
  arrived.stored = *stored;
  co_return std::optional<Arrived>(std::move(arrived));
}

asio::awaitable<Result<documents::Added>> RecordArrived(Services& services, const Arrived& arrived) {
  if (Result<void> checked = CheckArrived(arrived); !checked) co_return Fail(std::move(checked.error()));
  auto work = [&arrived](store::Connection& db) {
    return documents::AddDocument(db, arrived.matter, arrived.name, arrived.path, arrived.stored.sha256,
                                  arrived.stored.bytes, arrived.priority);
  };
  Result<documents::Added> added = co_await services.store.Write(work);
  if (added) services.ingest.Wake();
  co_return added;
}

}  // namespace counsel::http
