#include "answers/reranking.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/result.h"
#include "models/model_client.h"

namespace counsel::answers {
namespace {

namespace asio = boost::asio;

asio::awaitable<Result<std::vector<double>>> Score(const Reranking& what, const std::vector<std::string>& texts,
                                                   models::ModelPool& pool) {
  const models::AcquireOptions options(what.load_timeout);
  Result<models::Lease> lease = co_await pool.Acquire(what.reranker, options);
  if (!lease) co_return Fail(std::move(lease.error()));
  Result<std::vector<double>> scores = co_await models::Score(*lease, what.question, texts);
  co_return scores;
}

}  // namespace

std::vector<search::Hit> InOrderOf(const std::vector<double>& scores, std::vector<search::Hit> recalled) {
  std::vector<std::size_t> order(recalled.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const bool a_named = !recalled[a].place.empty();
    const bool b_named = !recalled[b].place.empty();
    if (a_named || b_named) return a_named && !b_named;
    return scores[a] > scores[b];
  });
  std::vector<search::Hit> hits;
  for (const std::size_t i : order) hits.push_back(std::move(recalled[i]));
  return hits;
}

asio::awaitable<Reranked> Rerank(const Reranking& what, std::vector<search::Hit> recalled, models::ModelPool& pool) {
  Reranked reranked;
  reranked.hits = std::move(recalled);
  if (!what.reranker.empty() && reranked.hits.size() > 1) {
    std::vector<std::string> texts;
    for (const search::Hit& hit : reranked.hits) {
      texts.push_back(hit.heading.empty() ? hit.text : hit.heading + "\n" + hit.text);
    }
    Result<std::vector<double>> scores = co_await Score(what, texts, pool);
    if (scores) {
      reranked.hits = InOrderOf(*scores, std::move(reranked.hits));
    } else {
      reranked.note = "The passages stand in the order of the search, for the reranker " + what.reranker +
                      " could not be asked: " + scores.error().message;
      spdlog::warn("{}", reranked.note);
    }
  }
  if (reranked.hits.size() > what.limit) reranked.hits.resize(what.limit);
  co_return reranked;
}

}  // namespace counsel::answers
