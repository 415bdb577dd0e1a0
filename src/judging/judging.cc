#include "judging/judging.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "judging/comparison.h"
#include "judging/evidence.h"
#include "judging/grading.h"
#include "judging/language.h"
#include "judging/lead.h"
#include "judging/parties.h"
#include "judging/reply.h"
#include "judging/rules.h"
#include "judging/statements.h"

namespace counsel::judging {
namespace {

// A claim shorter than this is true of too many texts.
constexpr int kLeastUnits = 2;
constexpr std::size_t kPlaces = 6;       // sentences that are tried first
constexpr int kFarthestNeighbour = 8;    // sentences between two that are read together
constexpr int kLeastOfSentence = 2;      // units that each sentence of a place must carry
constexpr std::size_t kNamedBefore = 3;  // sentences before a place whose words are in sight there

struct Place {
  std::vector<int> sentences;  // ascending
};

struct Outcome {
  Grade grade = Grade::kUnsupported;
  double cost = 0;
  std::vector<Finding> findings;
  Place place;

  [[nodiscard]] bool Better(const Outcome& other) const {
    return grade > other.grade || (grade == other.grade && cost < other.cost);
  }
};

}  // namespace

struct Sources::Read {
  explicit Read(const std::vector<Source>& sources) : evidence(sources), given(sources) {
    for (const Source& source : sources) names.emplace_back(source);
  }

  [[nodiscard]] std::vector<Place> Places(const Reading& claim, const std::vector<std::size_t>& among) const;
  [[nodiscard]] Outcome Try(const Reading& claim, const Lead& lead, const Place& place) const;
  [[nodiscard]] Outcome TryReading(const Reading& claim, const Lead& lead, const Place& place, const Reading& source,
                                   const std::vector<std::size_t>& ends, const SourceSentence* whole = nullptr) const;
  void CheckLead(const Lead& lead, const Reading& claim, const Place& place, std::vector<Finding>* findings) const;
  // The best that any place makes of it; nothing when no sentence has its words.
  [[nodiscard]] std::optional<Outcome> Best(const Reading& claim, const Lead& lead,
                                            const std::vector<std::size_t>& among) const;
  [[nodiscard]] std::optional<Outcome> InParts(std::string_view sentence, std::size_t start, std::size_t end,
                                               const Lead& lead, const std::vector<std::size_t>& among) const;
  void TryRestated(std::string_view sentence, std::size_t start, std::size_t end, const Lead& lead,
                   const Reading& claim, const std::vector<std::size_t>& among, Outcome* found) const;
  void TryAsParties(std::string_view sentence, std::size_t start, std::size_t end, const Lead& lead,
                    const std::vector<std::size_t>& among, Outcome* found) const;
  [[nodiscard]] std::optional<Verdict> Verbatim(std::string_view words, const Lead& lead, const Reading& claim,
                                                const std::vector<std::size_t>& among) const;
  [[nodiscard]] bool KnownElsewhere(const Comparison& comparison, std::size_t unit, const Place& place) const;
  [[nodiscard]] bool EachCarries(const Comparison& comparison, const std::vector<std::size_t>& ends) const;

