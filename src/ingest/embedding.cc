#include "ingest/embedding.h"

#include <chrono>
#include <utility>

namespace counsel::ingest {

namespace asio = boost::asio;

namespace {
// The pool's own limit on a load is shorter.
constexpr std::chrono::minutes kLeaseTimeout{10};
constexpr int kSpecialTokens = 2;             // [CLS] and [SEP], or what other models have there
constexpr std::uint32_t kUsualContext = 512;  // of embedders whose entry does not say

// A key that another machine's server refuses is no fault of a document: somebody mends it, and the queue goes on.
Error OfTheServer(Error error) {
  const bool refused = error.code == ErrorCode::kUnauthenticated || error.code == ErrorCode::kPermissionDenied;
  if (refused) error.code = ErrorCode::kUnavailable;
  return error;
}
}  // namespace

PooledEmbedding::PooledEmbedding(models::ModelPool& pool, std::function<std::string()> model)
    : pool_(pool), model_(std::move(model)) {
  // Somebody unloads the model: requests that run end under the lease they have, then it can go.
  events_ = pool_.Subscribe([this](const models::PoolEvent& event) {
    const auto* change = std::get_if<models::ModelChange>(&event);
    if (change != nullptr && lease_ && change->model == lease_->model().name &&
        change->state == models::ModelState::kDraining)
      lease_.reset();
  });
}

asio::awaitable<Result<std::shared_ptr<models::Lease>>> PooledEmbedding::SharedLease() {
  std::string name = model_();
  if (lease_ && (lease_->lost() || lease_->model().name != name)) lease_.reset();
  if (!lease_) {
    Result<models::Lease> acquired = co_await pool_.Acquire(name, kLeaseTimeout);
    if (!acquired) co_return Fail(OfTheServer(std::move(acquired.error())));
    // Another request may have been faster.
    if (!lease_) lease_ = std::make_shared<models::Lease>(std::move(*acquired));
  }
  co_return lease_;
}

asio::awaitable<Result<models::Embeddings>> PooledEmbedding::Embed(std::vector<std::string> texts) {
  const Result<std::shared_ptr<models::Lease>> lease = co_await SharedLease();
  if (!lease) co_return Fail(lease.error());
  Result<models::Embeddings> embeddings = co_await models::Embed(**lease, texts, false);
  if (!embeddings) co_return Fail(OfTheServer(std::move(embeddings.error())));
  co_return embeddings;
}

asio::awaitable<Result<TokenCounts>> PooledEmbedding::CountTokens(std::vector<std::string> texts) {
  const Result<std::shared_ptr<models::Lease>> lease = co_await SharedLease();
  if (!lease) co_return Fail(lease.error());
  Result<std::vector<std::uint32_t>> tokens = co_await models::CountTokens(**lease, texts);
  if (!tokens) co_return Fail(OfTheServer(std::move(tokens.error())));
  TokenCounts counts;
  counts.tokens = std::move(*tokens);
  const std::uint32_t context = (*lease)->model().context_tokens;
  counts.longest = static_cast<int>(context > kSpecialTokens ? context : kUsualContext) - kSpecialTokens;
  co_return counts;
}

}  // namespace counsel::ingest
