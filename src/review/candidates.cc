#include "review/candidates.h"

#include <algorithm>
#include <array>

namespace counsel::review {
namespace {

constexpr std::size_t kMostLinks = 10;
constexpr std::size_t kMostBetween = 15;  // words, in a sentence that has both

// Words that may stand between what is asked about and its value, and change nothing.
bool Links(const Wording& wording, std::size_t i, Type type) {
  static constexpr std::array<std::string_view, 44> kLinks = {
      "is",        "are",       "be",        "shall",  "will",   "must",   "means",     "mean",      "the",
      "a",         "an",        "of",        "at",     "in",     "to",     "sum",       "amount",    "rate",
      "equal",     "total",     "payable",   "on",     "from",   "being",  "including", "inclusive", "commencing",
      "starting",  "beginning", "commences", "begins", "starts", "basic",  "gross",     "principal", "aggregate",
      "exclusive", "initially", "fixed",     "date",   "yearly", "annual", "clear",     "written"};
  static constexpr std::array<std::string_view, 6> kOfParties = {"is", "means", "be", "shall", "being", "are"};
  static constexpr std::array<std::string_view, 5> kOfPeriods = {"not", "less", "than", "least", "minimum"};
  const std::string_view word = Word(wording, i);
  const char sign = Sign(wording, i);
  if (type == Type::kParty) return sign == ':' || sign == '=' || IsOneOf(word, kOfParties);
  if (sign == ':' || sign == '(' || sign == ')' || sign == '=' || sign == ',') return true;
  if (word == "and") return Word(wording, i + 1) == "including" || Word(wording, i + 1) == "inclusive";
  if (type == Type::kPeriod && IsOneOf(word, kOfPeriods)) return true;
  return IsOneOf(word, kLinks);
}

bool IsPossessive(const Wording& wording, std::size_t i) {
  const std::string_view word = Word(wording, i);
  return word.ends_with("'s") || word.ends_with("s'");
}

// Is word i alone in its line, up to `last`, so that what follows on the next line is its value?
bool IsLabel(const Wording& wording, std::size_t first, std::size_t last) {
  const bool begins =
      wording.LineBefore(first) || (first > 0 && wording.LineBefore(first - 1) && wording[first - 1].digits);
  return begins && last < wording.size() && wording.LineBefore(last);
}

// The value behind words [found): at once, or behind words that only link.
Value Behind(const Column& column, const Form& form, const Form::Found& found, const Wording& wording) {
  Value none;
  if (IsPossessive(wording, found.last - 1)) return none;
  const bool label = IsLabel(wording, found.first, found.last);
  bool named = label;  // of a party: a colon, or a line of its own
  std::size_t at = found.last;
  for (std::size_t links = 0; at < wording.size() && links <= kMostLinks; ++links, ++at) {
    if (wording.BreakBefore(at) && !(label && at == found.last)) return none;
    if (column.type == Type::kParty) {
      const bool first = links == 0 && !label && !form.has_value();
      Value name = first ? Value() : NameAt(wording, at);
      if (!name.empty()) {
        const bool whole_line = wording.LineBefore(found.first) && named;
        if (name.last - name.first < 2) name.unsure = "one word alone may be no name";
        if (!named && !whole_line && !form.has_value()) name.unsure = "it may be no name";
        return name;
      }
    } else {
      Value value = ValueAt(column.type, wording, at);
      if (!value.empty()) return value;
    }
    if (Sign(wording, at) == ':' || Word(wording, at) == "means") named = true;
    if (form.has_value() && column.type != Type::kParty) {
      // The form has all its words.
      static constexpr std::array<std::string_view, 8> kLeast = {"the",  "a",  "not",   "less",
                                                                 "than", "at", "least", "minimum"};
      const bool least = column.type == Type::kPeriod && IsOneOf(Word(wording, at), kLeast);
      if (Sign(wording, at) == 0 && !least && Word(wording, at) != "the" && Word(wording, at) != "a") return none;
      if (Sign(wording, at) == ',') return none;
      continue;
    }
    if (!Links(wording, at, column.type)) return none;
  }
  return none;
}

// Is the form a name given in brackets, as in (the "Rent")? The bracket's word; size() when not.
std::size_t OpeningBracket(const Form::Found& found, const Wording& wording) {
  static constexpr std::array<std::string_view, 14> kBefore = {
      "the",     "hereinafter", "hereafter", "called", "referred",     "to", "as",
      "defined", "together",    "jointly",   "each",   "collectively", "an", "a"};
  const char behind = Sign(wording, found.last);
  const std::string_view word_behind = Word(wording, found.last);
  const bool ends = behind == ')' || behind == ',' || word_behind == "or";
  if (!ends || IsPossessive(wording, found.last - 1)) return wording.size();
  std::size_t at = found.first;
  bool other_name = false;
  for (std::size_t steps = 0; at > 0 && steps < 10; ++steps) {
    --at;
    if (Sign(wording, at) == '(') return at;
    const std::string_view word = Word(wording, at);
    if (word == "or") {
      other_name = true;
      continue;
    }
    if (Sign(wording, at) == ',') continue;
    if (IsOneOf(word, kBefore)) continue;
    if (other_name && wording.CapitalAt(at)) continue;
    return wording.size();
  }
  return wording.size();
}

// The value before words [found): "£12,000 per annum (the "Rent")", "Alpha Limited as Lender".
Value Before(const Column& column, const Form::Found& found, const Wording& wording) {
  std::size_t end = OpeningBracket(found, wording);
  if (end == wording.size()) {
    const bool as = column.type == Type::kParty && found.first > 1 && Word(wording, found.first - 1) == "as" &&
                    !IsPossessive(wording, found.last - 1);
    if (!as) return Value();
    end = found.first - 1;
    if (Sign(wording, end - 1) == ',') --end;
  }
  if (column.type == Type::kParty) return NameBefore(wording, end);
  for (std::size_t back = 1; back <= 14 && back <= end; ++back) {
    Value value = ValueAt(column.type, wording, end - back);
    if (!value.empty() && value.last == end) {
      // The longest that ends there: "GBP 12,000", not "12,000".
      for (std::size_t more = back + 1; more <= 14 && more <= end; ++more) {
        Value longer = ValueAt(column.type, wording, end - more);
        if (!longer.empty() && longer.last == end) value = longer;
      }
      return value;
    }
  }
  return Value();
}

// Whether the sentence has a value beside this one: what is said of which is then not certain.
bool StatesAnother(const Column& column, const Wording& wording, const Candidate& one) {
  const std::size_t end = SentenceLast(wording, one.last - 1);
  for (std::size_t i = SentenceFirst(wording, one.first); i < end; ++i) {
    if (i >= one.value.first && i < one.value.last) continue;
    const Value other = ValueAt(column.type, wording, i);
    if (!other.empty() && other.text != one.value.text) return true;
  }
  return false;
}

// "The yearly rent is £22,500": for which time, where the sum itself does not say it.
void SayPer(const Wording& wording, Candidate* one) {
  if (one->value.text.find(" per ") != std::string::npos) return;
  for (std::size_t i = one->first; i < one->value.first; ++i) {
    const std::string_view word = Word(wording, i);
    if (word == "annual" || word == "yearly") one->value.text += " per year";
    if (word == "monthly") one->value.text += " per month";
    if (word == "annual" || word == "yearly" || word == "monthly") return;
  }
}

bool SpeaksOfThePast(const Wording& wording, std::size_t first, std::size_t last) {
  static constexpr std::array<std::string_view, 10> kPast = {
      "former", "formerly", "previous", "previously", "earlier", "was", "were", "had", "expired", "superseded"};
  for (std::size_t i = SentenceFirst(wording, first); i < last; ++i) {
    if (IsOneOf(Word(wording, i), kPast)) return true;
  }
  return false;
}

// A value behind the form in the same sentence.
Value InTheSentence(const Column& column, const Form::Found& found, const Wording& wording) {
  for (std::size_t i = found.last; i < wording.size() && i < found.last + kMostBetween; ++i) {
    if (wording.BreakBefore(i)) break;
    Value value = ValueAt(column.type, wording, i);
    if (!value.empty()) return value;
  }
  return Value();
}

}  // namespace

std::size_t SentenceFirst(const Wording& wording, std::size_t i) {
  while (i > 0 && !wording.BreakBefore(i)) --i;
  return i;
}

std::size_t SentenceLast(const Wording& wording, std::size_t i) {
  ++i;
  while (i < wording.size() && !wording.BreakBefore(i)) ++i;
  return std::min(i, wording.size());
}

std::string DoubtOf(const Wording& wording, std::size_t first, std::size_t last) {
  static constexpr std::array<std::string_view, 22> kBefore = {
      "if",    "unless",   "former",  "formerly", "previous", "previously", "would", "proposed",
      "draft", "example",  "earlier", "was",      "were",     "not",        "never", "neither",
      "nor",   "existing", "expired", "except",   "had",      "superseded"};
  static constexpr std::array<std::string_view, 10> kBehind = {
      "unless", "until", "if", "thereafter", "then", "increasing", "rising", "save", "except", "provided"};
  const std::size_t from = std::max(SentenceFirst(wording, first), first > 30 ? first - 30 : 0);
  for (std::size_t i = from; i < last; ++i) {
    const bool least =
        Word(wording, i) == "not" && (Word(wording, i + 1) == "less" || Word(wording, i + 1) == "exceed");
    if (IsOneOf(Word(wording, i), kBefore) && !least)
      return "the sentence says '" + std::string(Word(wording, i)) + "'";
  }
  const std::size_t end = std::min(SentenceLast(wording, last > 0 ? last - 1 : 0), last + 25);
  for (std::size_t i = last; i < end; ++i) {
    if (IsOneOf(Word(wording, i), kBehind))
      return "the sentence says '" + std::string(Word(wording, i)) + "' behind it";
  }
  return "";
}

bool IsOfSomethingElse(const Column& column, const Wording& wording, std::size_t first, std::size_t last) {
  const std::size_t sentence = SentenceFirst(wording, first);
  const std::size_t sentence_end = SentenceLast(wording, last > 0 ? last - 1 : 0);
  const bool within = column.with.empty() || std::any_of(column.with.begin(), column.with.end(), [&](const Form& form) {
                        return form.IsIn(wording, sentence, sentence_end);
                      });
  if (!within) return true;
  const bool without = std::any_of(column.not_in.begin(), column.not_in.end(),
                                   [&](const Form& form) { return form.IsIn(wording, sentence, sentence_end); });
  if (without) return true;
  const bool wide = !column.with.empty();
  std::size_t from = first;
  while (from > sentence && (wide || first - from < 4) && !wording.EndsShortLine(from)) --from;
  std::size_t to = last;
  while (to < sentence_end && (wide || to - last < 3) && !(wording.LineBefore(to) && wording.CapitalAt(to))) ++to;
  return std::any_of(column.not_about.begin(), column.not_about.end(),
                     [&](const Form& form) { return form.IsIn(wording, from, to); });
}

std::vector<Candidate> FindCandidates(const Column& column, const Wording& wording) {
  std::vector<Candidate> candidates;
  for (std::size_t form = 0; form < column.about.size(); ++form) {
    for (const Form::Found& found : column.about[form].Find(wording)) {
      Candidate one;
      one.form = form;
      one.value = Behind(column, column.about[form], found, wording);
      if (one.value.empty()) one.value = Before(column, found, wording);
      one.bound = !one.value.empty();
      if (one.value.empty() && column.type != Type::kParty && !column.about[form].has_value()) {
        one.value = InTheSentence(column, found, wording);
      }
      if (one.value.empty()) continue;
      one.first = std::min(found.first, one.value.first);
      one.last = std::max(found.last, one.value.last);
      if (IsOfSomethingElse(column, wording, one.first, one.last)) continue;
      one.doubt = !one.value.unsure.empty() ? one.value.unsure : DoubtOf(wording, one.first, one.last);
      one.past = SpeaksOfThePast(wording, one.first, one.last);
      if (column.type == Type::kSum) SayPer(wording, &one);
      if (one.doubt.empty() && !column.with.empty() && StatesAnother(column, wording, one)) {
        one.doubt = "the sentence states another one too";
      }
      if (!one.bound) one.doubt = "it stands in the same sentence, which does not say that it is this";
      candidates.push_back(std::move(one));
    }
  }
  return candidates;
}

}  // namespace counsel::review
