#include "judging/evidence.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "judging/counterparts.h"
#include "judging/covenants.h"
#include "judging/definitions.h"
#include "judging/headings.h"
#include "judging/hyphens.h"
#include "judging/lexicon.h"
#include "judging/speaker.h"
#include "judging/statements.h"
#include "text/sentences.h"

namespace counsel::judging {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t LineStart(std::string_view text, std::size_t i) {
  while (i > 0 && text[i - 1] != '\n') --i;
  while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
  return i;
}

std::string ItemEnd(std::string_view words) {
  if (words.ends_with("; and") || words.ends_with(", and")) return "AND";
  if (words.ends_with("; or") || words.ends_with(", or")) return "OR";
  return {};
}

std::string_view WithoutItemEnd(std::string_view words) {
  for (const std::string_view ending : {"; and", ", and", "; or", ", or", ";", ":", "."}) {
    if (words.ends_with(ending)) return words.substr(0, words.size() - ending.size());
  }
  return words;
}

// "Each of the following is an Event of Default:" "(d) the Borrower dies": "it is an Event of Default if the Borrower
// dies".
std::vector<std::string> DefinedBy(std::string_view lead, std::string_view item) {
  std::size_t at = lead.find("f the following");
  if (at == std::string_view::npos) return {};
  for (const std::string_view verb : {" is ", " are ", " constitutes ", " shall be ", " shall constitute "}) {
    const std::size_t found = lead.find(verb, at);
    if (found == std::string_view::npos) continue;
    const std::string name(WithoutItemEnd(lead.substr(found + verb.size())));
    return {"it is " + name + " if " + std::string(item), name + " occurs if " + std::string(item)};
  }
  return {};
}

// "shall not, without the consent of the Landlord:" what follows is the verb of "shall not".
bool EndsInserted(std::string_view lead) {
  for (const std::string_view modal : {"shall not, ", "must not, ", "may not, ", "shall, ", "must, ", "may, "}) {
    if (lead.find(modal) != std::string_view::npos) return true;
  }
  return false;
}

// "IT IS ORDERED THAT:", "will say as follows:": what comes are whole sentences.
bool LeadsStatements(std::string_view lead) {
  std::string plain = PlainWords(lead);
  if (!plain.empty()) plain.pop_back();
  for (const std::string_view end : {" as follows", "ordered that", "resolved that", "agreed that", "declared that",
                                     "agree that", "noted that", "the following terms"}) {
    if (plain.ends_with(end)) return true;
  }
  return false;
}

// "Term: twelve months", "Landlord: Mr Lindgren": a line of particulars, as a sentence.
std::string LabelledValue(std::string_view words) {
  constexpr std::size_t kLongestLabel = 40;
  const std::size_t colon = words.find(": ");
  if (colon == std::string_view::npos || colon < 3 || colon > kLongestLabel || colon + 3 >= words.size()) return {};
  const std::string_view label = words.substr(0, colon);
  const std::string_view value = words.substr(colon + 2);
  if (std::isupper(static_cast<unsigned char>(label[0])) == 0 || value.ends_with(':')) return {};
  if (value.find('\n') != std::string_view::npos || std::count(label.begin(), label.end(), ' ') > 3) return {};
  const Reading reading = Read(label, 0, label.size());
  if (reading.clauses.size() != 1 || reading.clauses.front().boundary >= 0) return {};
  return "The " + std::string(label) + " is " + std::string(value);
}

// The one who covenants in these passages of a document; "" where nobody or more than one does.
std::string OnlyCovenantor(const std::vector<std::string_view>& passages) {
  std::string only;
  for (const std::string_view text : passages) {
    if (text.find("ovenant") == std::string_view::npos && text.find("OVENANT") == std::string_view::npos &&
        text.find("agrees") == std::string_view::npos && text.find("ndertakes") == std::string_view::npos)
      continue;
    for (const text::Sentence& sentence : text::SplitSentences(text)) {
      std::string who = CovenantorOf(text.substr(sentence.start, sentence.end - sentence.start));
      if (who.empty()) continue;
      if (!only.empty() && PlainWords(who) != PlainWords(only)) return {};
      only = std::move(who);
    }
  }
  return only;
}

// "this clause" in clause 4.1 is clause 4.
std::string WithOwnNumber(std::string_view words, std::string_view label) {
  const std::size_t at = words.find("this clause");
  if (at == std::string_view::npos || label.empty() || !IsDigit(label[0])) return {};
  return std::string(words.substr(0, at)) + "clause " + std::string(label.substr(0, label.find_first_of(".("))) +
         std::string(words.substr(at + std::string_view("this clause").size()));
}

// "Ann Lee of 9 Weir Bank (the "Founder")": the Founder is Ann Lee. A party that is named in a list.
void AddNames(const SourceSentence& sentence, std::string item, std::vector<std::string>* said) {
  if (sentence.lead_in < 0 && !sentence.label.ends_with(')')) return;
  const std::size_t open = item.rfind("(the ");
  const std::size_t close = open == std::string::npos ? open : item.find(')', open);
  if (close == std::string::npos || close - open > 40 || std::isupper(static_cast<unsigned char>(item[0])) == 0) return;
  std::string name = item.substr(open + 1, close - open - 1);
  std::erase(name, '"');
  for (const char* mark : {"\u201c", "\u201d"}) {
    while (name.find(mark) != std::string::npos) name.erase(name.find(mark), 3);
  }
  const std::string before = item.substr(0, open);
  const std::size_t end = std::min({before.find(','), before.find(" of "), before.find(" ("), before.size()});
  said->push_back(name + " is " + before.substr(0, end));
  const std::size_t comma = before.find(", ");
  if (comma == std::string::npos) return;
  const std::string rest = before.substr(comma + 2);
  if (rest.starts_with("a ") || rest.starts_with("an ")) said->push_back(name + " is " + rest);
  const std::size_t verb = rest.find(" is ");
  if (rest.starts_with("whose ") && verb != std::string::npos)
    said->push_back("the " + rest.substr(6, verb - 6) + " of " + name + rest.substr(verb));
}

}  // namespace

