// How well a sentence answers, by its words, its place and its kind (quotes.h).
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "answers/quote_relations.h"
#include "answers/quotes.h"
#include "answers/subject.h"
#include "answers/table_rows.h"
#include "search/quotations.h"
#include "search/words.h"
#include "understanding/name_words.h"
#include "understanding/row_cells.h"
#include "understanding/says_who.h"

namespace counsel::answers {
namespace {

// What counts, beside the cosine of sentence and question (docs/answers.md, "Quotes", says how these were chosen).
constexpr double kWordsWeight = 0.46;       // of a whole question's words, rare ones weighing more
constexpr double kStrengthWeight = 0.25;    // of the passage's relevance
constexpr double kPlaceWeight = 0.15;       // of being in the first passage; the second has half of it, and so on
constexpr double kCoverWeight = -0.3;       // of a title, the parties, a line of contents
constexpr double kApartWeight = -0.6;       // of what is deleted, hidden, or stands at the page's edge
constexpr double kKindWeight = -0.15;       // of no answer of the kind that is asked for, where that is no value
constexpr double kOtherSpanWeight = -0.2;   // of an extension, a renewal, a notice, where none is asked for
constexpr double kOtherThingWeight = -0.4;  // of a sentence about Flat 1, where Flat 2 is asked about
constexpr double kOfTheTableWeight = -0.4;  // of a row that heads the others or sums them up
constexpr double kPlainSumWeight = -0.2;    // of a row whose sums bear no sign, beside a sentence that says one
constexpr double kSaysWhoWeight = 0.4;  // of a sentence that says who the landlord is, beside those that speak of him
constexpr double kRepeatedWeight = -0.25;  // of what a mail repeats of another, beside the mail's own words
constexpr double kLastLineWeight = 2;      // of words of a question's last line, where there are several

// The names of the parties, a table of contents, a line of capitals: never an answer, unless somebody asks for them.
bool IsCover(std::string_view sentence) {
  std::size_t letters = 0;
  std::size_t small = 0;
  for (const char c : sentence) {
    letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    small += c >= 'a' && c <= 'z';
  }
  if (letters > 0 && small * 3 < letters) return sentence.size() < 200;
  if (sentence.find("....") != std::string_view::npos) return true;
  if (sentence.starts_with("WHEREAS") || sentence.starts_with("NOW, THEREFORE")) return true;
  const auto has = [sentence](std::string_view words) { return sentence.find(words) != std::string_view::npos; };
  const bool parties = has("by and between") || has("BETWEEN") || has("hereinafter") || has("(“") || has("(the “") ||
                       has("(\"") || has("(the \"");
  return parties && (has("made and entered") || has("entered into") || has("is made") || has("dated as of") ||
                     has("by and between") || has("BETWEEN"));
}

// The words of the question, each with its weight: the fewer of the sentences have it, the more.
struct WeighedWords {
  WeighedWords(const std::string& question, const std::string& names) : words(search::ReadQuestion(question)) {
    if (names.empty()) return;
    std::set<std::string> named;
    for (const search::Term& term : search::ReadQuestion(names).terms) named.insert(term.folded.front());
    std::vector<search::Term> others;
    for (const search::Term& term : words.terms) {
      if (!named.contains(term.folded.front())) others.push_back(term);
    }
    if (!others.empty()) words.terms = std::move(others);
  }

