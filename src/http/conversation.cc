#include "http/conversation.h"

#include <set>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "answers/sessions.h"

namespace counsel::http {

namespace asio = boost::asio;

asio::awaitable<Result<void>> Recall(Services& services, const std::string& session, const std::string& question,
                                     answers::QuestionOptions* options) {
  if (session.empty()) co_return Result<void>();
  auto work = [&session](store::Connection& db) { return answers::RecallSession(db, session); };
  Result<std::vector<answers::Exchange>> earlier = co_await services.store.Read(work);
  if (!earlier) co_return Fail(std::move(earlier.error()));
  options->search_text = answers::SearchText(question, *earlier);
  options->framing.earlier = std::move(*earlier);
  co_return Result<void>();
}

asio::awaitable<void> Remember(Services& services, const std::string& session, const std::string& question,
                               const answers::Answer& answer) {
  if (session.empty()) co_return;
  const answers::Exchange exchange(question, answer.text);
  std::set<std::string> used;
  for (const answers::Passage& passage : answer.passages) used.insert(passage.document);
  const std::vector<std::string> documents(used.begin(), used.end());
  auto work = [&](store::Connection& db) { return answers::Remember(db, session, exchange, documents); };
  Result<void> kept = co_await services.store.Write(work);
  if (!kept) spdlog::warn("an answer was not remembered for its session: {}", kept.error().message);
}

}  // namespace counsel::http