std::string PlainWords(std::string_view text) {
  std::string words;
  for (const text::RawWord& word : text::SplitWords(text, 0, text.size())) {
    // "5%" and "5" are two things.
    constexpr std::string_view kSigns = "%$<>=&+/";
    if (word.text.empty() && kSigns.find(word.punctuation) == std::string_view::npos) continue;
    words += word.text.empty() ? std::string(1, word.punctuation) : word.text;
    words += ' ';
  }
  return words;
}

Evidence::Evidence(const std::vector<Source>& sources) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (speakers_.count(sources[i].name) > 0) continue;
    std::vector<std::string_view> passages;
    for (const Source& source : sources) {
      if (source.name == sources[i].name) passages.push_back(source.text);
    }
    speakers_[sources[i].name] = SpeakerOf(passages);
    CalledNames& called = called_[sources[i].name] = NamesOf(passages);
    for (const auto& [party, role] : CounterpartsOf(passages)) called[party] += role;
    terms_[sources[i].name] = TermsOf(passages);
    definitions_[sources[i].name] = DefinitionsOf(passages);
    for (const std::string_view passage : passages) AddWords(passage, &vocabularies_[sources[i].name]);
    covenantors_[sources[i].name] = OnlyCovenantor(passages);
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].defines) ReadSource(sources[i], i);
  }
  for (const SourceSentence& sentence : sentences_) {
    for (const std::string& key : sentence.keys) ++counts_[key];
  }
}

// "… provided that these conditions are met:" "(1) Redistributions must …": each condition is a statement of its own.
bool Evidence::StandsAlone(const SourceSentence& item, std::string_view text) const {
  const SourceSentence& lead = sentences_[static_cast<std::size_t>(item.lead_in)];
  const std::string_view before = text.substr(lead.start, lead.end - lead.start);
  if (before.find("ondition") == std::string_view::npos && !LeadsStatements(before)) return false;
  const std::string_view words = WithoutItemEnd(text.substr(item.start, item.end - item.start));
  const Reading alone = Read(words, 0, words.size());
  for (std::size_t c = 0; c < alone.clauses.size(); ++c) {
    const Clause& clause = alone.clauses[c];
    if (clause.kind != ClauseKind::kMain || (clause.modal.empty() && !LeadsStatements(before))) continue;
    // A subject before its modal: "A shall do so", not "do so".
    const auto boundary = static_cast<std::size_t>(std::max(clause.boundary, 0));
    if (boundary > 0 && alone.units[boundary - 1].clause == static_cast<int>(c)) return true;
    if (clause.boundary < 0 && LeadsStatements(before) && clause.verb > 0) return true;
    return false;
  }
  return false;
}

// "A notice is deemed received:" "(b) if sent by post, on the second day": if sent by post, it is received on that day.
std::string Evidence::ConditionFirst(const SourceSentence& item, std::string_view words, std::string_view text) const {
  if (item.lead_in < 0 || !words.starts_with("if ")) return {};
  const std::size_t comma = words.find(", ");
  if (comma == std::string_view::npos) return {};
  const SourceSentence& lead = sentences_[static_cast<std::size_t>(item.lead_in)];
  std::string before(WithoutItemEnd(text.substr(lead.start, lead.end - lead.start)));
  if (before.empty()) return {};
  return "If " + std::string(words.substr(3, comma - 1)) + before + " " +
         std::string(WithoutItemEnd(words.substr(comma + 2)));
}

