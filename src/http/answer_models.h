// Who answers, and a sink for callers that want the whole reply at once.
#pragma once

#include "answers/answers.h"
#include "base/result.h"
#include "http/services.h"

namespace counsel::http {

// The models that answer now. A missing generator is no error here: AnswerQuestion tells it where one is needed.
[[nodiscard]] Result<answers::AnswerModels> ChooseModels(const Services& services, bool with_generator);

// The model of that role, all its files being there; else kModelFileMissing, as Catalogue::RequireInstalled tells it.
[[nodiscard]] Result<models::Catalogue::Choice> InstalledEmbedder(const Services& services);
[[nodiscard]] Result<models::Catalogue::Choice> InstalledGenerator(const Services& services);
[[nodiscard]] Result<models::Catalogue::Choice> InstalledWantedEmbedder(const Services& services);

class SilentSink : public answers::AnswerSink {
 public:
  Result<void> OnStatus(std::string_view, std::string_view, double) override { return {}; }
  Result<void> OnWaiting(std::string_view, std::size_t) override { return {}; }
  Result<void> OnQuotes(const std::vector<answers::Quote>&) override { return {}; }
  Result<void> OnText(std::string_view) override { return {}; }
};

}  // namespace counsel::http
