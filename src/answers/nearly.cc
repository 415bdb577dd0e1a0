#include "answers/nearly.h"

#include <algorithm>
#include <map>

#include "answers/subject.h"

namespace counsel::answers {

bool HaveAllOfIt(const std::string& question, const std::string& names, understanding::AnswerKind kind,
                 const std::vector<Passage>& passages) {
  if (!understanding::WantsValue(kind) && kind != understanding::AnswerKind::kWho) return false;
  const Subject subject(question, names);
  // A single word is soon there.
  if (subject.NotIn("", true).size() < 2) return false;
  std::map<std::string, std::string> texts;
  for (const Passage& passage : passages) texts[passage.document] += passage.heading + "\n" + passage.text + "\n";
  return std::any_of(texts.begin(), texts.end(),
                     [&subject](const auto& one) { return subject.NotIn(one.second, true).empty(); });
}

}  // namespace counsel::answers
