#include "ingest/ingest.h"

#include <utility>

#include "ingest/pipeline.h"

namespace counsel::ingest {

namespace asio = boost::asio;

Ingest::Ingest(asio::any_io_executor io, store::Store& store, const documents::Originals& originals,
               models::ModelPool& pool, IngestOptions options)
    : pipeline_(std::make_shared<Pipeline>(io, store, originals,
                                           std::make_unique<PooledEmbedding>(pool, options.embedding_model), options)) {
  const auto embedding = [&pool](const std::string& model) -> std::unique_ptr<Embedding> {
    return std::make_unique<PooledEmbedding>(pool, [model] { return model; });
  };
  const auto busy = [pipeline = pipeline_] { return pipeline->pending() > 0; };
  const auto switched = [pipeline = pipeline_](const std::string& model) { pipeline->Serves(model); };
  reembedder_ = std::make_shared<Reembedder>(std::move(io), store, embedding, busy, switched);
}

Ingest::~Ingest() = default;

asio::awaitable<Result<void>> Ingest::Start() {
  Result<void> started = co_await pipeline_->Start();
  if (started) reembedder_->Resume();
  co_return started;
}

void Ingest::Wake() {
  pipeline_->Wake();
}

asio::awaitable<Result<documents::Document>> Ingest::WaitFor(std::string document) {
  return pipeline_->WaitFor(std::move(document));
}

asio::awaitable<Result<documents::Document>> Ingest::Delete(std::string document) {
  return pipeline_->Delete(std::move(document));
}

asio::awaitable<Result<documents::Matter>> Ingest::DeleteMatter(std::string name) {
  return pipeline_->DeleteMatter(std::move(name));
}

boost::asio::awaitable<Result<void>> Ingest::Purge() {
  return pipeline_->Purge();
}

bool Ingest::purging() const {
  return pipeline_->purging();
}

std::shared_ptr<void> Ingest::Subscribe(std::function<void(const Progress&)> listener) {
  return pipeline_->Subscribe(std::move(listener));
}

std::int64_t Ingest::pending() const {
  return pipeline_->pending();
}

void Ingest::Follow(const documents::ExtractionLimits& limits, const documents::OcrOptions& ocr) {
  pipeline_->Follow(limits, ocr);
}

const std::vector<std::string>& Ingest::models_with_vectors() const {
  return pipeline_->models_with_vectors();
}

asio::awaitable<Result<void>> Ingest::Reembed(std::string model) {
  return reembedder_->Begin(std::move(model));
}

asio::awaitable<Result<void>> Ingest::GiveUpReembedding() {
  return reembedder_->GiveUp();
}

const ReembedProgress& Ingest::reembedding() const {
  return reembedder_->progress();
}

std::shared_ptr<void> Ingest::SubscribeReembedding(std::function<void(const ReembedProgress&)> listener) {
  return reembedder_->Subscribe(std::move(listener));
}

asio::awaitable<void> Ingest::Stop() {
  co_await reembedder_->Stop();
  co_await pipeline_->Stop();
}

}  // namespace counsel::ingest
