// What `counsel add` follows: the documents it queued, how far each is, and what that is in all. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace counsel::app {

class Followed {
 public:
  // A document, as its reply or list has it. false when it is followed already.
  bool Add(const nlohmann::json& document);
  // One that is to be looked at.
  void AddUnknown(const std::string& id);
  // An event `document`; of others it is kept while `Add` may still come.
  void Take(const nlohmann::json& event);
  // All has been added: what others' events say is kept no longer.
  void AllAdded() { early_.clear(); }

  // Of those that are unfinished now, only these are: the others are at their end, or gone.
  void OnlyUnfinished(const std::set<std::string>& ids);
  [[nodiscard]] std::size_t unfinished() const { return unfinished_.size(); }
  [[nodiscard]] bool is_unfinished(const std::string& id) const { return unfinished_.contains(id); }
  [[nodiscard]] std::size_t count() const { return documents_.size(); }

  // At most `most` of those that were not looked at since their end, each once.
  [[nodiscard]] std::vector<std::string> TakeToLookAt(std::size_t most);
  // One that was looked at is not at its end.
  void NotYet(const std::string& id) { unfinished_.insert(id); }

  // What there is to do in all, `more` documents not added yet among it.
  struct Work {
    double share = 0;         // done, 0 to 1
    double seconds_left = 0;  // 0: not known
    std::string text;         // "12/40 documents, 310 passages, 104/s, about 12 s left"
  };
  [[nodiscard]] Work WorkWith(std::size_t more) const;

 private:
  struct Passages {
    std::int64_t done = 0;
    std::int64_t all = 0;  // 0: not known yet
  };
  void Count(Passages& passages, Passages now);
  void Finish(const std::string& id);

  std::map<std::string, Passages> documents_;
  std::set<std::string> unfinished_;
  std::set<std::string> to_look_at_;
  std::set<std::string> early_;  // at their end before their reply was read
  std::int64_t done_ = 0;        // passages
  std::int64_t all_ = 0;         // passages of those documents whose number is known
  std::size_t known_ = 0;        // such documents
  std::string reading_;          // ", page 3 of 9 by OCR"
  double per_second_ = 0;        // passages of late, by the daemon's word; 0: not known
};

// ready or failed
[[nodiscard]] bool IsFinal(const std::string& state);

}  // namespace counsel::app
