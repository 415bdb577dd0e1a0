// A text is stored, and with it, in one transaction, the files inside the document are queued as documents of their
// own.
#include <algorithm>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "base/judgement.h"
#include "base/offload.h"
#include "documents/mail_stores.h"
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

// To where originals are kept, as many as there is room for.
asio::awaitable<Result<std::vector<Stored>>> Pipeline::StoreInside(JobPointer job, documents::ExtractedText& text) {
  const std::string& id = job->document.id;
  const documents::Originals& originals = originals_;
  std::vector<Stored> stored;
  if (text.embedded.empty()) co_return stored;
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
  if (!copied) co_return Fail(std::move(copied.error()));
  co_return stored;
}

// A file of mails: all batches but the last, whose mails are left in `text`. Those of a batch are documents, queued,
// once it is read. After an end in the midst of it the file is read again from its beginning; mails that are there
// already are the same documents.
asio::awaitable<Result<void>> Pipeline::StoreBatches(JobPointer job, documents::ExtractedText& text) {
  const std::string& id = job->document.id;
  while (text.next >= 0 && !Over(*job)) {
    auto type = [&](store::Connection& db) { return documents::SetMediaType(db, id, text.media_type); };
    CO_RETURN_IF_ERROR(co_await store_.Write(type));
    auto storing = StoreInside(job, text);
    Result<std::vector<Stored>> stored = co_await std::move(storing);
    if (!stored) co_return Fail(std::move(stored.error()));
    auto work = [&](store::Connection& db) { return AddInside(db, *job, text, *stored); };
    Result<void> written = co_await store_.Write(work);
    if (!written) co_return written;
    const documents::MailBatch batch{text.next, job->inside + static_cast<std::int64_t>(text.embedded.size())};
    job->inside = batch.place;
    changed_.Give();
    Recount();
    documents::Extractor extractor(options_.extractor, options_.readers);
    auto extracting =
        documents::ExtractBatch(io_, store_.threads(), std::move(extractor), originals_.PathOf(job->document.sha256),
                                job->document.name, options_.limits, batch, job->extraction);
    Result<documents::ExtractedText> more = co_await std::move(extracting);
    if (!more && Judge(more.error()) != Judgement::kPermanent) co_return Fail(std::move(more.error()));
    text.embedded.clear();
    text.next = -1;
    if (!more) {
      text.notes.push_back(std::string(documents::kNotRead) + "the mails behind number " + std::to_string(batch.place) +
                           ": " + more.error().message);
    } else {
      documents::AppendBatch(std::move(*more), &text);
    }
  }
  if (text.text.size() <= options_.limits.text_bytes) co_return Result<void>();
  co_return Fail(ErrorCode::kTooLarge,
                 "The list of the mails in '" + job->document.name + "' is longer than " +
                     std::to_string(options_.limits.text_bytes >> 20) +
                     " MiB, the limit extraction.max_text_mb; the mails themselves were added.",
                 "Raise that limit to have the list too.");
}

Result<void> Pipeline::AddInside(store::Connection& db, const Job& job, const documents::ExtractedText& text,
                                 const std::vector<Stored>& stored) {
  if (Result<documents::Document> there = documents::GetDocument(db, job.document.id); !there) {
    return Fail(std::move(there.error()));
  }
  for (std::size_t i = 0; i < stored.size(); ++i) {
    Result<void> added = documents::AddEmbedded(db, job.document, job.inside + static_cast<std::int64_t>(i),
                                                text.embedded[i].name, stored[i].sha256, stored[i].bytes);
    if (!added) return added;
  }
  return {};
}

asio::awaitable<Result<void>> Pipeline::StoreText(JobPointer job, documents::ExtractedText& text) {
  const std::string& id = job->document.id;
  if (job->document.characters > 0) {  // stored by an earlier try, with all that is inside
    auto work = [&id](store::Connection& db) { return documents::SetState(db, id, DocumentState::kEmbedding); };
    co_return co_await store_.Write(work);
  }
  auto batches = StoreBatches(job, text);
  Result<void> before = co_await std::move(batches);
  if (!before) co_return before;
  auto storing = StoreInside(job, text);
  Result<std::vector<Stored>> stored = co_await std::move(storing);
  if (!stored) co_return Fail(std::move(stored.error()));
  auto work = [&](store::Connection& db) -> Result<void> {
    if (Result<documents::Document> there = documents::GetDocument(db, id); !there) return Fail(there.error());
    if (Result<void> set = documents::SetText(db, id, text); !set) return set;
    if (Result<void> added = AddInside(db, *job, text, *stored); !added) return added;
    return documents::SetState(db, id, DocumentState::kEmbedding);
  };
  Result<void> written = co_await store_.Write(work);
  if (written && !stored->empty()) {
    changed_.Give();
    Recount();
  }
  co_return written;
}

}  // namespace counsel::ingest
