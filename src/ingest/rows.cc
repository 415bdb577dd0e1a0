// What each document is called and how it begins and ends, for questions that mean one (understanding/document_row.h).
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "documents/statements.h"
#include "ingest/pipeline.h"
#include "search/document_rows.h"
#include "search/word_forms.h"
#include "understanding/document_row.h"

namespace counsel::ingest {
namespace {

namespace asio = boost::asio;

// Documents of one look for those without a row.
constexpr std::int64_t kAtOnce = 500;

// Behind `after`, in the order of their ids.
Result<std::vector<std::string>> WithoutRow(store::Connection& db, const std::string& after) {
  return documents::Texts(db,
                          "SELECT d.id FROM documents d WHERE d.id > ? AND d.state = 'ready' AND d.superseded_by = '' "
                          "AND d.chunks > 0 AND NOT EXISTS (SELECT 1 FROM document_rows r WHERE r.document = d.id) "
                          "ORDER BY d.id LIMIT ?",
                          after, kAtOnce);
}

}  // namespace

// A document that searches do not see (superseded at once, for newer bytes were ready first) gets none.
Result<void> Pipeline::PutRow(store::Connection& db, const documents::Document& document, std::int64_t scope) {
  Result<documents::Document> now = documents::GetDocument(db, document.id);
  if (!now) return Fail(std::move(now.error()));
  if (now->state != documents::DocumentState::kReady || !now->superseded_by.empty() || now->chunks == 0) return {};
  const std::int64_t head_end = std::min(now->characters, understanding::kHead);
  Result<std::string> head = documents::GetPassage(db, now->id, 0, head_end);
  if (!head) return Fail(std::move(head.error()));
  const std::int64_t tail_start = std::max(head_end, now->characters - understanding::kTail);
  Result<std::string> tail = documents::GetPassage(db, now->id, tail_start, now->characters);
  if (!tail) return Fail(std::move(tail.error()));
  return search::PutDocumentRow(db, now->id, scope, now->name, understanding::PackRow(now->name, *head, *tail));
}

// Of a home that an earlier Counsel wrote.
asio::awaitable<void> Pipeline::PutMissingRows() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  std::string after;
  std::vector<std::string> ids;
  while (!stopping_) {
    if (ids.empty()) {
      auto find = [&after](store::Connection& db) { return WithoutRow(db, after); };
      Result<std::vector<std::string>> found = co_await store_.Read(find);
      if (!found) spdlog::warn("which documents are called how was not looked for: {}", found.error().ToString());
      if (!found || found->empty()) co_return;
      ids = std::move(*found);
      std::reverse(ids.begin(), ids.end());
    }
    auto put = [&ids, &after](store::Connection& db) -> Result<void> {
      const auto end = Signal::Clock::now() + store::kPiece;
      while (!ids.empty() && Signal::Clock::now() < end) {
        after = ids.back();
        ids.pop_back();
        Result<documents::Document> document = documents::GetDocument(db, after);
        if (!document) continue;  // deleted meanwhile
        Result<std::int64_t> scope = documents::MatterId(db, document->matter);
        if (!scope) continue;
        if (Result<void> one = PutRow(db, *document, *scope); !one) return one;
      }
      return {};
    };
    Result<void> done = co_await store_.Write(put);
    if (done) continue;
    spdlog::warn("what a document is called was not noted: {}", done.error().ToString());
    co_return;  // the next start goes on
  }
}

// Likewise the words of its passages, a piece at a time; others write in
// between.
asio::awaitable<void> Pipeline::RewriteWords() {
  const std::shared_ptr<Pipeline> self = shared_from_this();
  auto work = [](store::Connection& db) { return search::RewriteEarlierWords(db, store::kPiece); };
  Result<bool> more = true;
  while (more && *more && !stopping_) more = co_await store_.Write(work);
  if (!more)
    spdlog::warn("words of an earlier Counsel stay as they are until the next start: {}", more.error().ToString());
  stored_.Give();
}

}  // namespace counsel::ingest
