#include "ingest/ingest.h"

#include <utility>

#include "ingest/pipeline.h"

namespace counsel::ingest {

namespace asio = boost::asio;

Ingest::Ingest(asio::any_io_executor io, store::Store& store, const documents::Originals& originals,
               models::ModelPool& pool, IngestOptions options)
    : pipeline_(std::make_shared<Pipeline>(std::move(io), store, originals,
                                           std::make_unique<PooledEmbedding>(pool, options.embedding_model), options)) {
}

Ingest::~Ingest() = default;

asio::awaitable<Result<void>> Ingest::Start() {
  return pipeline_->Start();
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

asio::awaitable<void> Ingest::Stop() {
  return pipeline_->Stop();
}

}  // namespace counsel::ingest
