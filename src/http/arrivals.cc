#include "http/arrivals.h"

#include <cstdlib>
#include <memory>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/offload.h"
#include "base/utf8.h"
#include "net/multipart.h"

namespace counsel::http {
namespace {

namespace asio = boost::asio;

constexpr std::uint64_t kAroundAFile = 64 * 1024;  // bytes of a form beside its file
constexpr std::size_t kFieldLimit = 4096;

// What is announced as too large is refused before it is sent.
Result<void> CheckAnnounced(const Call& call, std::uint64_t limit) {
  const std::string announced(net::FindHeader(call.exchange.request().headers, "Content-Length").value_or("0"));
  if (std::strtoull(announced.c_str(), nullptr, 10) <= limit + kAroundAFile) return {};
  return documents::FileTooLarge("The file", limit);
}

// The file on its way to the disk. What the disk has to do happens on the pool, its end too, however that comes.
class IncomingFile {
 public:
  IncomingFile(Services& services, std::uint64_t limit) : services_(services), limit_(limit) {}
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;
  ~IncomingFile() {
    if (incoming_) asio::post(services_.threads, [dropped = std::move(incoming_)] {});
  }

  asio::awaitable<Result<void>> Write(std::string_view bytes) {
    auto write = [this, bytes]() -> Result<void> {
      if (!incoming_) {
        Result<documents::Originals::Incoming> begun = services_.originals.Begin(limit_);
        if (!begun) return Fail(std::move(begun.error()));
        incoming_ = std::make_unique<documents::Originals::Incoming>(std::move(*begun));
      }
      return incoming_->Write(bytes);
    };
    co_return co_await Offload(services_.threads, write);
  }

  // Of an empty file there is nothing.
  asio::awaitable<Result<documents::Originals::Incoming::Stored>> Finish() {
    if (!incoming_) co_return documents::Originals::Incoming::Stored();
    auto finish = [this] { return incoming_->Finish(); };  // syncs to the disk
    co_return co_await Offload(services_.threads, finish);
  }

 private:
  Services& services_;
  const std::uint64_t limit_;
  std::unique_ptr<documents::Originals::Incoming> incoming_;
};

// Takes a form apart as it comes.
class FormReader {
 public:
  FormReader(const std::string& boundary, FormFields fields)
      : fields_(fields),
        parser_(
            boundary, [this](const net::PartHead& head) { return BeginPart(head); },
            [this](std::string_view bytes) { return TakeBytes(bytes); }) {}
  FormReader(const FormReader&) = delete;
  FormReader& operator=(const FormReader&) = delete;

  [[nodiscard]] Result<void> Feed(std::string_view bytes) { return parser_.Feed(bytes); }
  [[nodiscard]] Result<void> Finish() { return parser_.Finish(); }
  // The file's bytes of what was fed since the last time.
  [[nodiscard]] std::string TakeFileBytes() { return std::exchange(file_bytes_, std::string()); }
  [[nodiscard]] bool seen_file() const { return seen_file_; }
  [[nodiscard]] Arrived& arrived() { return arrived_; }

 private:
  Result<void> BeginPart(const net::PartHead& head) {
    field_ = head.name;
    target_ = nullptr;
    if (field_ == "file") {
      if (seen_file_) return Fail(ErrorCode::kInvalidArgument, "One file a request.", "Send each file by itself.");
      seen_file_ = true;
      arrived_.name = head.file_name.empty() ? "unnamed" : head.file_name;
      return CheckNames(arrived_);
    }
    if (fields_ == FormFields::kNone) return {};
    if (field_ == "matter") target_ = &arrived_.matter;
    if (field_ == "path") target_ = &arrived_.path;
    if (target_ == nullptr) return {};
    if (seen_file_) {
      return Fail(ErrorCode::kInvalidArgument, "The field '" + field_ + "' stands behind the file.",
                  "Send 'matter' and 'path' before 'file'.");
    }
    target_->clear();
    return {};
  }

  Result<void> TakeBytes(std::string_view bytes) {
    if (field_ == "file") {
      file_bytes_ += bytes;
      return {};
    }
    if (target_ == nullptr) return {};
    if (target_->size() + bytes.size() > kFieldLimit) {
      return Fail(ErrorCode::kTooLarge, "The field '" + field_ + "' is longer than 4096 bytes.");
    }
    target_->append(bytes);
    return {};
  }

  const FormFields fields_;
  Arrived arrived_;
  std::string field_;
  std::string* target_ = nullptr;  // where the field's bytes go; nullptr: nowhere
  bool seen_file_ = false;
  std::string file_bytes_;
  net::MultipartParser parser_;
};

}  // namespace

Result<void> CheckNames(const Arrived& arrived) {
  if (!ValidUtf8(arrived.name) || !ValidUtf8(arrived.path)) {
    return Fail(ErrorCode::kInvalidArgument, "The file's name is not UTF-8.", "Rename the file, then add it again.");
  }
  return documents::CheckMatterName(arrived.matter);
}

asio::awaitable<Result<std::optional<Arrived>>> ReceiveForm(Call& call, std::uint64_t limit, FormFields fields) {
  const std::string content_type(net::FindHeader(call.exchange.request().headers, "Content-Type").value_or(""));
  Result<std::string> boundary = net::BoundaryOf(content_type);
  if (!boundary) co_return Fail(std::move(boundary.error()));
  if (Result<void> fits = CheckAnnounced(call, limit); !fits) co_return Fail(std::move(fits.error()));

  FormReader form(*boundary, fields);
  IncomingFile file(call.services, limit);
  for (;;) {
    Result<std::string> piece = co_await call.exchange.ReadSome();
    if (!piece) co_return Fail(std::move(piece.error()));
    if (piece->empty()) break;
    if (Result<void> fed = form.Feed(*piece); !fed) co_return Fail(std::move(fed.error()));
    const std::string bytes = form.TakeFileBytes();
    if (bytes.empty()) continue;
    Result<void> written = co_await file.Write(bytes);
    if (!written) co_return Fail(std::move(written.error()));
  }
  if (Result<void> ended = form.Finish(); !ended) co_return Fail(std::move(ended.error()));
  if (!form.seen_file()) co_return std::optional<Arrived>();
  Result<documents::Originals::Incoming::Stored> stored = co_await file.Finish();
  if (!stored) co_return Fail(std::move(stored.error()));
  form.arrived().stored = std::move(*stored);
  co_return std::optional<Arrived>(std::move(form.arrived()));
}

asio::awaitable<Result<documents::Added>> RecordArrived(Services& services, const Arrived& arrived) {
  if (arrived.stored.bytes == 0) {
    co_return Fail(ErrorCode::kInvalidArgument, "'" + arrived.name + "' is empty.", "Add a file that has content.");
  }
  if (Result<void> checked = CheckNames(arrived); !checked) co_return Fail(std::move(checked.error()));
  auto work = [&arrived](store::Connection& db) {
    return documents::AddDocument(db, arrived.matter, arrived.name, arrived.path, arrived.stored.sha256,
                                  arrived.stored.bytes, arrived.priority);
  };
  Result<documents::Added> added = co_await services.store.Write(work);
  if (added) services.ingest.Wake();
  co_return added;
}

}  // namespace counsel::http
