// What the last answer of each conversation was answered from: the next question is asked of it. Kept in memory alone,
// so that after a restart a conversation's next question is asked of all documents.
//
// One thread (the io thread).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "answers/answers.h"

namespace counsel::answers {

// Ids of the documents that the answer stands on: those that the question meant, else those that are quoted or cited.
// Empty: it stands on none.
[[nodiscard]] std::vector<std::string> AnsweredFrom(const Answer& answer);

class LastAnsweredFrom {
 public:
  static constexpr std::size_t kMost = 1000;  // conversations; the one kept first goes

  // An answer that stands on nothing changes nothing.
  void Keep(const std::string& session, std::vector<std::string> documents);
  // Empty: not known.
  [[nodiscard]] std::vector<std::string> Of(const std::string& session) const;

 private:
  struct Kept {
    std::uint64_t at = 0;
    std::vector<std::string> documents;
  };
  std::map<std::string, Kept, std::less<>> kept_;
  std::uint64_t now_ = 0;
};

}  // namespace counsel::answers