  search::QueryWords words;
  std::vector<double> weights;
};

using WordSet = std::set<std::string, std::less<>>;

WordSet FoldedWords(const std::string& text) {
  WordSet there;
  search::ForEachWord(text, [&there](std::string_view folded, std::size_t, std::size_t) { there.emplace(folded); });
  return there;
}

bool Holds(const WordSet& there, const search::Term& term) {
  return std::any_of(term.folded.begin(), term.folded.end(),
                     [&there](const std::string& word) { return there.contains(word); });
}

void Weigh(const std::vector<WordSet>& sentences, WeighedWords* question) {
  for (const search::Term& term : question->words.terms) {
    const auto with =
        std::count_if(sentences.begin(), sentences.end(), [&term](const WordSet& there) { return Holds(there, term); });
    question->weights.push_back(std::log(static_cast<double>(sentences.size() + 10) / static_cast<double>(with + 1)));
  }
}

// What is asked weighs more than what it refers to, which has its answer already.
void WeighLastLine(const std::string& question, WeighedWords* words) {
  if (question.find('\n') == std::string::npos) return;
  std::set<std::string> last;
  for (const search::Term& term : search::ReadQuestion(LastLine(question)).terms) last.insert(term.folded.front());
  for (std::size_t i = 0; i < words->weights.size(); ++i) {
    if (last.contains(words->words.terms[i].folded.front())) words->weights[i] *= kLastLineWeight;
  }
}

// "may be extended for two years": how long something else lasts than what is asked about.
bool IsOfAnotherSpan(const WordSet& there, const search::QueryWords& question) {
  // As the index has them.
  static const WordSet kOthers = FoldedWords("extension extend renew renewal further additional notice holiday");
  const auto asked = [](const search::Term& term) { return kOthers.contains(term.folded.front()); };
  if (std::any_of(question.terms.begin(), question.terms.end(), asked)) return false;
  return std::any_of(kOthers.begin(), kOthers.end(),
                     [&there](const std::string& word) { return there.contains(word); });
}

// Deleted, hidden, a page's head or foot, a bookmark: no running text of the document as it holds.
bool StandsApart(const Citation& citation) {
  if (citation.quote.starts_with("[Hidden text") || citation.quote.starts_with("[Page ")) return true;
  return std::any_of(citation.stands_in.begin(), citation.stands_in.end(), [](const documents::Part& part) {
    return part.whole && (part.kind == "deletion" || part.kind == "page_header" || part.kind == "page_label" ||
                          part.kind == "line" || part.kind == "bookmark");
  });
}

// "Subject: Break notice" and "From: Ann Archer <ann@example.org>" say who wrote and when, and nothing else.
bool IsHeadOfMail(const Quote& quote, const std::vector<Passage>& passages, understanding::AnswerKind kind) {
  const std::string& said = quote.citation.quote;
  const auto begins = [&said](std::string_view label) { return said.starts_with(label); };
  const bool who = begins("From: ") || begins("To: ") || begins("Cc: ");
  const bool when = begins("Date: ") || begins("Sent: ");
  if (!who && !when && !begins("Subject: ")) return false;
  if ((who && kind == understanding::AnswerKind::kWho) || (when && kind == understanding::AnswerKind::kWhen)) {
    return false;
  }
  // An invoice has a date too: a mail's head is where its text begins.
  return std::any_of(passages.begin(), passages.end(), [&quote](const Passage& passage) {
    const bool of_it = passage.document == quote.citation.document && passage.start == 0;
    return of_it && passage.text.starts_with("From: ") && passage.text.find("\nSubject: ") != std::string::npos;
  });
}

// The row that heads a sheet says nothing; its total answers whoever asks for it.
bool IsOfTheTable(std::string_view sentence, const std::optional<TableRow>& row, const search::QueryWords& question) {
  if (understanding::IsHeading(sentence) || (row && row->heads)) return true;
  if (!understanding::IsTotal(sentence)) return false;
  return std::none_of(question.terms.begin(), question.terms.end(), [](const search::Term& term) {
    return term.word == "total" || term.word == "all" || term.word == "altogether" || term.word == "sum";
  });
}

// The words of a document's name where all passages are of it: "the Skylark" tells none of its sentences from another.
std::string NameOfTheOnly(const std::vector<Passage>& passages) {
  std::string words;
  for (const Passage& passage : passages) {
    if (passage.document != passages.front().document) return "";
  }
  if (passages.empty()) return "";
  for (const understanding::NameWord& word : understanding::SplitName(passages.front().name)) words += " " + word.text;
  return words;
}

// A sentence that goes on about what the one before it spoke of has its words too: "It is £1,450." Of one paragraph.
std::string Surroundings(const std::vector<Quote>& quotes, std::size_t i, const std::vector<Passage>& passages) {
  constexpr std::int64_t kGap = 2;  // code points between two sentences of a paragraph
  const Citation& own = quotes[i].citation;
  std::string text = ComparedText(quotes[i], passages) + "\n" + own.heading;
  if (i == 0) return text;
  const Citation& before = quotes[i - 1].citation;
  const bool goes_on = before.document == own.document && before.end <= own.start && own.start - before.end <= kGap &&
                       std::isdigit(static_cast<unsigned char>(own.quote.front())) == 0;
  return goes_on ? text + "\n" + before.quote : text;
}

}  // namespace

std::string LastLine(const std::string& question) {
  return question.substr(question.rfind('\n') + 1);
}

void ScoreByWords(const Wanted& wanted, const std::vector<Passage>& passages, std::vector<Quote>* quotes) {
  const std::string names = wanted.names + NameOfTheOnly(passages);
  WeighedWords question(wanted.question, names);
  std::vector<WordSet> there;
  for (const Quote& quote : *quotes) {
    // The heading says what its sentences are about: "Insurance" need not stand in each of them.
    there.push_back(FoldedWords(ComparedText(quote, passages) + "\n" + quote.citation.heading));
  }
  Weigh(there, &question);
  WeighLastLine(wanted.question, &question);
  const Subject subject(wanted.question, names);
  const double all = std::accumulate(question.weights.begin(), question.weights.end(), 0.0);
  std::map<int, std::size_t> place;  // of a passage, by its number
  for (const Passage& passage : passages) place.emplace(passage.n, place.size());
  std::vector<std::set<std::size_t>> of_subject;
  for (std::size_t i = 0; i < quotes->size(); ++i) {
    of_subject.push_back(subject.FoundIn(Surroundings(*quotes, i, passages)));
  }
  // When a claim is decided, a document may say in other words; the rent it calls so.
  const bool in_other_words =
      wanted.kind == understanding::AnswerKind::kWhen &&
      std::none_of(of_subject.begin(), of_subject.end(), [&subject](const auto& found) { return subject.IsOf(found); });
  for (std::size_t i = 0; i < quotes->size(); ++i) {
    Quote& quote = (*quotes)[i];
    double found = 0;
    for (std::size_t term = 0; term < question.words.terms.size(); ++term) {
      if (!Holds(there[i], question.words.terms[term])) continue;
      found += question.weights[term];
      quote.matched.push_back(question.words.terms[term].word);
    }
    const std::string& said = quote.citation.quote;
    const std::optional<TableRow> row = RowOf(quote.citation, passages);
    quote.of_kind =
        understanding::HoldsAnswer(wanted.kind, row ? Labelled(row->header, said) : quote.lead_in + " " + said);
    const double share = wanted.says_little ? 1 : subject.Share(of_subject[i]);
    const bool of_it = wanted.says_little || subject.IsOf(of_subject[i], in_other_words);
    // "Apologies: Ann Archer." says who was absent.
    const bool says_who = understanding::SaysWho(wanted.question, said) ||
                          (wanted.kind == understanding::AnswerKind::kWho && subject.IsWrittenIn(said));
    quote.about = share > 0;
    quote.mostly = share > 0.5;
    if (understanding::WantsValue(wanted.kind)) {
      quote.about = quote.about && of_it;
      quote.of_kind = quote.of_kind && quote.about;
    } else if (wanted.kind == understanding::AnswerKind::kWho) {
      quote.about = of_it || says_who;
    } else {
      quote.about = quote.about || !quote.matched.empty();
    }
    if (wanted.kind == understanding::AnswerKind::kHowLong && IsOfAnotherSpan(there[i], question.words)) {
      quote.score += kOtherSpanWeight;
    }
    if (understanding::TellsOfAnother(wanted.things, said)) {
      quote.of_kind = quote.about = false;
      quote.score += kOtherThingWeight;
    }
    quote.score += (all > 0 ? kWordsWeight * found / all : 0) + kStrengthWeight * quote.strength +
                   kPlaceWeight / static_cast<double>(1 + place[quote.citation.n]);
    if (wanted.kind == understanding::AnswerKind::kHowMuch && !understanding::CellsOf(said).empty() &&
        said.find_first_of("$%\xC2\xE2") == std::string::npos) {
      quote.score += kPlainSumWeight;
    }
    if (IsOfTheTable(said, row, question.words)) {
      quote.of_kind = quote.of_kind && !understanding::WantsValue(wanted.kind);
      quote.score += kOfTheTableWeight;
    }
    if (IsHeadOfMail(quote, passages, wanted.kind)) {
      quote.of_kind = quote.about = false;
      quote.score += kApartWeight;
    }
    if (search::LooksQuoted(quote.citation.heading, said)) quote.score += kRepeatedWeight;
    if (says_who) quote.score += kSaysWhoWeight;
    if (IsCover(said) && !says_who) quote.score += kCoverWeight;
    if (StandsApart(quote.citation) || quote.spoken_to_models) quote.score += kApartWeight;
    if (!quote.of_kind && !understanding::WantsValue(wanted.kind)) quote.score += kKindWeight;
  }
  PreferTheRow(subject, wanted.kind, passages, quotes);
  PreferTheDay(wanted.question, quotes);
  PreferTheAuthor(wanted.question, passages, quotes);
  PreferTheHeadItself(subject, wanted.kind, passages, quotes);
  PreferWhatIsToWhatMayBe(wanted.question, wanted.kind, quotes);
  FollowDefinedTerms(subject, wanted.kind, quotes);
}

}  // namespace counsel::answers
