#include "answers/side_by_side.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "answers/register_answer.h"
#include "companies_house/register_entry.h"

namespace counsel::answers {
namespace {

using companies_house::CompanyEntry;
using companies_house::EntryText;
using companies_house::Fact;
using companies_house::FactKind;

std::string_view InWords(const Disagreement& what) {
  switch (what.fact) {
    case DisputedFact::kName:
      return "the name";
    case DisputedFact::kNumber:
      return "the company number";
    case DisputedFact::kOffice:
      return "the registered office";
    case DisputedFact::kOfficer:
      break;
  }
  if (what.kind == FactKind::kSecretary) return "who is secretary";
  return what.kind == FactKind::kMember ? "who is a member" : "who is a director";
}

class Page {
 public:
  Page(const CompanyEntry& entry, const StoredReading& reading, Answer& answer)
      : entry_(entry), reading_(reading), answer_(answer) {}

  // Those of one fact: the register's line once, each document's under it. False: the reading's stored text has no such
  // line.
  bool Put(const std::vector<const DocumentDisagreement*>& group, const Fact& fact) {
    const std::optional<Citation> line = RegisterLine(fact);
    if (!line) return false;
    const Disagreement& first = group.front()->what;
    answer_.text += "\n\n";
    Say(Whose(group) +
        (first.former_name ? " uses a former name of the company"
                           : " and the register do not agree on " + std::string(InWords(first))) +
        " (the register as read on " + DayInText(entry_.company.read_at) + "):");
    const Citation of_register = Quote("\n- the register: ", *line, entry_.company.matter);
    for (const DocumentDisagreement* one : group) {
      SideBySide both;
      both.fact = DisputedFactName(one->what.fact);
      both.former_name = one->what.former_name;
      both.register_says = one->what.register_says;
      both.document_says = one->what.document_says;
      both.read_at = entry_.company.read_at;
      both.register_citation = of_register;
      both.document_citation = Quote("\n- " + one->citation.name + ": ", one->citation, one->matter);
      answer_.disagreements.push_back(std::move(both));
    }
    return true;
  }
  void Say(const std::string& words) {
    AnswerSentence sentence;
    sentence.start = answer_.text.size();
    answer_.text += words;
    sentence.end = answer_.text.size();
    sentence.needs_support = false;
    answer_.resolved.sentences.push_back(std::move(sentence));
  }

 private:
  // "lease.txt", "Each of 3 documents"
  [[nodiscard]] static std::string Whose(const std::vector<const DocumentDisagreement*>& group) {
    std::set<std::string> documents;
    for (const DocumentDisagreement* one : group) documents.insert(one->citation.document);
    if (documents.size() == 1) return group.front()->citation.name;
    return (group.front()->what.former_name ? "Each of " : "") + std::to_string(documents.size()) + " documents";
  }

  [[nodiscard]] std::optional<Citation> RegisterLine(const Fact& fact) const {
    const std::optional<std::int64_t> start = FindFact(fact, reading_.text);
    if (!start) return std::nullopt;
    Citation citation;
    citation.document = entry_.company.document;
    citation.name = reading_.name;
    citation.start = *start;
    citation.end = *start + (fact.end - fact.start);
    citation.quote = fact.text;
    return citation;
  }

  // The number of a passage that holds it, which may be new.
  int PassageOf(const Citation& citation, const std::string& matter) {
    for (const Passage& passage : answer_.passages) {
      const bool holds =
          passage.document == citation.document && passage.start <= citation.start && citation.end <= passage.end;
      if (holds) return passage.n;
    }
    Passage passage;
    passage.n = 1;
    for (const std::vector<Passage>* list : {&answer_.passages, &answer_.left_out}) {
      for (const Passage& one : *list) passage.n = std::max(passage.n, one.n + 1);
    }
    passage.document = citation.document;
    passage.name = citation.name;
    passage.matter = matter;
    passage.page = citation.page;
    passage.ocr_confidence = citation.ocr_confidence;
    passage.start = citation.start;
    passage.end = citation.end;
    passage.text = citation.quote;
    // It answers nothing where documents do: how sure that answer is stays as it was.
    passage.relevance = answer_.register_reading ? 1 : 0;
    answer_.passages.push_back(std::move(passage));
    return answer_.passages.back().n;
  }

