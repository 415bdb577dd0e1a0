#include "app/followed.h"

#include <algorithm>

#include "app/terminal.h"

namespace counsel::app {

using Json = nlohmann::json;

bool IsFinal(const std::string& state) {
  return state == "ready" || state == "failed";
}

void Followed::Count(Passages& passages, Passages now) {
  done_ += now.done - passages.done;
  all_ += now.all - passages.all;
  if (now.all > 0 && passages.all == 0) ++known_;
  if (now.all == 0 && passages.all > 0) --known_;
  passages = now;
}

void Followed::Finish(const std::string& id) {
  if (unfinished_.erase(id) > 0) to_look_at_.insert(id);
}

bool Followed::Add(const Json& document) {
  const std::string id = document.value("id", "");
  const auto [place, added] = documents_.emplace(id, Passages());
  if (!added) return false;
  const std::int64_t chunks = document.value("chunks", std::int64_t{0});
  Count(place->second, {chunks, chunks});
  unfinished_.insert(id);
  if (IsFinal(document.value("state", "")) || early_.erase(id) > 0) Finish(id);
  return true;
}

void Followed::AddUnknown(const std::string& id) {
  if (documents_.emplace(id, Passages()).second) to_look_at_.insert(id);
}

void Followed::Take(const Json& event) {
  const std::string id = event.value("id", "");
  const std::string state = event.value("state", "");
  const auto followed = documents_.find(id);
  if (followed == documents_.end()) {
    if (IsFinal(state)) {
      early_.insert(id);
    } else {
      early_.erase(id);
    }
    return;
  }
  Count(followed->second, {event.value("chunks_done", std::int64_t{0}), event.value("chunks", std::int64_t{0})});
  if (const auto rate = event.find("chunks_per_second"); rate != event.end() && rate->is_number()) per_second_ = *rate;
  const std::int64_t pages = event.value("pages", std::int64_t{0});
  const bool reading = state == "extracting" && pages > 0;
  reading_ = !reading ? ""
                      : ", page " + std::to_string(event.value("pages_done", std::int64_t{0})) + " of " +
                            std::to_string(pages) + " by OCR";
  if (IsFinal(state)) Finish(id);
}

void Followed::OnlyUnfinished(const std::set<std::string>& ids) {
  std::vector<std::string> finished;
  std::set_difference(unfinished_.begin(), unfinished_.end(), ids.begin(), ids.end(), std::back_inserter(finished));
  for (const std::string& id : finished) Finish(id);
}

std::vector<std::string> Followed::TakeToLookAt(std::size_t most) {
  const auto end = std::next(to_look_at_.begin(), static_cast<std::ptrdiff_t>(std::min(most, to_look_at_.size())));
  std::vector<std::string> ids(to_look_at_.begin(), end);
  to_look_at_.erase(to_look_at_.begin(), end);
  return ids;
}

Followed::Work Followed::WorkWith(std::size_t more) const {
  Work work;
  const std::size_t total = documents_.size() + more;
  // A document that is not read yet is taken to have as many passages as those that are have on average.
  const double all =
      known_ > 0 ? static_cast<double>(all_) * static_cast<double>(total) / static_cast<double>(known_) : 0;
  const double left = all - static_cast<double>(done_);
  if (all > 0) work.share = std::min(1.0, static_cast<double>(done_) / all);
  if (per_second_ > 0) work.seconds_left = std::max(0.0, left / per_second_);
  work.text = std::to_string(documents_.size() - unfinished_.size()) + "/" + std::to_string(total) + " documents, " +
              std::to_string(done_) + " passages";
  if (per_second_ >= 1) work.text += ", " + std::to_string(static_cast<std::int64_t>(per_second_)) + "/s";
  work.text += reading_;
  if (work.seconds_left >= 2) work.text += ", about " + FormatSeconds(work.seconds_left) + " left";
  return work;
}

}  // namespace counsel::app
