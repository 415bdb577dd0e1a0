#include "http/answer_models.h"

#include <utility>

namespace counsel::http {

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
  if (with_generator) {
    Result<models::Catalogue::Choice> generator = services.generator();
    if (!generator) return Fail(std::move(generator.error()));
    chosen.generator = generator->name;
  }
  return chosen;
}

}  // namespace counsel::http
