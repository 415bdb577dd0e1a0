#include "ingest/embedding.h"

#include <chrono>
#include <utility>

namespace counsel::ingest {

namespace asio = boost::asio;

namespace {
// The pool's own limit on a load is shorter.
constexpr std::chrono::minutes kLeaseTimeout{10};
}  // namespace

PooledEmbedding::PooledEmbedding(models::ModelPool& pool, std::string model) : pool_(pool), model_(std::move(model)) {
  // Somebody unloads the model: requests that run end under the lease they have, then it can go.
  events_ = pool_.Subscribe([this](const models::PoolEvent& event) {
    const auto* change = std::get_if<models::ModelChange>(&event);
    if (change != nullptr && change->model == model_ && change->state == models::ModelState::kDraining) lease_.reset();
  });
}

asio::awaitable<Result<models::Embeddings>> PooledEmbedding::Embed(std::vector<std::string> texts) {
  if (lease_ && lease_->lost()) lease_.reset();
  if (!lease_) {
    std::string name = model_;
    Result<models::Lease> acquired = co_await pool_.Acquire(name, kLeaseTimeout);
    if (!acquired) co_return Fail(std::move(acquired.error()));
    // The other request may have been faster.
    if (!lease_) lease_ = std::make_shared<models::Lease>(std::move(*acquired));
  }
  const std::shared_ptr<models::Lease> lease = lease_;
  co_return co_await models::Embed(*lease, texts, false);
}

}  // namespace counsel::ingest