void Evidence::ReadSource(const Source& source, std::size_t index) {
  const std::string_view text = source.text;
  const std::vector<text::Sentence> split = text::SplitSentences(text);
  const std::unordered_set<std::string>& vocabulary = vocabularies_[source.name];
  const bool cut = IsFullOfCuts(text, vocabulary);
  const std::size_t first = sentences_.size();
  std::string clause;
  std::string item;
  std::string covenantor = CovenantorOf(source.heading);
  if (covenantor.empty()) covenantor = covenantors_[source.name];
  std::vector<std::string> covenantors;
  for (const text::Sentence& one : split) {
    SourceSentence sentence;
    sentence.source = index;
    sentence.name = source.name;
    sentence.end = one.end;
    sentence.start = one.start;
    const auto take_number = [&](std::size_t line) {
      std::size_t after = 0;
      const std::string number = line <= sentence.start ? NumberAt(text, line, &after) : std::string();
      if (number.empty() || after > one.end) return false;
      sentence.start = std::max(sentence.start, std::min(after, one.end));
      if (number.front() == '(') {
        item = number;
      } else {
        clause = number;
        item.clear();
      }
      return true;
    };
    bool numbered = take_number(LineStart(text, one.start));
    if (const std::size_t begin = BehindHeading(text, sentence.start, one.end); begin > sentence.start) {
      sentence.start = begin;
      numbered = take_number(begin) || numbered;
    } else if (numbered) {
      sentence.start = BehindInlineHeading(text, sentence.start, one.end);
    }
    if (!numbered && one.lead_in < 0) item.clear();
    sentence.label = clause + item;
    if (one.lead_in >= 0) sentence.lead_in = static_cast<int>(first) + one.lead_in;
    const std::string_view words = text.substr(sentence.start, sentence.end - sentence.start);
    sentence.heading = one.heading || words.empty() || IsTitle(words, one.complete);
    if (one.lead_in >= 0 || !LabelledValue(words).empty()) sentence.heading = false;
    sentence.heading = sentence.heading || words.ends_with('?');
    sentence.words = PlainWords(Rejoined(words, vocabulary, cut));
    if (std::string who = CovenantorOf(words); !who.empty()) covenantor = std::move(who);
    covenantors.push_back(covenantor);
    sentences_.push_back(std::move(sentence));
  }
  // "(c) …; provided that …" at the end of a list holds for each of its items.
  for (std::size_t i = first; i + 1 < sentences_.size(); ++i) {
    if (sentences_[i].lead_in < 0) continue;
    std::size_t last = i;
    while (last + 1 < sentences_.size() && sentences_[last + 1].lead_in == sentences_[i].lead_in) ++last;
    const std::string_view words = text.substr(sentences_[last].start, sentences_[last].end - sentences_[last].start);
    for (const std::string_view condition : {"; provided", "; unless", "; except", "; but only"}) {
      sentences_[i].list_condition =
          sentences_[i].list_condition || (last > i && words.find(condition) != std::string_view::npos);
    }
  }
  // A list's conjunction stands at the end of its last item but one.
  for (std::size_t i = first; i < sentences_.size(); ++i) {
    const std::string join = ItemEnd(text.substr(sentences_[i].start, sentences_[i].end - sentences_[i].start));
    if (sentences_[i].lead_in < 0 || join.empty()) continue;
    for (std::size_t j = first; j < sentences_.size(); ++j) {
      if (sentences_[j].lead_in == sentences_[i].lead_in) sentences_[j].list_join = join;
    }
  }
  for (std::size_t i = first; i < sentences_.size(); ++i) {
    SourceSentence& sentence = sentences_[i];
    std::string words(text.substr(sentence.start, sentence.end - sentence.start));
    if (sentence.lead_in >= 0 && !StandsAlone(sentence, text)) {
      const SourceSentence& lead = sentences_[static_cast<std::size_t>(sentence.lead_in)];
      const std::string_view before = WithoutItemEnd(text.substr(lead.start, lead.end - lead.start));
      words = std::string(before) + (EndsInserted(before) ? ", " : " ") + std::string(WithoutItemEnd(words));
    }
    if (sentence.lead_in >= 0 && StandsAlone(sentence, text)) sentence.list_join.clear();
    if (sentence.lead_in >= 0) {
      const SourceSentence& lead = sentences_[static_cast<std::size_t>(sentence.lead_in)];
      const std::string_view own = text.substr(sentence.start, sentence.end - sentence.start);
      sentence.said = DefinedBy(text.substr(lead.start, lead.end - lead.start), WithoutItemEnd(own));
    }
    const std::string_view alone = text.substr(sentence.start, sentence.end - sentence.start);
    if (std::string duty = AsDuty(alone, covenantors[i - first]); !duty.empty()) words = std::move(duty);
    if (std::string fronted = ConditionFirst(sentence, alone, text); !fronted.empty())
      sentence.said.push_back(std::move(fronted));
    AddNames(sentence, std::string(text.substr(sentence.start, sentence.end - sentence.start)), &sentence.said);
    sentence.said.insert(sentence.said.begin(), Rejoined(words, vocabulary, cut));
    if (std::string value = LabelledValue(alone); !value.empty()) {
      // "Date: 14 May 2026", "Dated: …": the agreement is dated so.
      for (const char* kind :
           {"agreement", "lease", "contract", "letter", "decision", "order", "policy", "deed", "will"}) {
        const std::string own = std::string("his ") + kind;  // "this", "This"
        if (value.starts_with("The Date") && text.find(own) != std::string_view::npos)
          sentence.said.push_back("The " + std::string(kind) + " is dated " + value.substr(value.find(" is ") + 4));
      }
      sentence.said.push_back(std::move(value));
    }
    if (std::string own = WithOwnNumber(sentence.said.front(), sentence.label); !own.empty())
      sentence.said.push_back(std::move(own));
    if (std::string with = WithValues(sentence.said.front(), definitions_[sentence.name]); !with.empty())
      sentence.said.push_back(std::move(with));
    sentence.reading = Read(sentence.said.front(), 0, sentence.said.front().size());
    NameThem(sentence.name, &sentence.reading);
    for (const Unit& unit : sentence.reading.units) {
      for (const text::RawWord& name : text::SplitWords(unit.called, 0, unit.called.size()))
        sentence.keys.insert(name.text);
      if (unit.kind == UnitKind::kPronoun || unit.light) continue;
      sentence.keys.insert(unit.key);
      sentence.keys.insert(unit.family);
    }
  }
}