  Citation Quote(const std::string& lead, Citation citation, const std::string& matter) {
    answer_.text += lead;
    citation.n = PassageOf(citation, matter);
    citation.answer_start = answer_.text.size();
    answer_.text += citation.quote;
    citation.answer_end = answer_.text.size();
    AnswerSentence sentence;
    sentence.start = citation.answer_start;
    sentence.end = citation.answer_end;
    sentence.supported = true;
    sentence.grade = judging::Grade::kSupported;
    answer_.resolved.sentences.push_back(std::move(sentence));
    answer_.text += " [" + std::to_string(citation.n) + "]";
    answer_.resolved.citations.push_back(citation);
    return citation;
  }

  const CompanyEntry& entry_;
  const StoredReading& reading_;
  Answer& answer_;
};

bool Asks(const RegisterQuestion& question, FactKind kind) {
  return std::find(question.kinds.begin(), question.kinds.end(), kind) != question.kinds.end();
}

bool Concerns(const RegisterQuestion& question, const Disagreement& what) {
  if (what.fact == DisputedFact::kOffice) return Asks(question, FactKind::kOffice);
  if (what.fact == DisputedFact::kNumber) return Asks(question, FactKind::kNumber);
  if (what.fact == DisputedFact::kName) {
    return Asks(question, FactKind::kNumber) || (what.former_name && Asks(question, FactKind::kFormerName));
  }
  if (!Asks(question, what.kind) || question.past) return false;
  const std::vector<std::string> said = PlainWords(what.document_says);
  return std::all_of(question.who.begin(), question.who.end(), [&said](const std::string& word) {
    return std::find(said.begin(), said.end(), word) != said.end();
  });
}

}  // namespace

bool CanBeDisputed(const RegisterQuestion& question) {
  static constexpr std::array kKinds = {FactKind::kNumber,   FactKind::kFormerName, FactKind::kOffice,
                                        FactKind::kDirector, FactKind::kSecretary,  FactKind::kMember};
  return std::any_of(kKinds.begin(), kKinds.end(), [&question](FactKind kind) { return Asks(question, kind); });
}

std::vector<DocumentDisagreement> ChooseDisagreements(const RegisterQuestion& question,
                                                      std::vector<DocumentDisagreement> disagreements) {
  std::erase_if(disagreements, [&question](const DocumentDisagreement& one) { return !Concerns(question, one.what); });
  return disagreements;
}

void PutSideBySide(const CompanyEntry& entry, const StoredReading& reading,
                   const std::vector<DocumentDisagreement>& disagreements, std::size_t most, Answer* answer) {
  const EntryText rendered = companies_house::RenderEntry(entry.dossier);
  std::map<DisputedFact, std::size_t> shown;
  std::size_t left_out = 0;
  // By what they are about; the rest of the order stays.
  std::map<std::tuple<DisputedFact, std::size_t, std::string>, std::vector<const DocumentDisagreement*>> groups;
  for (const DocumentDisagreement& one : disagreements) {
    if (++shown[one.what.fact] > most) {
      ++left_out;
    } else {
      groups[{one.what.fact, one.what.register_fact, one.what.register_says}].push_back(&one);
    }
  }
  Page page(entry, reading, *answer);
  for (const auto& [about, group] : groups) (void)page.Put(group, rendered.facts[std::get<1>(about)]);
  if (left_out == 0) return;
  answer->text += "\n\n";
  page.Say("Documents disagree with the register in " + std::to_string(left_out) + " more places: counsel company " +
           entry.company.number + " --matter '" + entry.company.matter + "'");
}

}  // namespace counsel::answers
