// What turns the pipeline's texts into vectors: the seam that tests put a fake behind.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "models/model_client.h"
#include "models/pool.h"

namespace counsel::ingest {

struct TokenCounts {
  TokenCounts() = default;
  std::vector<std::uint32_t> tokens;  // of each text, special ones not counted
  int longest = 0;                    // text that the model reads, likewise
};

// io thread only. Several requests may run at a time. Must not be destroyed while one runs.
class Embedding {
 public:
  virtual ~Embedding() = default;
  // The name of the model that it asks, from now on.
  [[nodiscard]] virtual std::string model() const = 0;
  // Loads the model first if need be.
  [[nodiscard]] virtual boost::asio::awaitable<Result<models::Embeddings>> Embed(std::vector<std::string> texts) = 0;
  // Loads the model likewise.
  [[nodiscard]] virtual boost::asio::awaitable<Result<TokenCounts>> CountTokens(std::vector<std::string> texts) = 0;
  // Nothing to embed for now: the model may be given back.
  virtual void Release() = 0;
};

// By a model of the pool, under one lease that all requests share until Release. `model` is asked for its name with
// each request.
class PooledEmbedding : public Embedding {
 public:
  PooledEmbedding(models::ModelPool& pool, std::function<std::string()> model);

  std::string model() const override { return model_(); }
  boost::asio::awaitable<Result<models::Embeddings>> Embed(std::vector<std::string> texts) override;
  boost::asio::awaitable<Result<TokenCounts>> CountTokens(std::vector<std::string> texts) override;
  void Release() override { lease_.reset(); }

 private:
  boost::asio::awaitable<Result<std::shared_ptr<models::Lease>>> SharedLease();

  models::ModelPool& pool_;
  const std::function<std::string()> model_;
  std::shared_ptr<models::Lease> lease_;
  std::shared_ptr<void> events_;
};

}  // namespace counsel::ingest