  Evidence evidence;
  std::vector<Source> given;
  std::vector<SourceNames> names;
};

// The sentences that share most with the claim, alone and together with their neighbours.
std::vector<Place> Sources::Read::Places(const Reading& claim, const std::vector<std::size_t>& among) const {
  std::vector<std::pair<double, int>> scores;
  const auto& sentences = evidence.sentences();
  std::vector<std::pair<std::string, std::string>> keys;
  for (const Unit& unit : claim.units) {
    if (Comparison::Counts(unit)) keys.emplace_back(unit.key, unit.family);
  }
  for (std::size_t s = 0; s < sentences.size(); ++s) {
    const SourceSentence& sentence = sentences[s];
    if (sentence.heading || sentence.reading.units.empty()) continue;
    if (!among.empty() && std::find(among.begin(), among.end(), sentence.source) == among.end()) continue;
    double score = 0;
    for (const auto& [key, family] : keys) {
      if (sentence.keys.count(key) > 0) {
        score += evidence.Weight(key);
      } else if (sentence.keys.count(family) > 0) {
        score += evidence.Weight(family);
      }
    }
    if (score > 0) scores.emplace_back(-score, static_cast<int>(s));
  }
  std::sort(scores.begin(), scores.end());
  if (scores.size() > kPlaces) scores.resize(kPlaces);
  std::vector<Place> places;
  std::set<std::vector<int>> seen;
  const auto add = [&](std::vector<int> of) {
    std::sort(of.begin(), of.end());
    for (const int s : of) {
      if (s < 0 || s >= static_cast<int>(sentences.size())) return;
      const SourceSentence& sentence = sentences[static_cast<std::size_t>(s)];
      if (sentence.source != sentences[static_cast<std::size_t>(of.front())].source || sentence.heading ||
          sentence.reading.units.empty())
        return;
    }
    if (seen.insert(of).second) places.push_back({std::move(of)});
  };
  for (const auto& [score, s] : scores) add({s});
  for (const auto& [score, s] : scores) {
    add({s, s + 1});
    add({s - 1, s});
    add({s - 1, s, s + 1});
    add({s, s + 1, s + 2});
  }
  for (std::size_t a = 0; a < scores.size(); ++a) {
    for (std::size_t b = a + 1; b < std::min<std::size_t>(scores.size(), 4); ++b) {
      if (std::abs(scores[a].second - scores[b].second) <= kFarthestNeighbour)
        add({scores[a].second, scores[b].second});
    }
  }
  return places;
}

// "the interior of the property", where the place says "the interior": the document says so beside it elsewhere.
bool Sources::Read::KnownElsewhere(const Comparison& comparison, std::size_t unit, const Place& place) const {
  const std::string& name = evidence.sentences()[static_cast<std::size_t>(place.sentences.front())].name;
  const std::vector<Unit>& units = comparison.claim.units;
  const auto first = static_cast<std::size_t>(place.sentences.front());
  for (std::size_t back = 1; back <= kNamedBefore && back <= first; ++back) {
    const SourceSentence& before = evidence.sentences()[first - back];
    if (before.source == evidence.sentences()[first].source &&
        (before.keys.count(units[unit].key) > 0 || before.keys.count(units[unit].family) > 0) &&
        units[unit].kind == UnitKind::kWord)
      return true;
  }
  for (const int d : {-1, 1}) {
    const std::size_t beside = unit + static_cast<std::size_t>(d);
    if ((d < 0 && unit == 0) || beside >= units.size() || comparison.to_source[beside] < 0 || units[beside].verb)
      continue;
    if (evidence.Beside(units[unit].key, units[beside].key, name)) return true;
  }
  return false;
}

bool Sources::Read::EachCarries(const Comparison& comparison, const std::vector<std::size_t>& ends) const {
  std::size_t first = 0;
  for (const std::size_t end : ends) {
    int carried = 0;
    for (std::size_t j = first; j < end; ++j)
      carried += comparison.to_claim[j] >= 0 && Comparison::Counts(comparison.source.units[j]) ? 1 : 0;
    if (carried < kLeastOfSentence) return false;
    first = end;
  }
  return true;
}

void Sources::Read::CheckLead(const Lead& lead, const Reading& claim, const Place& place,
                              std::vector<Finding>* findings) const {
  const SourceSentence& first = evidence.sentences()[static_cast<std::size_t>(place.sentences.front())];
  if (!lead.documents.empty() && !names[first.source].Answers(lead.documents))
    findings->push_back({FindingKind::kContradiction, "the sentence names another document", -1});
  for (const std::string& clause : lead.clauses) {
    bool within = false;
    bool known = false;
    for (const int s : place.sentences) {
      const std::string& label = evidence.sentences()[static_cast<std::size_t>(s)].label;
      known = known || !label.empty();
      within = within || IsWithin(clause, label);
    }
    if (within) continue;
    if (!known && given[first.source].heading.find(clause) != std::string::npos) continue;
    findings->push_back({known ? FindingKind::kContradiction : FindingKind::kOpen,
                         known ? "this does not stand in clause " + clause : "clause " + clause + " cannot be seen",
                         -1});
  }
  CheckReply(lead, claim, findings);
}

Outcome Sources::Read::Try(const Reading& claim, const Lead& lead, const Place& place) const {
  Reading source;
  std::vector<std::size_t> ends;
  for (const int s : place.sentences) {
    Append(evidence.sentences()[static_cast<std::size_t>(s)].reading, &source);
    ends.push_back(source.units.size());
  }
  Outcome best = TryReading(claim, lead, place, source, ends);
  if (best.grade == Grade::kSupported || place.sentences.size() > 1) return best;
  for (const Reading& statement : evidence.Statements(static_cast<std::size_t>(place.sentences.front()))) {
    Outcome outcome = TryReading(claim, lead, place, statement, {statement.units.size()},
                                 &evidence.sentences()[static_cast<std::size_t>(place.sentences.front())]);
    if (outcome.Better(best)) best = std::move(outcome);
    if (best.grade == Grade::kSupported) break;
  }
  return best;
}

Outcome Sources::Read::TryReading(const Reading& claim, const Lead& lead, const Place& place, const Reading& source,
                                  const std::vector<std::size_t>& ends, const SourceSentence* whole) const {
  const auto before = static_cast<std::size_t>(place.sentences.front());
  const bool has_before = before > 0 && evidence.sentences()[before - 1].source == evidence.sentences()[before].source;
  const Comparison comparison(claim, source, has_before ? &evidence.sentences()[before - 1].reading : nullptr);
  Outcome outcome;
  outcome.place = place;
  for (const Rule& rule : Rules()) rule.look({comparison, &outcome.findings});
  for (Finding& finding : outcome.findings) {
    if (finding.kind == FindingKind::kStranger &&
        KnownElsewhere(comparison, static_cast<std::size_t>(finding.unit), place))
      finding.kind = FindingKind::kUnknown;
    // A word that the statement lacks and its sentence has: what is said of it there was cut off.
    const bool unknown = finding.kind == FindingKind::kUnknown || finding.kind == FindingKind::kStranger;
    if (whole != nullptr && unknown && finding.unit >= 0 &&
        whole->keys.count(claim.units[static_cast<std::size_t>(finding.unit)].key) > 0)
      finding.kind = FindingKind::kContradiction;
  }
  CheckLead(lead, claim, place, &outcome.findings);
  for (const int s : place.sentences) {
    const SourceSentence& sentence = evidence.sentences()[static_cast<std::size_t>(s)];
    const bool conditions = !sentence.reading.clauses.empty() && sentence.list_join == "AND" &&
                            std::any_of(sentence.reading.clauses.begin(), sentence.reading.clauses.end(),
                                        [](const Clause& clause) { return clause.kind == ClauseKind::kIf; });
    if (sentence.list_condition)
      outcome.findings.push_back({FindingKind::kOmission, "the source adds a condition at the end of its list", -1});
    if (conditions)
      outcome.findings.push_back({FindingKind::kOmission, "the source adds further conditions of its list", -1});
  }
  if (source.doubt) outcome.findings.push_back({FindingKind::kOpen, "the source goes on", -1});
  if (claim.resolved && !source.resolved)
    outcome.findings.push_back({FindingKind::kOpen, "the source does not say that it was resolved", -1});
  if (place.sentences.size() > 1 && !EachCarries(comparison, ends))
    outcome.findings.push_back({FindingKind::kContradiction, "no one place says this", -1});
  outcome.grade = GradeOf(outcome.findings, comparison);
  outcome.cost = CostOf(outcome.findings);
  return outcome;
}

std::optional<Outcome> Sources::Read::Best(const Reading& claim, const Lead& lead,
                                           const std::vector<std::size_t>& among) const {
  std::optional<Outcome> best;
  for (const Place& place : Places(claim, among)) {
    Outcome outcome = Try(claim, lead, place);
    if (!best || outcome.Better(*best)) best = std::move(outcome);
    if (best->grade == Grade::kSupported) break;
  }
  return best;
}

// "A is so, and B is so": A and B may stand in two places of one source.
std::optional<Outcome> Sources::Read::InParts(std::string_view sentence, std::size_t start, std::size_t end,
                                              const Lead& lead, const std::vector<std::size_t>& among) const {
  const Words words = Rewritten(sentence, text::SplitWords(sentence, start, end));
  Outcome all;
  all.grade = Grade::kSupported;
  for (Words& part : PartsOf(sentence, words)) {
    const Reading claim = judging::Read(sentence, std::move(part));
    if (std::count_if(claim.units.begin(), claim.units.end(), Comparison::Counts) < kLeastUnits) return std::nullopt;
    std::optional<Outcome> one = Best(claim, lead, among);
    if (!one || one->grade == Grade::kUnsupported) return std::nullopt;
    const auto source = [&](const Outcome& of) {
      return evidence.sentences()[static_cast<std::size_t>(of.place.sentences.front())].source;
    };
    if (!all.place.sentences.empty() && source(all) != source(*one)) return std::nullopt;
    all.grade = std::min(all.grade, one->grade);
    all.findings.insert(all.findings.end(), one->findings.begin(), one->findings.end());
    all.place.sentences.insert(all.place.sentences.end(), one->place.sentences.begin(), one->place.sentences.end());
  }
  if (all.place.sentences.empty() || static_cast<int>(all.findings.size()) > kMostOpen) return std::nullopt;
  std::sort(all.place.sentences.begin(), all.place.sentences.end());
  if (all.place.sentences.back() - all.place.sentences.front() > kFarthestNeighbour) return std::nullopt;
  return all;
}

// "needs consent to copy it", where the source says "must not copy it without consent". "Yes" and "no" are of the claim
// as it stands.
void Sources::Read::TryRestated(std::string_view sentence, std::size_t start, std::size_t end, const Lead& lead,
                                const Reading& claim, const std::vector<std::size_t>& among, Outcome* found) const {
  Lead rest = lead;
  rest.reply = Reply::kNone;
  for (Words& words : RestatementsOf(sentence, Rewritten(sentence, text::SplitWords(sentence, start, end)))) {
    std::optional<Outcome> said = Best(judging::Read(sentence, std::move(words)), rest, among);
    if (!said || said->grade == Grade::kUnsupported) continue;
    std::vector<Finding> of_lead;
    CheckLead(lead, claim, said->place, &of_lead);
    const std::size_t told = said->findings.size();
    if (of_lead.size() + told > kMostOpen) continue;
    for (const Finding& finding : of_lead) {
      said->grade = finding.kind == FindingKind::kOpen ? std::min(said->grade, Grade::kNear) : Grade::kUnsupported;
      said->findings.push_back(finding);
      if (said->grade == Grade::kUnsupported) break;
    }
    if (said->Better(*found)) *found = std::move(*said);
  }
}

// "The Landlord and the Tenant", where the source says "the parties". Whether they are these is not told here: near.
void Sources::Read::TryAsParties(std::string_view sentence, std::size_t start, std::size_t end, const Lead& lead,
                                 const std::vector<std::size_t>& among, Outcome* found) const {
  const Words parties = AsParties(sentence, Rewritten(sentence, text::SplitWords(sentence, start, end)));
  if (parties.empty()) return;
  std::optional<Outcome> said = Best(judging::Read(sentence, parties), lead, among);
  if (!said || said->grade != Grade::kSupported) return;
  said->grade = Grade::kNear;
  said->findings.push_back({FindingKind::kOpen, "the source says it of the parties", -1});
  *found = std::move(*said);
}

// A whole sentence of a source, word for word, however long.
std::optional<Verdict> Sources::Read::Verbatim(std::string_view words, const Lead& lead, const Reading& claim,
                                               const std::vector<std::size_t>& among) const {
  const std::string plain = PlainWords(words);
  for (std::size_t s = 0; s < evidence.sentences().size(); ++s) {
    const SourceSentence& sentence = evidence.sentences()[s];
    // An item of a list together with what leads it in.
    const bool item = sentence.lead_in >= 0;
    if (sentence.heading || sentence.list_condition ||
        (item ? PlainWords(sentence.said.front()) : sentence.words) != plain)
      continue;
    if (!among.empty() && std::find(among.begin(), among.end(), sentence.source) == among.end()) continue;
    std::vector<Finding> findings;
    CheckLead(lead, claim, {{static_cast<int>(s)}}, &findings);
    if (!findings.empty()) continue;
    Verdict verdict;
    verdict.grade = Grade::kSupported;
    verdict.source = sentence.source;
    verdict.start = sentence.start;
    verdict.end = sentence.end;
    return verdict;
  }
  return std::nullopt;
}

Sources::Sources(const std::vector<Source>& sources) : read_(std::make_unique<Read>(sources)) {}
Sources::~Sources() = default;

Verdict Sources::Judge(std::string_view sentence, const std::vector<std::size_t>& among) const {
  Verdict verdict;
  if (!IsEnglish(sentence)) {
    verdict.reason = "it is not in English, and the check knows English only";
    return verdict;
  }
  std::size_t start = 0;
  std::size_t end = 0;
  const Lead lead = ReadLead(sentence, &start, &end);
  const Reading claim = judging::Read(sentence, start, end);
  if (std::count_if(claim.units.begin(), claim.units.end(), Comparison::Counts) < kLeastUnits) {
    verdict.reason = "it is too short to be checked";
    return verdict;
  }
  if (std::optional<Verdict> verbatim = read_->Verbatim(sentence.substr(start, end - start), lead, claim, among))
    return *verbatim;
  if (claim.units.size() > kMaxSentenceWords) {
    verdict.reason = "it is too long to be checked: more than " + std::to_string(kMaxSentenceWords) + " words";
    return verdict;
  }
  std::optional<Outcome> found = read_->Best(claim, lead, among);
  if (!found) {
    verdict.reason = "no passage has its words";
    return verdict;
  }
  if (found->grade != Grade::kSupported) {
    std::optional<Outcome> parts = read_->InParts(sentence, start, end, lead, among);
    if (parts && parts->grade > found->grade) found = std::move(parts);
  }
  if (found->grade != Grade::kSupported) read_->TryRestated(sentence, start, end, lead, claim, among, &*found);
  if (found->grade == Grade::kUnsupported) read_->TryAsParties(sentence, start, end, lead, among, &*found);
  const Outcome& best = *found;
  verdict.grade = best.grade;
  for (const Finding& finding : best.findings) {
    if (std::find(verdict.differences.begin(), verdict.differences.end(), finding.text) == verdict.differences.end())
      verdict.differences.push_back(finding.text);
  }
  const auto decisive = std::find_if(best.findings.begin(), best.findings.end(), [](const Finding& finding) {
    return finding.kind == FindingKind::kContradiction || finding.kind == FindingKind::kOmission;
  });
  if (decisive != best.findings.end()) {
    verdict.reason = decisive->text;
  } else if (!best.findings.empty()) {
    verdict.reason = best.findings.front().text;
  }
  const SourceSentence& first = read_->evidence.sentences()[static_cast<std::size_t>(best.place.sentences.front())];
  const SourceSentence& last = read_->evidence.sentences()[static_cast<std::size_t>(best.place.sentences.back())];
  verdict.source = first.source;
  verdict.start = first.start;
  verdict.end = last.end;
  return verdict;
}

}  // namespace counsel::judging
