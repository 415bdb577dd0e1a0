#include "answers/contradictions.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "judging/contradiction.h"
#include "judging/subject.h"

namespace counsel::answers {
namespace {

using judging::StatedValue;

struct Statement {
  Citation citation;
  std::vector<StatedValue> values;
};

Statement StatementOf(const Citation& citation) {
  Statement statement;
  statement.citation = citation;
  statement.citation.answer_start = statement.citation.answer_end = 0;
  statement.values = judging::ValuesStated(citation.quote);
  return statement;
}

// What the documents of these passages are about, as far as it is in sight.
std::map<std::string, judging::Subject> Subjects(const std::vector<Passage>& passages) {
  std::map<std::string, std::vector<std::string_view>> texts;
  for (const Passage& passage : passages) texts[passage.document].push_back(passage.text);
  std::map<std::string, judging::Subject> subjects;
  for (const Passage& passage : passages) {
    if (subjects.count(passage.document) == 0)
      subjects[passage.document] = judging::SubjectOf(passage.name, texts[passage.document]);
  }
  return subjects;
}

}  // namespace

std::vector<Contradiction> FindContradictions(const std::vector<Quote>& quotes, const std::vector<Citation>& citations,
                                              const std::vector<Passage>& passages) {
  std::vector<Contradiction> found;
  std::vector<Statement> said;
  for (const Quote& quote : quotes) said.push_back(StatementOf(quote.citation));
  for (const Citation& citation : citations) said.push_back(StatementOf(citation));
  std::erase_if(said, [](const Statement& one) { return one.values.empty(); });
  if (said.empty() || passages.size() < 2) return found;
  std::vector<Statement> others;
  for (const Quote& quote : Quotable(passages)) others.push_back(StatementOf(quote.citation));
  std::map<std::string, judging::Subject> subjects = Subjects(passages);
  std::set<std::string> told;  // both values of a thing, once
  for (const Statement& one : said) {
    for (const Statement& other : others) {
      if (one.citation.document == other.citation.document) continue;
      if (!judging::MayBeOne(subjects[one.citation.document], subjects[other.citation.document])) continue;
      for (const StatedValue& first : one.values) {
        for (const StatedValue& second : other.values) {
          if (!judging::Disagree(first, second)) continue;
          if (!told.insert(first.name + "|" + std::min(first.key, second.key) + "|" + std::max(first.key, second.key))
                   .second)
            continue;
          Contradiction both;
          both.about = first.name;
          both.sides = {{first.says, one.citation}, {second.says, other.citation}};
          found.push_back(std::move(both));
          if (found.size() == kShownContradictions) return found;
        }
      }
    }
  }
  return found;
}

}  // namespace counsel::answers
