#include "answers/unmentioned.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

#include "answers/quotes.h"
#include "answers/subject.h"
#include "search/passages_at.h"
#include "understanding/answer_kind.h"
#include "understanding/asked_head.h"
#include "understanding/follow_up_words.h"
#include "understanding/named_things.h"
#include "understanding/numbered_things.h"

namespace counsel::answers {
namespace {

constexpr std::size_t kMostTold = 3;

bool IsIn(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "Jane Roe", of whom no name is anywhere; "" of a name that is known by half.
bool AllMissing(const std::string& name, const std::vector<std::string>& missing) {
  const std::vector<understanding::Token> tokens = understanding::Tokens(name);
  return !tokens.empty() && std::all_of(tokens.begin(), tokens.end(), [&](const understanding::Token& token) {
    return IsIn(missing, name.substr(token.start, token.end - token.start));
  });
}

// A name with a small letter: "VAT" is nobody.
bool IsNameOfSomebody(std::string_view question, const std::string& word) {
  const bool small = std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) != 0; });
  return small && understanding::IsNameAt(question, question.find(word));
}

}  // namespace

bool AllButNames(std::string_view question, const std::vector<std::string>& asked,
                 const std::vector<std::string>& missing) {
  const auto is_name = [question](const std::string& word) { return IsNameOfSomebody(question, word); };
  const auto named = std::count_if(asked.begin(), asked.end(), is_name);
  if (named == 0 || static_cast<std::size_t>(named) == asked.size()) return false;
  return std::all_of(asked.begin(), asked.end(),
                     [&](const std::string& word) { return is_name(word) || IsIn(missing, word); });
}

Result<Unmentioned> FindUnmentioned(store::Connection& db, const search::Query& query, const Meant& meant,
                                    const std::vector<search::Hit>& hits) {
  Unmentioned unmentioned;
  const std::string asked = LastLine(meant.question);
  std::string all;
  for (const search::Hit& hit : hits) all += hit.heading + "\n" + hit.text + "\n";
  const auto nowhere = [&](const std::string& words) -> Result<bool> {
    ASSIGN_OR_RETURN(const std::vector<search::PassageAt> there,
                     search::WithPhrase(db, words, query.scopes, query.documents, 1));
    return there.empty();
  };
  const std::vector<understanding::NumberedThing> things = understanding::NumberedThings(asked);
  for (const understanding::NumberedThing& thing : things) {
    if (!meant.of_others.empty() || !understanding::TellsOfAnother({thing}, all)) continue;
    ASSIGN_OR_RETURN(const bool missing, nowhere(thing.words));
    if (!missing) continue;
    unmentioned.words.push_back(thing.words);
    unmentioned.another = true;
  }
  const bool yes_no = understanding::AskedKind(asked) == understanding::AnswerKind::kYesNo;
  const Subject subject(asked, meant.kept_names);
  std::vector<std::string> missing;
  for (const std::string& word : subject.NotIn(all, yes_no)) {
    ASSIGN_OR_RETURN(const bool is, nowhere(word));
    if (is) missing.push_back(word);
  }
  bool no_such_code = false;
  for (const understanding::CodedThing& thing : understanding::CodedThings(asked)) {
    ASSIGN_OR_RETURN(const bool none, nowhere(thing.code));
    if (!none) continue;
    no_such_code = unmentioned.another = true;
    unmentioned.words.push_back(thing.code);
  }
  // "Who owns the patent?": what is owned is told, where nothing has it.
  if (understanding::AskedKind(asked) == understanding::AnswerKind::kWho) {
    for (const std::string& word : subject.NotIn(all, true)) {
      const std::size_t at = asked.find(word);
      if (IsIn(missing, word) || at < 4 || at == std::string::npos || asked.compare(at - 4, 4, "the ") != 0) continue;
      ASSIGN_OR_RETURN(const bool is, nowhere(word));
      if (is) missing.push_back(word);
    }
  }
  unmentioned.all_but_names = yes_no && (no_such_code || AllButNames(asked, subject.NotIn("", true), missing));
  std::vector<std::string> names = understanding::NamedThings(asked);
  for (const std::string& name : names) {
    if (!AllMissing(name, missing) || IsIn(unmentioned.words, name)) continue;
    unmentioned.words.push_back(name);
    unmentioned.another = true;
  }
  for (const std::string& word : missing) {
    const bool of_name = understanding::IsNameAt(asked, asked.find(word));
    if (!of_name && std::isdigit(static_cast<unsigned char>(word[0])) == 0) unmentioned.words.push_back(word);
  }
  if (unmentioned.words.size() > kMostTold) unmentioned.words.resize(kMostTold);
  return unmentioned;
}

std::string Told(const Unmentioned& unmentioned) {
  if (unmentioned.words.empty()) return "";
  std::string told = "Nothing that was searched mentions ";
  for (std::size_t i = 0; i < unmentioned.words.size(); ++i) {
    told += (i == 0                              ? ""
             : i + 1 == unmentioned.words.size() ? " or "
                                                 : ", ") +
            ("\u201C" + unmentioned.words[i]) + "\u201D";
  }
  return told + ".";
}

}  // namespace counsel::answers
