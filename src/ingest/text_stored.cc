// A text is stored, and with it, in one transaction, the files inside the document are queued as documents of their
// own.
#include <algorithm>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "base/offload.h"
#include "ingest/pipeline.h"

namespace counsel::ingest {
namespace {

namespace asio = boost::asio;
using documents::DocumentState;
using Stored = documents::Originals::Incoming::Stored;

// From where the extractor put them to where originals are kept, in pieces.
Result<Stored> StoreBytes(const documents::Originals& originals, const FileDescriptor& from,
                          const documents::EmbeddedFile& file) {
  Result<documents::Originals::Incoming> incoming = originals.Begin(file.bytes);
  if (!incoming) return Fail(std::move(incoming.error()));
  std::string buffer(std::size_t{256} << 10, '\0');
  for (std::uint64_t done = 0; done < file.bytes;) {
    const std::uint64_t wanted = std::min<std::uint64_t>(buffer.size(), file.bytes - done);
    const ssize_t n = ::pread(from.get(), buffer.data(), wanted, static_cast<off_t>(file.offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Fail(ErrnoError(n < 0 ? errno : EIO, "A file inside a document cannot be read"));
    Result<void> written = incoming->Write(std::string_view(buffer).substr(0, static_cast<std::size_t>(n)));
    if (!written) return Fail(std::move(written.error()));
    done += static_cast<std::uint64_t>(n);
  }
  return incoming->Finish();
}

std::string LeftOut(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " file inside it was" : " files inside it were") +
         " left out: Counsel reads at most " + std::to_string(documents::kMaxEmbeddedInAll) +
         " files inside a document, " + std::to_string(documents::kMaxEmbeddedDepth) + " deep.";
}

}  // namespace

asio::awaitable<Result<void>> Pipeline::StoreText(JobPointer job, documents::ExtractedText& text) {
  const std::string& id = job->document.id;
  if (job->document.characters > 0) {  // stored by an earlier try, with all that is inside
    auto work = [&id](store::Connection& db) { return documents::SetState(db, id, DocumentState::kEmbedding); };
    co_return co_await store_.Write(work);
  }
  const documents::Originals& originals = originals_;
  std::vector<Stored> stored;
  if (!text.embedded.empty()) {
    auto look = [&id](store::Connection& db) { return documents::RoomForEmbedded(db, id); };
    Result<std::int64_t> room = co_await store_.Read(look);
    if (!room) co_return Fail(std::move(room.error()));
    const std::size_t fit = std::min(text.embedded.size(), static_cast<std::size_t>(*room));
    if (fit < text.embedded.size()) text.notes.push_back(LeftOut(text.embedded.size() - fit));
    text.embedded.resize(fit);
    auto copy = [&]() -> Result<void> {
      for (const documents::EmbeddedFile& file : text.embedded) {
        Result<Stored> one = StoreBytes(originals, *text.embedded_bytes, file);
        if (!one) return Fail(std::move(one.error()));
        stored.push_back(std::move(*one));
      }
      return {};
    };
    Result<void> copied = co_await Offload(store_.threads(), copy);
    text.embedded_bytes.reset();
    if (!copied) co_return copied;
  }
  auto work = [&](store::Connection& db) -> Result<void> {
    if (Result<documents::Document> there = documents::GetDocument(db, id); !there) return Fail(there.error());
    if (Result<void> set = documents::SetText(db, id, text); !set) return set;
    for (std::size_t i = 0; i < stored.size(); ++i) {
      Result<void> added = documents::AddEmbedded(db, job->document, static_cast<std::int64_t>(i),
                                                  text.embedded[i].name, stored[i].sha256, stored[i].bytes);
      if (!added) return added;
    }
    return documents::SetState(db, id, DocumentState::kEmbedding);
  };
  Result<void> written = co_await store_.Write(work);
  if (written && !stored.empty()) {
    changed_.Give();
    Recount();
  }
  co_return written;
}

}  // namespace counsel::ingest
