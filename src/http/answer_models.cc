#include "http/answer_models.h"

#include <utility>

namespace counsel::http {
namespace {

using models::Catalogue;

Result<Catalogue::Choice> Installed(const Services& services, Result<Catalogue::Choice> choice) {
  if (!choice) return choice;
  Result<const models::ModelEntry*> entry = services.catalogue.Find(choice->name);
  if (!entry) return Fail(std::move(entry.error()));
  if (Result<void> there = services.catalogue.RequireInstalled(**entry); !there) return Fail(std::move(there.error()));
  return choice;
}

}  // namespace

Result<answers::AnswerModels> ChooseModels(const Services& services, bool with_generator) {
  answers::AnswerModels chosen;
  Result<models::Catalogue::Choice> embedder = services.embedder();
  if (!embedder) return Fail(std::move(embedder.error()));
  chosen.embedder = embedder->name;
  Result<const models::ModelEntry*> entry = services.catalogue.Find(chosen.embedder);
  if (!entry) return Fail(std::move(entry.error()));
  chosen.calibration.bias = (*entry)->relevance.bias;
  chosen.calibration.cosine = (*entry)->relevance.cosine;
  chosen.calibration.coverage = (*entry)->relevance.coverage;
  if (const Result<models::Catalogue::Choice> reranker = services.catalogue.ChooseReranker()) {
    // Nothing is sent to another machine unless it is named.
    const auto known = services.catalogue.Find(reranker->name);
    if (known && !(*known)->remote) chosen.reranker = reranker->name;
  }
  if (with_generator) {
    const AnswerDefaults defaults = services.answer_defaults();
    chosen.style = defaults.style;
    chosen.patience = defaults.patience;
    Result<models::Catalogue::Choice> generator = services.generator();
    if (generator) {
      if (const auto writer = services.catalogue.Find(generator->name)) chosen.writes_answers = (*writer)->answers;
      chosen.generator = generator->name;
    } else {
      chosen.generator = Fail(std::move(generator.error()));
    }
  }
  return chosen;
}

Result<Catalogue::Choice> InstalledEmbedder(const Services& services) {
  return Installed(services, services.embedder());
}

Result<Catalogue::Choice> InstalledWantedEmbedder(const Services& services) {
  return Installed(services, services.wanted_embedder());
}

Result<Catalogue::Choice> InstalledGenerator(const Services& services) {
  return Installed(services, services.generator());
}

}  // namespace counsel::http