bool Evidence::Beside(const std::string& one, const std::string& other, const std::string& name) const {
  constexpr std::size_t kReach = 3;
  for (const SourceSentence& sentence : sentences_) {
    if (sentence.name != name || sentence.keys.count(one) == 0 || sentence.keys.count(other) == 0) continue;
    const std::vector<Unit>& units = sentence.reading.units;
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (units[i].key != one) continue;
      for (std::size_t j = i < kReach ? 0 : i - kReach; j < std::min(units.size(), i + kReach + 1); ++j) {
        if (j != i && units[j].key == other) return true;
      }
    }
  }
  return false;
}

void Evidence::NameThem(const std::string& document, Reading* reading) const {
  const auto speaker = speakers_.find(document);
  const auto names = called_.find(document);
  const auto terms = terms_.find(document);
  for (std::size_t i = 0; terms != terms_.end() && i + 1 < reading->units.size(); ++i) {
    const auto term = terms->second.find(reading->units[i + 1].key);
    Unit& unit = reading->units[i];
    unit.termed = term != terms->second.end() && unit.capital && reading->units[i + 1].capital &&
                  PlainWords(unit.word) == term->second + " ";
  }
  for (Unit& unit : reading->units) {
    if (unit.kind != UnitKind::kWord) continue;
    if (unit.key == "i") {
      if (speaker != speakers_.end()) unit.called = speaker->second;
      continue;
    }
    if (names == called_.end()) continue;
    const auto name = names->second.find(unit.key);
    if (name != names->second.end()) unit.called = name->second;
  }
}

std::vector<Reading> Evidence::Statements(std::size_t sentence) const {
  std::vector<Reading> readings;
  const auto add = [&](Reading reading) {
    NameThem(sentences_[sentence].name, &reading);
    readings.push_back(std::move(reading));
  };
  const std::vector<std::string>& said = sentences_[sentence].said;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const Words words = Rewritten(said[i], text::SplitWords(said[i], 0, said[i].size()));
    if (i > 0) add(Read(said[i], words));
    if (Words called = ByShortName(said[i], words); !called.empty()) {
      add(Read(said[i], called));
      for (Words& statement : StatementsOf(said[i], called)) add(Read(said[i], std::move(statement)));
    }
    for (Words& statement : StatementsOf(said[i], words)) add(Read(said[i], std::move(statement)));
  }
  return readings;
}

double Evidence::Weight(const std::string& key) const {
  const auto found = counts_.find(key);
  const double in = found == counts_.end() ? 0 : found->second;
  return std::log((static_cast<double>(sentences_.size()) + 1) / (in + 0.5));
}

}  // namespace counsel::judging
