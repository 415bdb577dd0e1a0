#include "answers/quote_relations.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "answers/table_rows.h"
#include "search/quotations.h"
#include "search/words.h"
#include "understanding/named_things.h"

namespace counsel::answers {
namespace {

using Numbers = std::set<std::size_t>;  // of the subject's words

constexpr double kOtherRowWeight = -0.4;
constexpr double kOtherDayWeight = -0.4;
constexpr double kOtherWordWeight = -0.25;  // of another word for what is asked for, beside the word itself
constexpr double kMayBeWeight = -0.35;      // of a right to end something, where it is asked when that ends
constexpr double kAuthorWeight = 0.3;       // of what somebody whose view is asked for wrote
constexpr double kBeforeItsTerm = 0.03;     // by so much a definition stands before the sentence that uses it

// Words of the question that the cells of a row have.
Numbers InCells(const Subject& subject, const std::vector<Column>& columns) {
  Numbers found;
  for (const Column& column : columns) found.merge(subject.FoundIn(column.value));
  return found;
}

// The column that is asked for: the only one, beside the first, that has a word which neither the first nor the row
// has. -1: none.
int AskedColumn(const Subject& subject, const std::vector<Column>& columns) {
  if (columns.size() < 2) return -1;
  Numbers of_rows = subject.FoundIn(columns[0].label);
  of_rows.merge(InCells(subject, columns));
  int asked = -1;
  for (std::size_t i = 1; i < columns.size(); ++i) {
    const Numbers found = subject.FoundIn(columns[i].label);
    const bool own = std::any_of(found.begin(), found.end(), [&](std::size_t word) { return !of_rows.contains(word); });
    if (!own) continue;
    if (asked >= 0) return -1;
    asked = static_cast<int>(i);
  }
  return asked;
}

// How many words of the question a row itself has, rather than what heads its columns.
std::size_t OwnWords(const Subject& subject, const std::vector<Column>& columns) {
  const Numbers own = InCells(subject, columns);
  Numbers of_columns;
  for (const Column& column : columns) of_columns.merge(subject.FoundIn(column.label));
  // The first column says what a row is of, also where another is headed alike: "Deposit paid" under "Payable".
  const Numbers first = columns.empty() ? Numbers() : subject.FoundIn(columns[0].value);
  return static_cast<std::size_t>(std::count_if(
      own.begin(), own.end(), [&](std::size_t word) { return first.contains(word) || !of_columns.contains(word); }));
}

bool IsDate(std::string_view folded) {
  const bool century = folded.size() == 8 && (folded.starts_with("19") || folded.starts_with("20"));
  return century && std::all_of(folded.begin(), folded.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::set<std::string> DatesOf(std::string_view text) {
  std::set<std::string> dates;
  search::ForEachWord(text, [&dates](std::string_view folded, std::size_t, std::size_t) {
    if (IsDate(folded)) dates.emplace(folded);
  });
  return dates;
}

std::set<std::string, std::less<>> FoldedWords(const std::string& text) {
  std::set<std::string, std::less<>> words;
  search::ForEachWord(text, [&words](std::string_view folded, std::size_t, std::size_t) { words.emplace(folded); });
  return words;
}

// “Commencement Date” of '"Commencement Date" means 1 June 2025.'; "" of another sentence.
std::string DefinedTerm(std::string_view sentence) {
  constexpr std::size_t kLongest = 60;
  const std::size_t opens = sentence.find_first_of("\"\xE2");
  if (opens == std::string_view::npos || opens > 8) return "";
  const std::size_t first = sentence[opens] == '"' ? opens + 1 : opens + 3;
  const std::size_t plain = sentence.find('"', first);
  const std::size_t end = std::min(plain, sentence.find("\xE2\x80\x9D", first));
  if (end == std::string_view::npos || end - first > kLongest) return "";
  const std::string_view behind = sentence.substr(end + (end == plain ? 1 : 3));
  const bool defines = behind.starts_with(" means") || behind.starts_with(" is ") || behind.starts_with(": ");
  return defines ? std::string(sentence.substr(first, end - first)) : "";
}

}  // namespace

void PreferTheRow(const Subject& subject, understanding::AnswerKind kind, const std::vector<Passage>& passages,
                  std::vector<Quote>* quotes) {
  struct Row {
    std::size_t quote = 0;
    std::size_t own = 0;
  };
  std::map<std::pair<std::string, std::int64_t>, std::vector<Row>> tables;
  for (std::size_t i = 0; i < quotes->size(); ++i) {
    Quote& quote = (*quotes)[i];
    const std::optional<TableRow> row = RowOf(quote.citation, passages);
    if (!row || row->heads) continue;
    const std::vector<Column> columns = ColumnsOf(row->header, quote.citation.quote);
    tables[{quote.citation.document, row->table}].push_back({i, OwnWords(subject, columns)});
    const int asked = AskedColumn(subject, columns);
    if (asked < 0) continue;
    const Column& column = columns[static_cast<std::size_t>(asked)];
    if (column.value.empty()) {
      quote.of_kind = quote.about = false;
      quote.empty_cell = column.label;
    } else if (understanding::WantsValue(kind)) {
      quote.of_kind = quote.of_kind && understanding::HoldsAnswer(kind, column.label + ": " + column.value + " | ");
    }
  }
  for (const auto& [table, rows] : tables) {
    std::size_t most = 0;
    for (const Row& row : rows) most = std::max(most, row.own);
    for (const Row& row : rows) {
      if (row.own == most) continue;
      Quote& quote = (*quotes)[row.quote];
      quote.score += kOtherRowWeight;
      if (row.own > 0) continue;
      quote.of_kind = quote.about = false;
      quote.empty_cell.clear();
    }
    for (const Row& row : rows) {
      if (most == 0) (*quotes)[row.quote].empty_cell.clear();
    }
  }
}

void PreferTheHeadItself(const Subject& subject, understanding::AnswerKind kind, const std::vector<Passage>& passages,
                         std::vector<Quote>* quotes) {
  using understanding::AnswerKind;
  // What happens has many words: "leave", "resign".
  if (!subject.HasHead() || !understanding::WantsValue(kind) || kind == AnswerKind::kWhen) return;
  std::vector<Quote*> others;
  bool said = false;
  for (Quote& quote : *quotes) {
    if (!quote.of_kind) continue;
    const bool has = subject.HeadIsIn(ComparedText(quote, passages) + "\n" + quote.citation.heading);
    said |= has;
    if (!has) others.push_back(&quote);
  }
  if (!said) return;
  for (Quote* quote : others) quote->score += kOtherWordWeight;
}

void PreferWhatIsToWhatMayBe(const std::string& question, understanding::AnswerKind kind, std::vector<Quote>* quotes) {
  if (kind != understanding::AnswerKind::kWhen) return;
  static const std::set<std::string, std::less<>> kEnds = FoldedWords("end terminate expire finish");
  static const std::set<std::string, std::less<>> kRights = FoldedWords("may can could break notice earliest option");
  const std::set<std::string, std::less<>> asked = FoldedWords(LastLine(question));
  const auto has = [](const std::set<std::string, std::less<>>& words, const auto& some) {
    return std::any_of(some.begin(), some.end(), [&words](const std::string& word) { return words.contains(word); });
  };
  if (!has(asked, kEnds) || has(asked, kRights)) return;
  for (Quote& quote : *quotes) {
    const std::string& said = quote.citation.quote;
    for (const std::string_view right : {" may end ", " may terminate ", " may determine ", " may break "}) {
      if (said.find(right) == std::string::npos) continue;
      quote.score += kMayBeWeight;
      break;
    }
  }
}

void PreferTheAuthor(const std::string& question, const std::vector<Passage>& passages, std::vector<Quote>* quotes) {
  static const std::set<std::string, std::less<>> kOpinions =
      FoldedWords("think believe want feel say write propose suggest argue reply answer complain intend");
  const std::string line = LastLine(question);
  const std::set<std::string, std::less<>> asked = FoldedWords(line);
  const auto is_asked = [&asked](const std::string& word) { return asked.contains(word); };
  if (std::none_of(kOpinions.begin(), kOpinions.end(), is_asked)) return;
  std::set<std::string, std::less<>> names;
  for (const std::string& name : understanding::NamedThings(line)) names.merge(FoldedWords(name));
  std::set<std::string> written;  // documents
  for (const Passage& passage : passages) {
    if (passage.start != 0 || !passage.text.starts_with("From: ")) continue;
    const std::set<std::string, std::less<>> from = FoldedWords(passage.text.substr(0, passage.text.find('\n')));
    if (std::any_of(names.begin(), names.end(), [&from](const std::string& name) { return from.contains(name); })) {
      written.insert(passage.document);
    }
  }
  for (Quote& quote : *quotes) {
    const Citation& own = quote.citation;
    if (written.contains(own.document) && !search::LooksQuoted(own.heading, own.quote)) {
      quote.score += kAuthorWeight;
    }
  }
}

void PreferTheDay(const std::string& question, std::vector<Quote>* quotes) {
  const std::string last = LastLine(question);
  const std::size_t on = last.find(" on ");
  if (on == std::string::npos) return;
  const std::set<std::string> asked = DatesOf(last.substr(on));
  if (asked.empty()) return;
  for (Quote& quote : *quotes) {
    const std::set<std::string> there = DatesOf(quote.citation.quote);
    const bool same = std::any_of(there.begin(), there.end(), [&](const auto& date) { return asked.contains(date); });
    if (there.empty() || same) continue;
    quote.of_kind = quote.about = false;
    quote.score += kOtherDayWeight;
  }
}

void FollowDefinedTerms(const Subject& subject, understanding::AnswerKind kind, std::vector<Quote>* quotes) {
  if (!understanding::WantsValue(kind)) return;
  struct Term {
    std::size_t quote = 0;
    std::string text;
    bool asked = false;  // it has a word of the question
  };
  std::vector<Term> terms;
  for (std::size_t i = 0; i < quotes->size(); ++i) {
    Term term;
    term.quote = i;
    term.text = DefinedTerm((*quotes)[i].citation.quote);
    if (term.text.empty() || !understanding::HoldsAnswer(kind, (*quotes)[i].citation.quote)) continue;
    term.asked = !subject.FoundIn(term.text).empty();
    terms.push_back(std::move(term));
  }
  for (const Term& term : terms) {
    Quote& definition = (*quotes)[term.quote];
    const Quote* best = nullptr;
    for (const Quote& quote : *quotes) {
      const std::string& said = quote.citation.quote;
      if (&quote == &definition || quote.citation.document != definition.citation.document || !quote.about) continue;
      if (said.find(term.text) == std::string::npos || (best != nullptr && quote.score <= best->score)) continue;
      // "begin on the Start Date and end by the Completion Date": which of the two is asked for, its words tell.
      const bool other = !term.asked && std::any_of(terms.begin(), terms.end(), [&](const Term& rival) {
        return rival.asked && said.find(rival.text) != std::string::npos;
      });
      if (!other && subject.IsOf(subject.FoundIn(said))) best = &quote;
    }
    if (best == nullptr) continue;
    definition.used_at = best->citation.start;
  }
  for (const Term& term : terms) {
    Quote& definition = (*quotes)[term.quote];
    if (definition.used_at >= 0) definition.about = definition.of_kind = true;
  }
  PutDefinitionsBefore(quotes);
}

void PutDefinitionsBefore(std::vector<Quote>* quotes) {
  for (Quote& definition : *quotes) {
    if (definition.used_at < 0) continue;
    for (const Quote& quote : *quotes) {
      const bool uses =
          quote.citation.document == definition.citation.document && quote.citation.start == definition.used_at;
      if (uses) definition.score = std::max(definition.score, quote.score + kBeforeItsTerm);
    }
  }
}

}  // namespace counsel::answers
